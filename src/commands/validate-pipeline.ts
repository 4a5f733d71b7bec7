/** What `validate` asks of one pipeline. */
import { basename } from "node:path";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget, localTarget } from "../spec/target.ts";
import { hasChecks } from "../etl/transform/graph.ts";
import { scanFolder } from "../ship/credentials/scan-folder.ts";
import { driftProblems, shippedTargets } from "../ship/render/committed.ts";
import { pipelineProblems } from "../ship/render/pipeline-problems.ts";
import { describeSchedule, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import type { FoundPipeline } from "../spec/find.ts";
import { timeZoneOf } from "../spec/next-scheduled.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface PipelineReport {
  name: string;
  file: string;
  targets: string[];
  schedule?: ScheduleReport;
  problems: Problem[];
  /** The same problems, by what they are about. */
  parts: Partial<Record<Part, Problem[]>>;
}

export type Part = "pipeline" | "tests" | "manifest" | "credentials";

/** What is asked of a pipeline as one of its targets sees it. */
type PipelineCheck = (
  pipeline: LoadedPipeline,
  found: FoundPipeline,
  context: Context,
) => Promise<Problem[]> | Problem[];
type Checks = readonly [Part, PipelineCheck][];
/** What lies in the folder, and is read on target `local`: samples, files, tests. */
const localChecks: Checks = [
  ["pipeline", sourcesCheck],
  ["tests", testsCheck],
  ["pipeline", typesCheck],
  ["pipeline", packagesCheck],
  ["pipeline", pythonCheck],
  ["credentials", credentialsCheck],
];
const pipelineChecks: Checks = [
  ["pipeline", modelsCheck],
  ["pipeline", outputsCheck],
  ["manifest", manifestCheck],
  ["manifest", committedCheck],
];

/** Everything about one pipeline. A file that cannot be loaded has nothing more to say. */
export async function reportOnPipeline(
  found: FoundPipeline,
  target: string | undefined,
  context: Context,
): Promise<PipelineReport> {
  const load = (name: string) => loadPipeline({ file: found.file, target: name }, context);
  try {
    const base = await load(target ?? baseTarget);
    const targets = target === undefined ? shippedTargets(base) : [target];
    const lists: [Part, Problem[]][] = [["pipeline", base.warnings]];
    if (target === undefined || target === localTarget)
      lists.push(...(await check(localChecks, await load(localTarget), found, context)));
    for (const name of targets) lists.push(...(await check(pipelineChecks, await load(name), found, context)));
    const { name } = base.spec;
    const problems = lists.flatMap(([, list]) => list);
    return {
      name,
      file: base.shownFile,
      targets: base.targets,
      problems,
      parts: byPart(lists),
      ...scheduleOf(base, context),
    };
  } catch (error) {
    if (!(error instanceof EtlError) || error.code !== "invalid") throw error;
    const { problems } = error;
    return { name: basename(found.file), file: found.file, targets: [], problems, parts: { pipeline: problems } };
  }
}

function byPart(lists: [Part, Problem[]][]): PipelineReport["parts"] {
  const parts: PipelineReport["parts"] = {};
  for (const [part, list] of lists) parts[part] = [...(parts[part] ?? []), ...list];
  return parts;
}

function check(
  checks: Checks,
  pipeline: LoadedPipeline,
  found: FoundPipeline,
  context: Context,
): Promise<[Part, Problem[]][]> {
  return Promise.all(
    checks.map(async ([part, one]) => [part, await collect(() => one(pipeline, found, context))] as [Part, Problem[]]),
  );
}

/** Loaded when needed, as the next two are: they bring the engine. */
async function sourcesCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { validateSources } = await import("../etl/validate/validate-sources.ts");
  return validateSources(pipeline, context);
}

async function testsCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { validateTests } = await import("../etl/validate/validate-tests.ts");
  return validateTests(pipeline, context);
}

/** What lies in the folder is committed, and goes into the image. */
async function credentialsCheck(
  { show, folder }: LoadedPipeline,
  _: FoundPipeline,
  { signal }: Context,
): Promise<Problem[]> {
  return scanFolder({ folder, show, isWanted: () => true, signal });
}

async function typesCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { validateTypes } = await import("../etl/validate/validate-types.ts");
  return validateTypes(pipeline, context);
}

async function packagesCheck(pipeline: LoadedPipeline, { root }: FoundPipeline): Promise<Problem[]> {
  const { validatePackages } = await import("../etl/validate/validate-packages.ts");
  return validatePackages(pipeline, root);
}

async function pythonCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { validatePython } = await import("../etl/validate/validate-python.ts");
  return validatePython(pipeline, context);
}

async function modelsCheck(pipeline: LoadedPipeline, _found: FoundPipeline, context: Context): Promise<Problem[]> {
  const { validateModels } = await import("../etl/validate/validate-models.ts");
  return validateModels(pipeline, context);
}

/** While a pipeline is made, a run has no need of outputs. Without any, one may still be there for its checks. */
function outputsCheck({ spec, where }: LoadedPipeline): Problem[] {
  const tables = [...Object.values(spec.sources ?? {}), ...Object.values(spec.models ?? {})];
  if (Object.keys(spec.outputs ?? {}).length > 0 || tables.length === 0 || tables.some(hasChecks)) return [];
  return [
    {
      severity: "warning",
      rule: "no-outputs",
      message: "the pipeline publishes nothing, and checks nothing",
      hint: "Say under `outputs:` what it publishes, and where.",
      where: where(["name"]),
    },
  ];
}

/** The manifest that follows from the pipeline. Without a team there is none. */
function manifestCheck(pipeline: LoadedPipeline, _found: FoundPipeline, { now }: Context): Problem[] {
  if (pipeline.spec.team === undefined) return [];
  return pipelineProblems({ pipeline, now: now() });
}

/** The committed copy of the manifest. What cannot be rendered is told once. */
async function committedCheck(pipeline: LoadedPipeline, { root }: FoundPipeline, { cwd }: Context): Promise<Problem[]> {
  return pipeline.spec.team === undefined ? [] : driftProblems({ pipeline, root, cwd });
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
  const { cron } = spec.schedule;
  return { schedule: describeSchedule({ cron, timeZone: timeZoneOf(spec), now: now() }) };
}
