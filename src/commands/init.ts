/** `nais-etl init`: a new pipeline that passes its own tests and runs as it stands. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findPipelines } from "../spec/find.ts";
import { pipelineSchema } from "../spec/pipeline.ts";
import { noRelease } from "../ship/workflow/pins.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { didYouMean } from "../util/suggest.ts";
import { lists, missingPart, readPresent, refusePresent, writeFiles, type NewFile } from "./init-files.ts";
import { workflowFile, type WorkflowOptions } from "./init-workflow.ts";

export interface InitOptions extends WorkflowOptions {
  /** The folder to fill, made where there is none; by default the one the command was started in. */
  dir?: string | undefined;
  /** The pipeline's name; by default made from the folder's. */
  name?: string | undefined;
  /** What to start from; `sql` by default. */
  template?: string | undefined;
  /** Only what a repository needs besides a pipeline that is there: the GitHub workflow, and lines of .gitignore and .dockerignore. */
  workflow?: boolean | undefined;
}

/** Each with the model that is worth a look after the first run. */
const shownModels: Record<string, string> = {
  sql: "orders_per_month",
  typescript: "orders_per_month",
  python: "orders_per_month",
  weather: "weather_per_day",
};
const templates = Object.keys(shownModels);

/** Beside src/ in the repository and beside lib/ in the package, so that the way there is the same. */
const templatesFolder = fileURLToPath(new URL("../../templates/", import.meta.url));

/** What the templates call their pipeline. */
const placeholder = "my-pipeline";

/**
 * Writes a template's files and a GitHub workflow, and prints what to type next. Where one of them exists, nothing is written;
 * but a README.md or a workflow that stands there is kept, and a .gitignore or .dockerignore gets the lines that it lacks.
 * @throws {EtlError} `usage`: an unknown template, a name that is none, files in the way.
 */
export async function init(options: InitOptions, context: Context): Promise<void> {
  const { dir = ".", name, template = "sql", workflow } = options;
  const folder = resolve(context.cwd, dir);
  if (workflow) return initWorkflow({ ...options, dir }, folder, context);
  checkTemplate(template);
  const called = checkName(name ?? nameOf(folder));
  const files = await readTemplate(template, called);
  const present = await readPresent(folder, files);
  refusePresent(present, dir);
  const flow = await workflowFile({ ...options, folder, coming: files.map(({ path }) => path) }, context);
  const newFlow = (await exists(flow.path)) ? [] : [{ path: relative(folder, flow.path), text: flow.text }];
  const written = [...files.flatMap((file) => missingPart(file, present.get(file.path)) ?? []), ...newFlow];
  await context.effect("init.write", () => writeFiles(folder, written));
  context.print(report({ written, folder, cwd: context.cwd, called, model: shownModels[template]! }));
}

/** @throws {EtlError} `usage`: no pipeline, or a workflow of that name. */
async function initWorkflow(options: InitOptions & { dir: string }, folder: string, context: Context): Promise<void> {
  if ((await findPipelines(folder)).length === 0)
    throw new EtlError({
      code: "usage",
      message: `there is no pipeline.yaml in ${options.dir === "." ? "this folder" : options.dir}`,
      hint: "Without --workflow, `nais-etl init` writes one, and the workflow with it.",
    });
  const flow = await workflowFile({ ...options, folder }, context);
  const shown = relative(context.cwd, flow.path);
  if (await exists(flow.path))
    throw new EtlError({
      code: "usage",
      message: `${shown} exists already`,
      hint: "Nothing was written. Move it away, run this again, and take from the new one what you need.",
    });
  const ignored = (await readTemplate("sql", placeholder)).filter(({ path }) => lists.includes(path));
  const present = await readPresent(folder, ignored);
  const lines = ignored.flatMap((file) => missingPart(file, present.get(file.path)) ?? []);
  const written = [...lines, { path: relative(folder, flow.path), text: flow.text }];
  await context.effect("init.workflow", () => writeFiles(folder, written));
  const way = relative(context.cwd, folder);
  context.print([...written.map(({ path }) => `wrote ${join(way, path)}`), ...fillIn(written)].join("\n"));
}

/** What the workflow still lacks. */
function fillIn(written: NewFile[]): string[] {
  if (!written.some(({ text }) => text.includes(noRelease))) return [];
  return [
    "",
    `The workflow does not say yet which nais-etl it runs: put its owner and the commit of a release in place of`,
    `${noRelease}. Until then GitHub does not find it, and its jobs fail.`,
  ];
}

function checkTemplate(template: string): void {
  if (templates.includes(template)) return;
  const message = `there is no template \`${template}\``;
  throw new EtlError({ code: "usage", message, hint: didYouMean(template, templates) });
}

function checkName(name: string): string {
  const result = pipelineSchema.shape.name.safeParse(name);
  if (result.success) return name;
  const why = result.error.issues[0]?.message;
  throw new EtlError({ code: "usage", message: `\`${name}\` ${why}`, hint: "Give the pipeline a name with --name." });
}

/** `Søknader 2026` becomes `soknader-2026`. */
function nameOf(folder: string): string {
  return basename(folder)
    .toLowerCase()
    .replaceAll("æ", "ae")
    .replaceAll("ø", "o")
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 48)
    .replace(/-+$/, "");
}

async function readTemplate(template: string, name: string): Promise<NewFile[]> {
  const folder = join(templatesFolder, template);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string): Promise<NewFile> => ({
    // npm leaves a file called .gitignore out of every package.
    path: relative(folder, file).replace(/^(git|docker)ignore$/, ".$1ignore"),
    text: (await readFile(file, "utf8")).replaceAll(placeholder, name),
  });
  const all = await Promise.all(files.map(read));
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

interface Report {
  written: NewFile[];
  folder: string;
  cwd: string;
  /** The pipeline's name. */
  called: string;
  /** What to look at. */
  model: string;
}

function report({ written, folder, cwd, called, model }: Report): string {
  const way = relative(cwd, folder);
  const commands = ["npx nais-etl test", "npx nais-etl run", `npx nais-etl show ${model}`];
  const next = [...(way === "" ? [] : [`cd ${way}`]), ...commands].map((line) => `  ${line}`);
  const files = written.map(({ path }) => `wrote ${join(way, path)}`);
  const name = `The pipeline is called \`${called}\`, and so will its job be: \`name:\` in pipeline.yaml.`;
  return [...files, "", name, ...fillIn(written), "", "Next:", ...next].join("\n");
}
