/** `nais-etl validate`: what is wrong with the pipelines here, before anyone else finds it. */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pipelineFile } from "../spec/find.ts";
import { loadPipeline, type LoadedPipeline } from "../spec/load.ts";
import { defaultTimeZone } from "../spec/schedule.ts";
import { baseTarget } from "../spec/target.ts";
import { driftProblems, shippedTargets } from "../ship/render/committed.ts";
import { renderNaisjob } from "../ship/render/naisjob.ts";
import { describeSchedule, scheduleLines, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, formatProblem, formatWhere, throwProblems, type Problem } from "../util/error.ts";
import { formatAnnotation } from "../util/annotation.ts";
import { choosePipelines, foundAt, type FoundPipeline } from "./pipelines.ts";

export interface ValidateOptions {
  /** pipeline.yaml files, or folders that hold one; by default every pipeline here. */
  files?: string[] | undefined;
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** Only this part of `targets:`; by default all. */
  target?: string | undefined;
  json?: boolean | undefined;
  /** `github` prints workflow annotations. */
  format?: "text" | "github" | undefined;
}

interface Report {
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
const pipelineChecks: PipelineCheck[] = [modelsCheck, manifestCheck];

/** @throws {EtlError} `invalid`, with every problem of every pipeline, after the result is printed. */
export async function validate(options: ValidateOptions, context: Context): Promise<void> {
  const found = await findAll(options, context);
  const reports = await Promise.all(found.map((one) => reportOn(one, options, context)));
  const problems = distinct(reports.flatMap((report) => report.problems));
  print({ reports, problems, options, context });
  throwProblems(problems);
}

async function findAll({ files = [], dir, pipeline }: ValidateOptions, context: Context): Promise<FoundPipeline[]> {
  if (files.length === 0) return choosePipelines({ dir, pipeline }, context);
  const lists = await Promise.all(
    files.map(async (file) => {
      const path = resolve(context.cwd, file);
      const isFolder = await stat(path).then(
        (entry) => entry.isDirectory(),
        () => false,
      );
      if (isFolder) return choosePipelines({ dir: path }, context);
      if (basename(path) === pipelineFile) return [foundAt(path)];
      const hint = `Name a ${pipelineFile}, or a folder that holds one.`;
      throw new EtlError({
        code: "usage",
        message: `${file} is not a ${pipelineFile}: other manifests are not supported yet`,
        hint,
      });
    }),
  );
  return lists.flat();
}

/** Everything about one pipeline. A file that cannot be loaded has nothing more to say. */
async function reportOn(found: FoundPipeline, { target }: ValidateOptions, context: Context): Promise<Report> {
  const load = (name: string) => loadPipeline({ file: found.file, cwd: context.cwd, target: name });
  try {
    const base = await load(target ?? baseTarget);
    const targets = target === undefined ? shippedTargets(base) : [target];
    const problems: Problem[] = [...base.warnings];
    for (const name of targets) problems.push(...(await check(await load(name), found, context)));
    return {
      name: base.spec.name,
      file: base.shownFile,
      targets: base.targets,
      problems,
      ...scheduleOf(base, context),
    };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    if (error.code !== "invalid") throw error;
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

/** The manifest that follows from the pipeline, and the committed copy of it. Without a team there is none. */
async function manifestCheck(
  pipeline: LoadedPipeline,
  { root, selected }: FoundPipeline,
  { cwd }: Context,
): Promise<Problem[]> {
  if (pipeline.spec.team === undefined) return [];
  renderNaisjob({ pipeline, selected });
  return driftProblems({ pipeline, selected, root, cwd });
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

/** Each target is checked by itself, and so finds the same problem in the same place. */
function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()];
}

function keyOf({ where, message }: Problem): string {
  return `${where ? formatWhere(where) : ""} ${message}`;
}

interface Result {
  reports: Report[];
  problems: Problem[];
  options: ValidateOptions;
  context: Context;
}

function print({ reports, problems, options, context }: Result): void {
  if (options.json) {
    const pipelines = reports.map(({ name, file, targets, schedule }) => ({ name, file, targets, schedule }));
    const schedule = reports.length === 1 ? reports[0]!.schedule : undefined;
    context.print(JSON.stringify({ problems, ...(schedule && { schedule }), pipelines }, undefined, 2));
    return;
  }
  if (options.format === "github") for (const problem of problems) context.print(formatAnnotation(problem));
  const errors = problems.filter(({ severity }) => severity === "error");
  // Errors are shown with their warnings when they are thrown: here only what would be lost.
  if (errors.length === 0) for (const problem of problems) context.log.warn(formatProblem(problem));
  for (const { schedule } of reports) if (schedule) context.print(scheduleLines(schedule).join("\n"));
  if (errors.length === 0) context.print(summary(reports, problems));
}

function summary(reports: Report[], warnings: Problem[]): string {
  const targets = [...new Set(reports.flatMap((report) => report.targets))];
  const what = reports.length === 1 ? reports[0]!.name : count(reports.length, "pipeline");
  const withTargets = targets.length > 0 ? ` (targets: ${targets.join(", ")})` : "";
  return `${what}${withTargets}: valid, ${warnings.length === 0 ? "no warnings" : count(warnings.length, "warning")}`;
}
