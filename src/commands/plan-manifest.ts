/** The manifests of a plan: as they are rendered now, against those of another commit or, without one, the committed copies. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { localTarget, baseTarget } from "../spec/target.ts";
import { namedIn, renderedFolder } from "../ship/render/committed.ts";
import { fileNames, renderPipeline } from "../ship/render/files.ts";
import { diffManifests, type ManifestChange } from "../ship/render/manifest-diff.ts";
import type { FoundPipeline } from "../spec/find.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { checkOut } from "./old-tree.ts";

export interface PlanManifest {
  found: FoundPipeline;
  target: string;
  commit: string | undefined;
}

export interface PlannedManifest {
  changes: ManifestChange[];
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
  if (asked.commit === undefined) return compareCommitted(asked, context);
  const now = await render(asked, context);
  const { file, root } = asked.found;
  const tree = await checkOut({ commit: asked.commit, root, folder: root }, context);
  try {
    const old = tree && join(tree.root, relative(root, file));
    if (!tree || !old || !(await exists(old))) return { changes: diffManifests([], now) };
    const found = { ...asked.found, file: old };
    return { changes: diffManifests(await render({ ...asked, found }, { ...context, cwd: tree.root }), now) };
  } catch (error) {
    if (!(error instanceof EtlError) || context.signal.aborted) throw error;
    return {
      notes: [`no manifests are compared: those of the other commit cannot be rendered: ${error.problems[0]!.message}`],
    };
  } finally {
    await tree?.remove();
  }
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
