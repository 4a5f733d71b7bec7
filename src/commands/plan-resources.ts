/** Manifests that a team deploys as they are, of a plan: as they are now, against those of the other commit. */
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { diffManifests, type ManifestChange } from "../ship/render/manifest-diff.ts";
import type { Context } from "../util/context.ts";
import { exists } from "../util/files.ts";
import { isJob, resourcesIn } from "./find-own-manifest.ts";
import { checkOut } from "./old-tree.ts";
import { readText } from "./read-text.ts";
import { repositoryOf } from "./repository-of.ts";
import { readVariables, type VariableOptions } from "./variables.ts";

export interface PlanResources extends VariableOptions {
  /** Files, as `deploy --resource` takes them. */
  resource: string[];
  dir?: string | undefined;
  /** The pipeline's: Naisjobs of others are theirs to plan. */
  name: string;
  /** The repository's folder, or one in it. */
  root: string;
  commit: string;
}

/** @throws {EtlError} `usage` where a file is not there */
export async function compareResources(asked: PlanResources, context: Context): Promise<ManifestChange[]> {
  const here = resolve(context.cwd, asked.dir ?? ".");
  const paths = asked.resource.map((file) => resolve(here, file));
  const texts = await Promise.all(paths.map((path, i) => readText(path, asked.resource[i]!)));
  const variables = await readVariables(asked, context);
  const now = texts.map((text) => resourcesIn(text, variables));
  const top = await repositoryOf(asked.root);
  const tree = await checkOut({ commit: asked.commit, root: top, folder: top }, context);
  try {
    const inTree = (path: string) => join(tree?.root ?? "", relative(top, path));
    const old = tree ? await oldResources(asked, { paths, inTree }, context) : [];
    const isOurs = (_: object[], i: number) => isFor(asked.name, [...now[i]!, ...(old[i] ?? [])]);
    return diffManifests(old.filter(isOurs).flat(), now.filter(isOurs).flat());
  } finally {
    await tree?.remove();
  }
}

interface Old {
  paths: string[];
  inTree: (path: string) => string;
}

/** With the variables of that time, where their file lies in the repository. By file; of one that was not there, none. */
async function oldResources(asked: PlanResources, { paths, inTree }: Old, context: Context): Promise<object[][]> {
  const { varsFile } = asked;
  const old = varsFile === undefined ? undefined : inTree(resolve(context.cwd, varsFile));
  const isThere = old !== undefined && (await exists(old));
  const variables = await readVariables(isThere ? { ...asked, varsFile: old } : asked, context);
  const texts = await Promise.all(paths.map((path) => readFile(inTree(path), "utf8").catch(() => "")));
  return texts.map((text) => resourcesIn(text, variables));
}

/** What comes without any Naisjob, such as alerts, is told with each pipeline. */
function isFor(name: string, resources: object[]): boolean {
  return resources.some((one) => isJob(one, name)) || !resources.some((one) => isJob(one));
}
