/** What `validate` asks of a manifest that a team wrote itself. */
import { dirname, relative } from "node:path";
import { findPipelines } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget } from "../spec/target.ts";
import { lintManifests } from "../ship/manifest/lint.ts";
import { fieldsAt } from "../ship/manifest/rule.ts";
import { shippedTargets } from "../ship/render/committed.ts";
import { unmetNeeds } from "../ship/render/own-manifest.ts";
import { scheduleReportOf, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { readText } from "./read-text.ts";

export interface ManifestReport {
  file: string;
  resources: { kind: string; name: string }[];
  /** Of the Naisjobs in it. */
  schedules: ScheduleReport[];
  problems: Problem[];
}

interface ManifestToReport {
  /** Absolute. */
  path: string;
  variables: Record<string, unknown>;
  pipelinesIn: PipelinesIn;
}

export async function reportOnManifest(
  { path, variables, pipelinesIn }: ManifestToReport,
  { cwd, now }: Context,
): Promise<ManifestReport> {
  const file = relative(cwd, path) || path;
  const text = await readText(path, file);
  const { problems, resources } = lintManifests({ text, file, variables });
  const jobs = resources.filter(({ kind }) => kind === "Naisjob");
  const schedules = jobs.flatMap(({ value }) => scheduleReportOf(fieldsAt(value, "spec") ?? {}, now()) ?? []);
  // Where the command is started, beside the manifest, and in the folder above, as for `.nais/naisjob.yaml`.
  const folders = new Set([cwd, dirname(path), dirname(dirname(path))]);
  const pipelines = jobs.length > 0 ? (await Promise.all([...folders].map(pipelinesIn))).flat() : [];
  const missing = jobs.flatMap((job) => {
    const named = pipelines.filter(({ spec }) => spec.name === job.name);
    return unmetNeeds(job, named);
  });
  return {
    file,
    problems: [...problems, ...missing],
    schedules,
    resources: resources.map(({ kind, name }) => ({ kind, name })),
  };
}

export type PipelinesIn = (folder: string) => Promise<LoadedPipeline[]>;

/** Every pipeline with each of its targets. Looks into each folder once, however many manifests ask. */
export function rememberPipelines(context: Context): PipelinesIn {
  const known = new Map<string, Promise<LoadedPipeline[]>>();
  return (folder) => {
    const found = known.get(folder) ?? loadAll(folder, context);
    known.set(folder, found);
    return found;
  };
}

async function loadAll(folder: string, context: Context): Promise<LoadedPipeline[]> {
  const files = await findPipelines(folder);
  const loaded = await Promise.all(files.map((file) => withTargets(file, context).catch(ignored)));
  return loaded.flat();
}

async function withTargets(file: string, context: Context): Promise<LoadedPipeline[]> {
  const base = await loadPipeline({ file, target: baseTarget }, context);
  const others = shippedTargets(base).filter((target) => target !== baseTarget);
  return [base, ...(await Promise.all(others.map((target) => loadPipeline({ file, target }, context))))];
}

/** Whoever asks about a manifest does not ask about a pipeline that cannot be read. */
function ignored(error: unknown): [] {
  if (error instanceof EtlError) return [];
  throw error;
}
