/** The files in models/: one a model; the file's name is the model's name. */
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join, relative, sep } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import { decodeUtf8 } from "../../spec/utf8.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";

export interface ModelFile {
  name: string;
  language: "sql" | "typescript" | "python" | "command";
  /** Absolute path, and the path as the user would write it. */
  path: string;
  shown: string;
  text: string;
}

const languages: Record<string, ModelFile["language"]> = { ".sql": "sql", ".ts": "typescript", ".py": "python" };

/** All models of a pipeline, by name, and what is wrong with the folder. */
export async function readModelFiles(pipeline: LoadedPipeline): Promise<{ files: ModelFile[]; problems: Problem[] }> {
  const folder = join(pipeline.folder, "models");
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const paths = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && languageOf(entry.name) !== undefined)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
  const names = paths.filter((path) => !path.includes("/"));
  const read = await Promise.all(names.map((name) => readModelFile(pipeline, folder, name)));
  const files = [...read.map(({ file }) => file), ...commandFiles(pipeline)];
  const problems = [
    ...read.flatMap((result) => result.problems),
    ...paths.flatMap((path) => deepProblem(path, pipeline)),
    ...nameProblems(files, pipeline),
    ...missingProblems(files, pipeline),
  ];
  return { files, problems };
}

function languageOf(name: string): ModelFile["language"] | undefined {
  // Types of models, for editors.
  if (/\.d\.ts$/i.test(name)) return undefined;
  return languages[extname(name).toLowerCase()];
}

/** Names of models are those of files, whatever the folder: so there is one folder. Programs may have others beside them. */
function deepProblem(path: string, { show }: LoadedPipeline): Problem[] {
  if (!path.includes("/") || languageOf(path) !== "sql") return [];
  const file = show(join("models", path));
  return [
    {
      severity: "warning",
      rule: "model-folder",
      message: `no model is made of ${file}: it lies in a folder below models/`,
      hint: `Move it to ${show(join("models", basename(path)))}.`,
      where: { file },
    },
  ];
}

/** The names of all models: of those that have a file, and of those that a program makes. */
export function modelNames(files: ModelFile[], { spec }: LoadedPipeline): string[] {
  const programs = Object.entries(spec.models ?? {}).filter(([, model]) => model.command || model.dbt);
  return [...new Set([...files.map((file) => file.name), ...programs.map(([name]) => name)])];
}

/** A command has no file of its own: what is said about it stands in the pipeline's. */
function commandFiles({ spec, file: path, shownFile: shown }: LoadedPipeline): ModelFile[] {
  const commands = Object.entries(spec.models ?? {}).filter(([, model]) => model.command);
  return commands.map(([name]) => ({ name, language: "command", path, shown, text: "" }));
}

async function readModelFile(pipeline: LoadedPipeline, folder: string, name: string) {
  const path = join(folder, name);
  const shown = pipeline.show(join("models", name));
  const { text, problems } = decode(await readFile(path), shown);
  const file: ModelFile = { name: basename(name, extname(name)), language: languageOf(name)!, path, shown, text };
  return { file, problems };
}

/** Of bytes that are not UTF-8, as much as can be read: what else is wrong is told, too. */
function decode(bytes: Uint8Array, shown: string): { text: string; problems: Problem[] } {
  try {
    return { text: decodeUtf8(bytes, shown), problems: [] };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return { text: new TextDecoder().decode(bytes), problems: error.problems };
  }
}

/** The engine knows no difference between upper and lower case in names. */
function* nameProblems(files: ModelFile[], { spec }: LoadedPipeline): Generator<Problem> {
  const sources = new Set(Object.keys(spec.sources ?? {}).map((name) => name.toLowerCase()));
  const seen = new Map<string, ModelFile>();
  for (const file of files) {
    const where = { file: file.shown };
    const twin = seen.get(file.name.toLowerCase());
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
    if (sources.has(file.name.toLowerCase()))
      yield {
        severity: "error",
        rule: "same-name",
        message: `\`${file.name}\` is a source and a model`,
        hint: "Rename one of them: models see both by name.",
        where,
      };
    seen.set(file.name.toLowerCase(), file);
  }
}

/** Entries under `models:` and outputs for which there is no file. */
function* missingProblems(files: ModelFile[], pipeline: LoadedPipeline): Generator<Problem> {
  const { spec, where } = pipeline;
  const known = modelNames(files, pipeline);
  const made = new Set(known);
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
