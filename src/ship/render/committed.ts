/** Rendered files that are committed: whether each is still what the pipeline renders. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import { baseTarget, localTarget } from "../../spec/target.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";
import { fileNames, renderedMark, renderPipeline, type RenderedFile, type RenderRequest } from "./files.ts";

/** Where rendered files are committed, below the repository's folder. */
export const renderedFolder = ".nais";

interface Committed extends RenderedFile {
  /** As it is shown. */
  file: string;
}

/** An error where a committed copy is not what the pipeline renders now. A copy that names its image is compared with that image. */
export async function driftProblems({
  root,
  cwd,
  ...request
}: RenderRequest & { root: string; cwd: string }): Promise<Problem[]> {
  const folder = join(root, renderedFolder);
  const names = fileNames(request.pipeline);
  const found = await Promise.all(names.map((name) => readCommitted(join(folder, name), { name, cwd })));
  const committed = found.filter((file) => file !== undefined);
  if (committed.length === 0) return [];
  const named = namedIn(found[0]?.text ?? "");
  const fresh = new Map(renderPipeline({ ...request, ...named }).files.map(({ name, text }) => [name, text]));
  return committed
    .filter(({ name, text }) => text !== fresh.get(name))
    .map((file) => driftProblem(file, fresh.get(file.name)!, request.pipeline));
}

/** A file without the mark was written by hand, and may say what it likes. */
async function readCommitted(
  path: string,
  { name, cwd }: { name: string; cwd: string },
): Promise<Committed | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined || !text.includes(renderedMark)) return undefined;
  return { name, file: relative(cwd, path), text: text.replaceAll("\r\n", "\n") };
}

function driftProblem({ file, text }: Committed, fresh: string, { target, shownFile }: LoadedPipeline): Problem {
  const option = target === baseTarget ? "" : ` --target ${target}`;
  return {
    severity: "error",
    rule: "manifest-drift",
    message: `${file} is not what ${shownFile} renders any more`,
    hint: `Run nais-etl render -o ${renderedFolder}${option}, and commit what it wrote.`,
    where: { file, line: firstDifference(fresh, text) },
  };
}

/** What a committed copy of a manifest says that it runs, where that is no template. */
export function namedIn(text: string): { image?: string; revision?: string } {
  const spec = (firstDocument(text) as { spec?: { image?: unknown; env?: unknown } } | undefined)?.spec;
  const env: unknown[] = Array.isArray(spec?.env) ? spec.env : [];
  const revision = env.filter(isPlainObject).find(({ name }) => name === "NAIS_ETL_REVISION")?.["value"];
  return {
    ...(typeof spec?.image === "string" && spec.image !== "{{image}}" && { image: spec.image }),
    ...(typeof revision === "string" && revision !== "{{revision}}" && { revision }),
  };
}

function firstDocument(text: string): unknown {
  const [first] = parseAllDocuments(text);
  return first && first.errors.length === 0 ? first.toJS() : undefined;
}

function firstDifference(fresh: string, committed: string): number {
  const [a, b] = [fresh.split("\n"), committed.split("\n")];
  return a.findIndex((line, i) => line !== b[i]) + 1 || a.length;
}

/** Targets for which manifests can be made: the file itself, and each that it names. */
export function shippedTargets({ targets }: LoadedPipeline): string[] {
  return [baseTarget, ...targets.filter((target) => target !== localTarget)];
}
