/** Old models on the new samples: what differs then comes of the models, and not of the data. */
import { mkdir, realpath, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import { findFiles, type FoundFile } from "../connectors/file/find.ts";
import { identifyRun } from "../identity.ts";
import { partToRead, resolveParams, resolveReferences, type RunValues } from "../values.ts";

export interface SameSamples {
  before: LoadedPipeline;
  after: LoadedPipeline;
  interval: string | undefined;
  params: Record<string, string>;
}

/** The old pipeline, its sources reading the new files: under the names that they have, in the old folder. */
export async function useSamples(asked: SameSamples, context: Context): Promise<LoadedPipeline> {
  const { before, after } = asked;
  const values = valuesOf(asked, context);
  const sources = Object.entries(before.spec.sources ?? {});
  const changed: [string, Source][] = [];
  for (const [name, source] of sources) {
    const now = after.spec.sources?.[name];
    const place = now && now.type === source.type ? placeOf(now) : undefined;
    if (!now || !place) continue;
    const path = Object.values(resolved(place, { name, values, after }, context))[0]!;
    const files = await findFiles({ path, folder: after.folder, show: after.show });
    await linkAll({ path, files, folder: before.folder }, context);
    changed.push([name, { ...source, ...place }]);
  }
  return { ...before, spec: { ...before.spec, sources: { ...before.spec.sources, ...Object.fromEntries(changed) } } };
}

type Place = { sample: string } | { path: string };

/** Where its rows lie on target `local`; undefined where they lie in no file. */
function placeOf(source: Source): Place | undefined {
  if (source.sample !== undefined) return { sample: source.sample };
  return source.type === "file" ? { path: source.path } : undefined;
}

function valuesOf({ after, interval, params }: SameSamples, context: Context): RunValues {
  const identity = identifyRun({ pipeline: after, label: interval, context });
  return { params: resolveParams({ pipeline: after, given: params, context }), interval: identity.interval };
}

interface Resolve {
  name: string;
  values: RunValues;
  after: LoadedPipeline;
}

function resolved(place: Place, { name, values, after: pipeline }: Resolve, context: Context): Place {
  return resolveReferences(place, { values, pipeline, context, path: ["sources", name] });
}

interface Link {
  /** As the source says it. */
  path: string;
  files: FoundFile[];
  /** The old folder. */
  folder: string;
}

/** What else the path means in the old folder goes: a file that is not there any more is no sample. */
async function linkAll({ path, files, folder }: Link, context: Context): Promise<void> {
  const old = await findFiles({ path, folder, show: String }).catch(() => []);
  const own = await realpath(folder);
  for (const name of new Set([...old, ...files].map((file) => file.name))) {
    const to = join(folder, name);
    // What lies elsewhere, by its path or by a link, is not ours to change.
    if (name.startsWith("../") || !(await isInside(dirname(to), own))) continue;
    const from = files.find((file) => file.name === name)?.path;
    await context.effect("plan.samples", async () => {
      await rm(to, { force: true });
      await mkdir(dirname(to), { recursive: true });
      if (from !== undefined) await symlink(from, to);
    });
  }
}

/** A folder that is not there yet would be made in one that is. */
async function isInside(path: string, folder: string): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  return real === undefined ? isInside(dirname(path), folder) : `${real}/`.startsWith(`${folder}/`);
}

/** Sources that a local run would ask a server for: no data is compared then. */
export function withoutSamples(pipeline: LoadedPipeline): string[] {
  return Object.entries(pipeline.spec.sources ?? {}).flatMap(([name, source]) => {
    const read = partToRead(source, pipeline);
    return read.sample === undefined && read.type !== "file" ? [name] : [];
  });
}
