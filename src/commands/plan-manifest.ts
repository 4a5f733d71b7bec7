/** The manifests of a plan: as they are rendered now, against those of another commit or, without one, the committed copies. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { localTarget, baseTarget } from "../spec/target.ts";
import { namedIn, renderedFolder } from "../ship/render/committed.ts";
import { fileNames, renderPipeline } from "../ship/render/files.ts";
import { diffManifests, resourceName, type ManifestChange } from "../ship/render/manifest-diff.ts";
import { ownDifferences } from "../ship/render/own-difference.ts";
import type { FoundPipeline } from "../spec/find.ts";
import { findOwnManifest } from "./find-own-manifest.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { checkOut } from "./old-tree.ts";
import type { OwnManifestPlan } from "./plan-form.ts";
import { compareResources, type PlanResources } from "./plan-resources.ts";

export interface PlanManifest {
  found: FoundPipeline;
  target: string;
  commit: string | undefined;
  /** Where files of the team's own are deployed, and not what is rendered. */
  own?: OwnFiles | undefined;
}

type OwnFiles = Pick<PlanResources, "resource" | "dir" | "var" | "varsFile">;

export interface PlannedManifest {
  changes: ManifestChange[];
  own?: OwnManifestPlan;
  notes: string[];
  problems: Problem[];
}

export async function planManifest(asked: PlanManifest, context: Context): Promise<PlannedManifest> {
  const target = asked.target === localTarget ? baseTarget : asked.target;
  try {
    const compared = await compare({ ...asked, target }, context);
    return { changes: [], notes: [], problems: [], ...compared };
  } catch (error) {
    if (!(error instanceof EtlError) || context.signal.aborted) throw error;
    return { changes: [], notes: [], problems: error.problems };
  }
}

async function compare(asked: PlanManifest, context: Context): Promise<Partial<PlannedManifest>> {
  const { own } = asked;
  return own ? compareOwn(asked, own, context) : compareRendered(asked, context);
}

async function compareOwn(
  { found, target, commit }: PlanManifest,
  own: OwnFiles,
  context: Context,
): Promise<Partial<PlannedManifest>> {
  if (commit === undefined) return { notes: ["no manifests are compared: there is no other commit"] };
  const { spec } = await loadPipeline({ file: found.file, target }, context);
  return { changes: await compareResources({ ...own, name: spec.name, root: found.root, commit }, context) };
}

async function compareRendered(asked: PlanManifest, context: Context): Promise<Partial<PlannedManifest>> {
  if (asked.commit === undefined) return withOwn(await compareCommitted(asked, context), asked, context);
  const now = await render(asked, context);
  const { file, root } = asked.found;
  const tree = await checkOut({ commit: asked.commit, root, folder: root }, context);
  try {
    const old = tree && join(tree.root, relative(root, file));
    const found = old && { ...asked.found, file: old };
    const compared =
      tree && found && (await exists(found.file))
        ? await compareTree({ ...asked, found }, { now, context: { ...context, cwd: tree.root } })
        : { changes: diffManifests([], now) };
    return await withOwn(compared, { ...asked, old: tree?.root }, context);
  } finally {
    await tree?.remove();
  }
}

async function compareTree(
  asked: PlanManifest,
  { now, context }: { now: object[]; context: Context },
): Promise<Partial<PlannedManifest>> {
  try {
    return { changes: diffManifests(await render(asked, context), now) };
  } catch (error) {
    if (!(error instanceof EtlError) || context.signal.aborted) throw error;
    return {
      notes: [`no manifests are compared: those of the other commit cannot be rendered: ${error.problems[0]!.message}`],
    };
  }
}

/** @param old the repository's folder as it was: what has been deleted since may be what is deployed */
async function withOwn(
  compared: Partial<PlannedManifest>,
  asked: PlanManifest & { old?: string | undefined },
  context: Context,
): Promise<Partial<PlannedManifest>> {
  const { found, target, old } = asked;
  const { spec } = await loadPipeline({ file: found.file, target }, context);
  const below = relative(found.root, dirname(found.file));
  const find = (root: string) => findOwnManifest({ root, folder: join(root, below), name: spec.name, target });
  const own = (await find(found.root)) ?? (old === undefined ? undefined : await find(old));
  if (!own) return compared;
  const changes = ownDifferences(own.resources, await render(asked, context));
  // What it is held against is there already.
  const replaced = new Set(own.resources.map(resourceName));
  const others = compared.changes?.filter(({ resource, path }) => path !== "" || !replaced.has(resource));
  return { ...compared, ...(others && { changes: others }), own: { file: own.file, changes } };
}

/** A copy that names its image is compared with that image. */
async function compareCommitted(asked: PlanManifest, context: Context): Promise<Partial<PlannedManifest>> {
  const { found, target } = asked;
  const [name] = fileNames(await loadPipeline({ file: found.file, target }, context));
  const text = await readFile(join(found.root, renderedFolder, name), "utf8").catch(() => undefined);
  const now = await render({ ...asked, ...(text !== undefined && namedIn(text)) }, context);
  if (text === undefined) return { notes: [`no manifests are compared: there is no ${renderedFolder}/${name}`] };
  const old = parseAllDocuments(text).map((document) => document.toJS() as object);
  return { changes: diffManifests(old, now) };
}

async function render(asked: PlanManifest & { image?: string; revision?: string }, context: Context) {
  const { found, target, image, revision } = asked;
  const pipeline = await loadPipeline({ file: found.file, target }, context);
  const { manifests } = renderPipeline({ pipeline, image, revision });
  return manifests.map(({ manifest }) => manifest as object);
}
