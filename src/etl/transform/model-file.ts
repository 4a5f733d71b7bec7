/** The files in models/: one a model; the file's name is the model's name. */
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";

export interface ModelFile {
  name: string;
  language: "sql" | "typescript" | "python";
  /** Absolute path, and the path as the user would write it. */
  path: string;
  shown: string;
  text: string;
}

const languages: Record<string, ModelFile["language"]> = { ".sql": "sql", ".ts": "typescript", ".py": "python" };

/** All models of a pipeline, by name, and what is wrong with the folder. */
export async function readModelFiles(pipeline: LoadedPipeline): Promise<{ files: ModelFile[]; problems: Problem[] }> {
  const folder = join(pipeline.folder, "models");
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in languages)
    .map((entry) => entry.name);
  const files = await Promise.all(names.toSorted().map((name) => readModelFile(pipeline, folder, name)));
  return { files, problems: [...nameProblems(files, pipeline), ...missingProblems(files, pipeline)] };
}

async function readModelFile(pipeline: LoadedPipeline, folder: string, name: string): Promise<ModelFile> {
  const path = join(folder, name);
  const extension = extname(name);
  return {
    name: basename(name, extension),
    language: languages[extension]!,
    path,
    shown: pipeline.show(join("models", name)),
    text: await readFile(path, "utf8"),
  };
}

function* nameProblems(files: ModelFile[], { spec }: LoadedPipeline): Generator<Problem> {
  const seen = new Map<string, ModelFile>();
  for (const file of files) {
    const where = { file: file.shown };
    const twin = seen.get(file.name);
    if (twin)
      yield {
        severity: "error",
        rule: "same-name",
        message: `two files make the model \`${file.name}\`: ${twin.shown} and ${file.shown}`,
        hint: "Rename one of them.",
        where,
      };
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(file.name)) {
      yield {
        severity: "error",
        rule: "wrong-name",
        message: `\`${file.name}\` cannot be the name of a model`,
        hint: "Rename the file: letters, digits and _, beginning with a letter.",
        where,
      };
    }
    if (spec.sources?.[file.name])
      yield {
        severity: "error",
        rule: "same-name",
        message: `\`${file.name}\` is a source and a model`,
        hint: "Rename one of them: models see both by name.",
        where,
      };
    seen.set(file.name, file);
  }
}

/** Entries under `models:` and outputs for which there is no file. */
function* missingProblems(files: ModelFile[], pipeline: LoadedPipeline): Generator<Problem> {
  const { spec, where } = pipeline;
  const made = new Set([
    ...files.map((file) => file.name),
    ...Object.keys(spec.models ?? {}).filter((name) => spec.models![name]!.command || spec.models![name]!.dbt),
  ]);
  const known = [...made];
  for (const name of Object.keys(spec.models ?? {})) {
    if (made.has(name)) continue;
    yield {
      severity: "error",
      rule: "missing-model",
      message: `there is no file for the model \`${name}\``,
      hint: known.length > 0 ? `${didYouMean(name, known)} Or write models/${name}.sql.` : `Write models/${name}.sql.`,
      where: where(["models"], name),
    };
  }
  for (const [name, output] of Object.entries(spec.outputs ?? {})) {
    const model = output.model ?? name;
    if (made.has(model) || spec.sources?.[model] || spec.models?.[model]) continue;
    const place = output.model ? where(["outputs", name, "model"]) : where(["outputs"], name);
    yield {
      severity: "error",
      rule: "missing-model",
      message: `the output \`${name}\` publishes \`${model}\`, which is neither a model nor a source`,
      hint: `${didYouMean(model, [...known, ...Object.keys(spec.sources ?? {})])} Or write models/${model}.sql.`,
      where: place,
    };
  }
}
