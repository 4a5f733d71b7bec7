/** Packages that Python models import, and that nothing puts into the image. On the laptop they are installed, and nobody notices. */
import { dirname, join } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import { runtimePackages } from "../../spec/runtime-packages.ts";
import type { Problem } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import { readModelFiles, type ModelFile } from "../transform/model-file.ts";
import { packageOf } from "../transform/python/missing-package.ts";
import { readPython } from "../transform/python/python-file.ts";
import { isStandard } from "../transform/python/standard-library.ts";
import { positionAt } from "../transform/sql-text.ts";

/** What says what an image holds. */
const lists = ["requirements.txt", "uv.lock", "Dockerfile"];

/** @param root the folder that several pipelines share */
export async function validatePackages(pipeline: LoadedPipeline, root: string): Promise<Problem[]> {
  for (const folder of new Set([pipeline.folder, root]))
    for (const name of lists) if (await exists(join(folder, name))) return [];
  const { files } = await readModelFiles(pipeline);
  const models = files.filter(
    ({ name, language }) => language === "python" && pipeline.spec.models?.[name]?.python?.requirements === undefined,
  );
  return (await Promise.all(models.map((file) => unlisted(file, pipeline)))).flat();
}

async function unlisted(file: ModelFile, pipeline: LoadedPipeline): Promise<Problem[]> {
  const imports = readPython(file.text).imports.filter(({ isPlain }) => isPlain);
  const found = new Map<string, number>();
  for (const { module, offset } of imports) {
    const [name = ""] = module.split(".");
    if (name === "" || found.has(name) || isStandard(name) || runtimePackages.has(name)) continue;
    if (!(await isOwn(name, [dirname(file.path), pipeline.folder]))) found.set(name, offset);
  }
  const show = pipeline.show("requirements.txt");
  return [...found].map(([name, offset]) => ({
    severity: "warning",
    rule: "python-packages",
    message: `${file.shown} imports \`${name}\`, which the pod will not have: nothing says that its image holds it`,
    hint: `The runtime image has pandas, polars and pyarrow. Write ${packageOf(name)}==… into ${show}, and models: { ${file.name}: { python: { requirements: requirements.txt } } }.`,
    where: { file: file.shown, ...positionAt(file.text, offset) },
  }));
}

/** Beside the model, or beside the pipeline. */
async function isOwn(name: string, folders: string[]): Promise<boolean> {
  const paths = folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.py`)]);
  return (await Promise.all(paths.map(exists))).includes(true);
}
