/** `nais-etl validate`: what is wrong with the pipelines and manifests here, before anyone else finds it. */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pipelineFile, foundAt, type FoundPipeline } from "../spec/find.ts";
import { profiles, type Profile } from "../ship/image/dockerfile/rule.ts";
import { scheduleLines, type ScheduleReport } from "../ship/schedule.ts";
import { formatAnnotation } from "../util/annotation.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, formatWhere, throwProblems, type Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { choosePipelines } from "./pipelines.ts";
import { isDockerfile, reportOnDockerfile, type DockerfileReport } from "./validate-dockerfile.ts";
import { rememberPipelines, reportOnManifest, type ManifestReport } from "./validate-manifest.ts";
import { reportOnPipeline, type PipelineReport } from "./validate-pipeline.ts";
import { readVariables, type VariableOptions } from "./variables.ts";

export interface ValidateOptions extends VariableOptions {
  /** pipeline.yaml files, folders that hold one, manifests and Dockerfiles; by default every pipeline here. */
  files?: string[] | undefined;
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** Only this part of `targets:`; by default all. */
  target?: string | undefined;
  /** Where images of Dockerfiles are to run; nais where it is not said. */
  profile?: string | undefined;
  json?: boolean | undefined;
  /** `github` prints workflow annotations. */
  format?: "text" | "github" | undefined;
}

interface Subjects {
  pipelines: FoundPipeline[];
  /** Absolute paths. */
  manifests: string[];
  dockerfiles: string[];
}

/** @throws {EtlError} `invalid`, with every problem of every file, after the result is printed. */
export async function validate(options: ValidateOptions, context: Context): Promise<void> {
  const subjects = await findSubjects(options, context);
  const variables = await readVariables(options, context);
  const pipelines = await Promise.all(subjects.pipelines.map((one) => reportOnPipeline(one, options.target, context)));
  const pipelinesIn = rememberPipelines(context);
  const manifests = await Promise.all(
    subjects.manifests.map((path) => reportOnManifest({ path, variables, pipelinesIn }, context)),
  );
  const profile = profileOf(options.profile);
  const dockerfiles = await Promise.all(
    subjects.dockerfiles.map((path) => reportOnDockerfile({ path, profile }, context)),
  );
  const problems = distinct([...pipelines, ...manifests, ...dockerfiles].flatMap((report) => report.problems));
  print({ pipelines, manifests, dockerfiles, problems, options, context });
  throwProblems(problems);
}

async function findSubjects({ files = [], dir, pipeline }: ValidateOptions, context: Context): Promise<Subjects> {
  if (files.length === 0) return { ...none, pipelines: await choosePipelines({ dir, pipeline }, context) };
  const lists = await Promise.all(files.map((file) => subjectsAt(resolve(context.cwd, file), context)));
  return {
    pipelines: lists.flatMap((list) => list.pipelines),
    manifests: lists.flatMap((list) => list.manifests),
    dockerfiles: lists.flatMap((list) => list.dockerfiles),
  };
}

const none: Subjects = { pipelines: [], manifests: [], dockerfiles: [] };

async function subjectsAt(path: string, context: Context): Promise<Subjects> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return { ...none, pipelines: await choosePipelines({ dir: path }, context) };
  if (basename(path) === pipelineFile) return { ...none, pipelines: [foundAt(path)] };
  return isDockerfile(path) ? { ...none, dockerfiles: [path] } : { ...none, manifests: [path] };
}

function profileOf(name = "nais"): Profile {
  const known = profiles.find((one) => one === name);
  if (known) return known;
  throw new EtlError({ code: "usage", message: `--profile: \`${name}\` is none`, hint: didYouMean(name, profiles) });
}

/** Each target is checked by itself, and so finds the same problem in the same place. */
function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()];
}

function keyOf({ where, message }: Problem): string {
  return `${where ? formatWhere(where) : ""} ${message}`;
}

interface Result {
  pipelines: PipelineReport[];
  manifests: ManifestReport[];
  dockerfiles: DockerfileReport[];
  problems: Problem[];
  options: ValidateOptions;
  context: Context;
}

function print(result: Result): void {
  const { problems, options, context } = result;
  const schedules = schedulesOf(result);
  if (options.json) return context.print(asJson(result));
  if (options.format === "github") for (const problem of problems) context.print(formatAnnotation(problem));
  const isValid = problems.every(({ severity }) => severity !== "error");
  // Errors are shown with their warnings when they are thrown: here only what would be lost.
  if (isValid) for (const problem of problems) context.log.problem(problem);
  for (const schedule of schedules) context.print(scheduleLines(schedule).join("\n"));
  if (isValid) context.print(summary(result));
}

function schedulesOf({ pipelines, manifests }: Result): ScheduleReport[] {
  return [
    ...pipelines.flatMap(({ schedule }) => (schedule ? [schedule] : [])),
    ...manifests.flatMap((report) => report.schedules),
  ];
}

function asJson(result: Result): string {
  const { problems } = result;
  const pipelines = result.pipelines.map(({ name, file, targets, schedule }) => ({ name, file, targets, schedule }));
  const manifests = result.manifests.map(({ file, resources, schedules }) => ({ file, resources, schedules }));
  const [schedule, ...others] = schedulesOf(result);
  const only = schedule && others.length === 0 ? { schedule } : {};
  const dockerfiles = result.dockerfiles.map(({ file }) => ({ file }));
  return JSON.stringify({ problems, ...only, pipelines, manifests, dockerfiles }, undefined, 2);
}

function summary(result: Result): string {
  const { pipelines, problems } = result;
  const targets = [...new Set(pipelines.flatMap((report) => report.targets))];
  const withTargets = targets.length > 0 ? ` (targets: ${targets.join(", ")})` : "";
  const warnings = problems.length === 0 ? "no warnings" : count(problems.length, "warning");
  return `${subjectOf(result)}${withTargets}: valid, ${warnings}`;
}

function subjectOf({ pipelines, manifests, dockerfiles }: Result): string {
  const names = [...pipelines.map(({ name }) => name), ...[...manifests, ...dockerfiles].map(({ file }) => file)];
  if (names.length === 1) return names[0]!;
  const counts = [
    pipelines.length > 0 && count(pipelines.length, "pipeline"),
    manifests.length > 0 && count(manifests.length, "manifest"),
    dockerfiles.length > 0 && count(dockerfiles.length, "Dockerfile"),
  ];
  return counts.filter(Boolean).join(", ");
}
