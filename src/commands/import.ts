/** `nais-etl import`: a pipeline from a team's Naisjob and script. What it could not carry over is told line by line. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { importScript, type ImportedScript } from "../etl/import/import-script.ts";
import type { NewFile } from "../etl/import/new-file.ts";
import { dockerfileNotes, requirementsNotes, workflowNotes } from "../ship/import/around.ts";
import { importNaisjob, type ImportedJob } from "../ship/import/naisjob.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, formatProblem, messageOf, type Problem } from "../util/error.ts";
import { writeBelow } from "../util/write-below.ts";
import { composePipeline } from "./compose-pipeline.ts";
import { readText } from "./read-text.ts";

export interface ImportOptions {
  script: string;
  naisjob?: string;
  requirements?: string;
  dockerfile?: string;
  workflow?: string;
  /** The folder to write to; by default this one. */
  output?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** @throws {EtlError} `usage` where one of the files exists: then none is written */
export async function importPipeline(options: ImportOptions, context: Context): Promise<void> {
  const { output = ".", dryRun = false, json = false } = options;
  const folder = resolve(context.cwd, output);
  const { files, notes, untested } = await convert(options, folder, context);
  if (!dryRun) {
    await refusePresent(files, folder, output);
    await context.effect("import.write", () => writeAll(files, folder));
  }
  const way = relative(context.cwd, folder);
  if (json) context.print(JSON.stringify({ files, notes }, undefined, 2));
  else context.print([...shown(files, way, dryRun), ...told(notes), ...next({ way, dryRun, untested })].join("\n"));
}

async function convert(options: ImportOptions, folder: string, context: Context) {
  const read = async (path: string) => {
    const absolute = resolve(context.cwd, path);
    const file = relative(context.cwd, absolute);
    return { text: await readText(absolute, file), file };
  };
  const siblings = await readdir(dirname(resolve(context.cwd, options.script))).catch(() => []);
  const script = await importScript({ ...(await read(options.script)), siblings });
  const job = options.naisjob === undefined ? undefined : jobOf(await read(options.naisjob));
  const requirements = options.requirements === undefined ? undefined : await read(options.requirements);
  const around = [
    ...(requirements ? requirementsNotes(requirements) : []),
    ...(options.dockerfile === undefined ? [] : dockerfileNotes(await read(options.dockerfile))),
    ...(options.workflow === undefined ? [] : workflowNotes(await read(options.workflow))),
  ];
  const isBeside = requirements && resolve(context.cwd, options.requirements!) === join(folder, "requirements.txt");
  const composed = composePipeline({ script, job, name: nameOf(folder), hasRequirements: requirements !== undefined });
  const files = [
    { path: "pipeline.yaml", text: composed.text },
    ...script.files,
    ...(requirements && !isBeside ? [{ path: "requirements.txt", text: requirements.text }] : []),
  ];
  return {
    files,
    untested: script.untested,
    notes: [...(job?.notes ?? []), ...composed.notes, ...script.notes, ...around],
  };
}

function jobOf(file: { text: string; file: string }): ImportedJob {
  const job = importNaisjob(file);
  if (job) return job;
  throw new EtlError({
    code: "usage",
    message: `${file.file} holds no Naisjob`,
    hint: "Name the file whose `kind:` is Naisjob.",
  });
}

function nameOf(folder: string): string {
  return basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 48)
    .replace(/-+$/, "");
}

async function refusePresent(files: NewFile[], folder: string, output: string): Promise<void> {
  const isThere = (path: string) =>
    stat(join(folder, path)).then(
      () => true,
      () => false,
    );
  const there = await Promise.all(files.map(({ path }) => isThere(path)));
  const names = files.filter((_, i) => there[i]).map(({ path }) => path);
  if (names.length === 0) return;
  throw new EtlError({
    code: "usage",
    message: `${names.join(", ")} ${names.length === 1 ? "exists" : "exist"} in ${output === "." ? "this folder" : output} already`,
    hint: "Nothing was written. Name another folder with -o, or look at it first with --dry-run.",
  });
}

async function writeAll(files: NewFile[], folder: string): Promise<void> {
  for (const { path, text } of files) {
    const file = join(folder, path);
    try {
      await writeBelow({ folder, path: file, data: text, how: "create" });
    } catch (error) {
      const hint = "Check the folder's permissions.";
      throw new EtlError({ code: "failed", message: `cannot write ${path}: ${messageOf(error)}`, hint, cause: error });
    }
  }
}

function shown(files: NewFile[], way: string, dryRun: boolean): string[] {
  if (!dryRun) return files.map(({ path }) => `wrote ${join(way, path)}`);
  return files.flatMap(({ path, text }) => [`--- ${join(way, path)}`, text.trimEnd(), ""]);
}

function told(notes: Problem[]): string[] {
  if (notes.length === 0) return ["", "All of it was carried over."];
  const lines = notes.map((problem) => formatProblem(problem).replace(" warning: ", " "));
  return ["", `${count(notes.length, "thing")} to look at:`, "", ...lines];
}

interface Next {
  way: string;
  dryRun: boolean;
  untested: ImportedScript["untested"];
}

function next({ way, dryRun, untested: { models, sources } }: Next): string[] {
  if (dryRun) return ["", "Nothing was written: --dry-run."];
  type Command = [line: string, why?: string];
  const commands: Command[] = [
    ...(way === "" ? [] : [[`cd ${way}`] as Command]),
    ["npx nais-etl validate"],
    ...sources.flatMap(({ name, sample }): Command[] => {
      const line = `npx nais-etl sample ${name} --target prod-gcp`;
      if (sample !== undefined) return [[line, `fills ${sample}; rows by hand do, too`]];
      return [
        [line, "writes the columns: mark personal data among them"],
        [line, "then the sample"],
      ];
    }),
    ...models.map(({ name, isDeclared }): Command => {
      const line = `npx nais-etl test --new ${name}`;
      return isDeclared ? [line] : [line, "first names the columns to declare"];
    }),
    ["npx nais-etl test"],
  ];
  const width = Math.max(...commands.map(([line]) => line.length));
  const lines = commands.map(([line, why]) => (why === undefined ? line : `${line.padEnd(width)}    # ${why}`));
  return ["", "Next:", ...lines.map((line) => `  ${line}`)];
}
