/** What `validate` asks of one pipeline. */
import { basename } from "node:path";
import { loadPipeline, type LoadedPipeline } from "../spec/load.ts";
import { defaultTimeZone } from "../spec/schedule.ts";
import { baseTarget } from "../spec/target.ts";
import { driftProblems, shippedTargets } from "../ship/render/committed.ts";
import { pipelineProblems } from "../ship/render/pipeline-problems.ts";
import { describeSchedule, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import type { FoundPipeline } from "./pipelines.ts";

export interface PipelineReport {
  name: string;
  file: string;
  targets: string[];
  schedule?: ScheduleReport;
  problems: Problem[];
}

/** What is asked of each pipeline with each of its targets. */
type PipelineCheck = (
  pipeline: LoadedPipeline,
  found: FoundPipeline,
  context: Context,
) => Promise<Problem[]> | Problem[];
const pipelineChecks: PipelineCheck[] = [modelsCheck, manifestCheck, committedCheck];

/** Everything about one pipeline. A file that cannot be loaded has nothing more to say. */
export async function reportOnPipeline(
  found: FoundPipeline,
  target: string | undefined,
  context: Context,
): Promise<PipelineReport> {
  const load = (name: string) => loadPipeline({ file: found.file, cwd: context.cwd, target: name });
  try {
    const base = await load(target ?? baseTarget);
    const targets = target === undefined ? shippedTargets(base) : [target];
    const problems: Problem[] = [...base.warnings];
    for (const name of targets) problems.push(...(await check(await load(name), found, context)));
    const { name } = base.spec;
    return { name, file: base.shownFile, targets: base.targets, problems, ...scheduleOf(base, context) };
  } catch (error) {
    if (!(error instanceof EtlError) || error.code !== "invalid") throw error;
    return { name: basename(found.file), file: found.file, targets: [], problems: error.problems };
  }
}

async function check(pipeline: LoadedPipeline, found: FoundPipeline, context: Context): Promise<Problem[]> {
  const lists = await Promise.all(pipelineChecks.map((one) => collect(() => one(pipeline, found, context))));
  return lists.flat();
}

/** Loaded when needed: it brings the engine. */
async function modelsCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { checkModels } = await import("../etl/check-models.ts");
  return checkModels(pipeline, context);
}

/** The manifest that follows from the pipeline. Without a team there is none. */
function manifestCheck(pipeline: LoadedPipeline, { selected }: FoundPipeline, { now }: Context): Problem[] {
  if (pipeline.spec.team === undefined) return [];
  return pipelineProblems({ pipeline, selected, now: now() });
}

/** The committed copy of the manifest. What cannot be rendered is told once. */
async function committedCheck(
  pipeline: LoadedPipeline,
  { root, selected }: FoundPipeline,
  { cwd }: Context,
): Promise<Problem[]> {
  return pipeline.spec.team === undefined ? [] : driftProblems({ pipeline, selected, root, cwd });
}

/** A check may return its problems or throw them. */
async function collect(act: () => Promise<Problem[]> | Problem[]): Promise<Problem[]> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof EtlError && error.code === "invalid") return error.problems;
    throw error;
  }
}

function scheduleOf({ spec }: LoadedPipeline, { now }: Context): { schedule?: ScheduleReport } {
  if (!spec.schedule) return {};
  const { cron, timeZone = defaultTimeZone } = spec.schedule;
  return { schedule: describeSchedule({ cron, timeZone, now: now() }) };
}
