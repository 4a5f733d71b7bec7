/** The Naisjob of a pipeline that its team wrote by hand, where manifests usually lie. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { isPlainObject } from "../spec/value.ts";
import { lintManifests } from "../ship/manifest/lint.ts";
import { textAt } from "../ship/manifest/rule.ts";
import { renderedFolder } from "../ship/render/committed.ts";
import { renderedMark } from "../ship/render/files.ts";

export interface OwnManifest {
  /** From the repository's folder. */
  file: string;
  /** All that it holds. What its template's variables stand for is left open: `$memory`. */
  resources: object[];
}

interface Find {
  root: string;
  /** The pipeline's, in it. */
  folder: string;
  name: string;
  /** Of several, the one whose file is called like it. */
  target: string;
}

/** Undefined where there is none. */
export async function findOwnManifest({ root, folder, name, target }: Find): Promise<OwnManifest | undefined> {
  const folders = new Set(
    [root, folder].flatMap((one) => ["", renderedFolder, "nais"].map((below) => join(one, below))),
  );
  const paths = (await Promise.all([...folders].map(manifestsIn))).flat();
  const read = await Promise.all(paths.map((path) => readOwn(path, { root, name })));
  const found = read.filter((one) => one !== undefined);
  // `prod-gcp` may be called `prod`.
  const [cluster = ""] = target.split("-");
  return [target, cluster, ""].flatMap((word) => found.find(({ file }) => file.includes(word)) ?? [])[0];
}

async function manifestsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((file) => /\.ya?ml$/.test(file))
    .toSorted()
    .map((file) => join(folder, file));
}

async function readOwn(path: string, { root, name }: Pick<Find, "root" | "name">): Promise<OwnManifest | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (!text.includes("Naisjob") || text.includes(renderedMark)) return undefined;
  const file = relative(root, path).replaceAll(sep, "/");
  const resources = resourcesIn(text, {});
  return resources.some((resource) => isJob(resource, name)) ? { file, resources } : undefined;
}

export function isJob(resource: object, name?: string): boolean {
  const isNamed = name === undefined || textAt(resource, "metadata", "name") === name;
  return textAt(resource, "kind") === "Naisjob" && isNamed;
}

/** What a file holds, filled in: what is wrong with it, `validate` says. */
export function resourcesIn(text: string, variables: Record<string, unknown>): object[] {
  const { resources } = lintManifests({ text, file: "", variables: { ...openVariables(text), ...variables } });
  return resources.map(({ value }) => value).filter(isPlainObject);
}

/** Those that a template puts into its text. Of its conditions nothing is known: they are not met. */
function openVariables(text: string): Record<string, string> {
  const names = [...text.matchAll(/\{\{\{?~?\s*(\w+)\s*~?\}?\}\}/g)].map(([, name = ""]) => name);
  return Object.fromEntries(names.filter((name) => name !== "else").map((name) => [name, `$${name}`]));
}
