/** `nais-etl init`: a new pipeline that passes its own tests and runs as it stands. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pipelineSchema } from "../spec/pipeline.ts";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";

export interface InitOptions {
  /** The folder to fill, made where there is none; by default the one the command was started in. */
  dir?: string | undefined;
  /** The pipeline's name; by default made from the folder's. */
  name?: string | undefined;
  /** What to start from; `sql` by default. */
  template?: string | undefined;
}

interface NewFile {
  /** Path below the pipeline's folder. */
  path: string;
  text: string;
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
 * Writes a template's files and prints what to type next. Where one of them exists, nothing is written;
 * but a README.md that stands there is kept, and a .gitignore gets the lines that it lacks.
 * @throws {EtlError} `usage`: an unknown template, a name that is none, files in the way.
 */
export async function init({ dir = ".", name, template = "sql" }: InitOptions, context: Context): Promise<void> {
  checkTemplate(template);
  const folder = resolve(context.cwd, dir);
  const files = await readTemplate(template, checkName(name ?? nameOf(folder)));
  const present = await readPresent(folder, files);
  refusePresent(present, dir);
  const missing = files.flatMap((file) => missingPart(file, present.get(file.path)) ?? []);
  await context.effect("init.write", () => writeFiles(folder, missing));
  context.print(report({ written: missing, folder, cwd: context.cwd, model: shownModels[template]! }));
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
    path: relative(folder, file).replace(/^gitignore$/, ".gitignore"),
    text: (await readFile(file, "utf8")).replaceAll(placeholder, name),
  });
  const all = await Promise.all(files.map(read));
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The text of those files that exist; empty for what is there and cannot be read, such as a folder of that name. */
async function readPresent(folder: string, files: NewFile[]): Promise<Map<string, string>> {
  const present = new Map<string, string>();
  for (const { path } of files) {
    const text = await readFile(join(folder, path), "utf8").catch((error: NodeJS.ErrnoException) => {
      return error.code === "ENOENT" ? undefined : "";
    });
    if (text !== undefined) present.set(path, text);
  }
  return present;
}

function refusePresent(present: Map<string, string>, dir: string): void {
  const inTheWay = [...present.keys()].filter((path) => path !== ".gitignore" && path !== "README.md");
  if (inTheWay.length === 0) return;
  throw new EtlError({
    code: "usage",
    message: `${inTheWay.join(", ")} ${inTheWay.length === 1 ? "exists" : "exist"} in ${dir === "." ? "this folder" : dir} already`,
    hint: "Nothing was written. Name another folder: nais-etl init NAME.",
  });
}

/** What is left to write of a file; undefined for nothing. */
function missingPart(file: NewFile, present: string | undefined): NewFile | undefined {
  if (present === undefined) return file;
  if (file.path !== ".gitignore") return undefined;
  const lines = new Set(present.split(/\r?\n/));
  const missing = file.text
    .trimEnd()
    .split("\n")
    .filter((line) => !lines.has(line));
  const start = present === "" || present.endsWith("\n") ? "" : "\n";
  return missing.length > 0 ? { path: file.path, text: `${start}${missing.join("\n")}\n` } : undefined;
}

async function writeFiles(folder: string, files: NewFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(folder, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      // A file that came into being since we looked is not overwritten; only .gitignore may be there, and grows.
      await writeFile(file, text, { flag: path === ".gitignore" ? "a" : "wx" });
    } catch (error) {
      const hint = "Check the folder's permissions.";
      throw new EtlError({ code: "failed", message: `cannot write ${path}: ${messageOf(error)}`, hint, cause: error });
    }
  }
}

interface Report {
  written: NewFile[];
  folder: string;
  cwd: string;
  /** What to look at. */
  model: string;
}

function report({ written, folder, cwd, model }: Report): string {
  const way = relative(cwd, folder);
  const commands = ["npx nais-etl test", "npx nais-etl run", `npx nais-etl show ${model}`];
  const next = [...(way === "" ? [] : [`cd ${way}`]), ...commands].map((line) => `  ${line}`);
  return [...written.map(({ path }) => `wrote ${join(way, path)}`), "", "Next:", ...next].join("\n");
}
