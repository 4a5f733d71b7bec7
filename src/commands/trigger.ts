/** `nais-etl trigger`: a run of the deployed job, now; with --wait, followed to its end. */
import type { Context } from "../util/context.ts";
import { EtlError, throwProblems, type Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { exampleLabel } from "../spec/interval.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { intervalNamed } from "../spec/next-scheduled.ts";
import { parseParam } from "../spec/param.ts";
import { followRun } from "../ship/follow/follow-run.ts";
import { usualWay } from "../ship/follow/choose-platform.ts";
import { asDeployedError } from "../ship/follow/nais/as-deployed.ts";
import { isOver, type JobPlatform, type StartedRun } from "../ship/follow/platform.ts";
import { logCommand } from "../ship/follow/run-outcome.ts";
import { nameRun } from "../ship/follow/run-name.ts";
import { tellOutcome } from "../ship/follow/tell-outcome.ts";
import { deployedJob, durationOption, type DeployedJob, type DeployedJobOptions } from "./deployed-job.ts";

export interface TriggerOptions extends DeployedJobOptions {
  /** The run's name; by default the job's and the second. */
  name?: string | undefined;
  interval?: string | undefined;
  param?: Record<string, string> | undefined;
  /** Whether a destination may lose or retype columns, this once. */
  allowSchemaChange?: boolean | undefined;
  wait?: boolean | undefined;
  /** `2h`: how long to wait. */
  timeout?: string | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
}

/** @returns 0, or 4 where the run was followed and did not succeed */
export async function trigger(options: TriggerOptions, context: Context): Promise<number> {
  const { wait = false, dryRun = false, json = false } = options;
  const timeout = durationOption("--timeout", options.timeout);
  const job = await chooseJob(options, context);
  const env = variablesOf(options, job.pipeline, context);
  if (!dryRun) await tellOthers(job, context);
  const runName = options.name ?? nameRun(job.name, context.now());
  const run = await job.platform.trigger({ job: job.name, runName, env, dryRun });
  if (!dryRun) context.log.info(`started ${run.name} in ${job.team}`, { step: "trigger", run: run.name });
  if (!wait || dryRun) return printStarted({ run, job, json, dryRun }, context);
  return follow({ platform: job.platform, run, timeout, json }, context);
}

/** Nais' API starts a run as it was deployed: what is for this run alone goes by kubectl, where there is one that knows the cluster. */
async function chooseJob(options: TriggerOptions, context: Context): Promise<DeployedJob> {
  const { interval, param = {}, allowSchemaChange = false } = options;
  const changes = interval !== undefined || Object.keys(param).length > 0 || allowSchemaChange;
  if (options.with !== undefined || !changes) return deployedJob(options, context);
  const { target = "", context: kubeContext } = options;
  const usual = usualWay({ target, kubeContext }, context);
  return deployedJob({ ...options, with: "kubectl" }, context).catch((error: unknown) => {
    if (usual !== "nais" || !(error instanceof EtlError) || !error.message.startsWith("[kubectl]")) throw error;
    throw asDeployedError(`${error.message}. ${error.hint ?? ""}`.trim(), error);
  });
}

/** A run that is started by hand does not heed `concurrencyPolicy`. */
async function tellOthers({ platform, name }: DeployedJob, { log }: Context): Promise<void> {
  const { runs } = await platform.job(name);
  const running = runs.find(({ phase }) => !isOver(phase) && phase !== "unknown");
  if (running === undefined) return;
  log.problem({
    severity: "warning",
    message: `${running.name} is ${running.phase}: of two runs at once, the second ends with exit code 5`,
    hint: `Follow the first: ${logCommand({ platform, run: { job: name, name: running.name } })} --follow`,
  });
}

/** @throws {EtlError} `invalid`, before anything is started */
function variablesOf(
  { interval, param = {}, allowSchemaChange = false }: TriggerOptions,
  pipeline: LoadedPipeline | undefined,
  context: Context,
): Record<string, string> {
  const problems = pipeline
    ? [...intervalProblems(interval, pipeline), ...paramProblems(param, pipeline, context.now())]
    : [];
  throwProblems(problems, "cannot be started so");
  const params = Object.entries(param).map(([name, value]) => [`PARAM_${name.toUpperCase()}`, value]);
  return {
    ...(interval !== undefined && { NAIS_ETL_INTERVAL: interval }),
    ...(allowSchemaChange && { NAIS_ETL_ALLOW_SCHEMA_CHANGE: "true" }),
    ...Object.fromEntries(params),
  };
}

function intervalProblems(label: string | undefined, { spec, where }: LoadedPipeline): Problem[] {
  if (label === undefined) return [];
  const { interval } = spec;
  const problem = { severity: "error" as const, where: where(interval ? ["interval"] : []) };
  if (interval === undefined)
    return [
      {
        ...problem,
        message: `--interval ${label} was given, but the pipeline has no interval`,
        hint: "Add `interval: day` (or hour, month) to pipeline.yaml.",
      },
    ];
  if (intervalNamed(label, spec)) return [];
  const message = `--interval ${label} is not ${interval.every === "hour" ? "an" : "a"} ${interval.every}`;
  return [{ ...problem, message, hint: `Write it as ${exampleLabel(interval.every)}.` }];
}

function paramProblems(given: Record<string, string>, { spec, where }: LoadedPipeline, now: Date): Problem[] {
  const known = spec.params ?? {};
  return Object.entries(given).flatMap(([name, text]): Problem[] => {
    const declared = Object.hasOwn(known, name) ? known[name] : undefined;
    const at = { severity: "error" as const, where: where(declared ? ["params", name] : []) };
    if (declared === undefined)
      return [{ ...at, message: `there is no parameter \`${name}\``, hint: didYouMean(name, Object.keys(known)) }];
    const parsed = parseParam(text, declared, now);
    return "problem" in parsed ? [{ ...at, message: `--param ${name}: ${parsed.problem}` }] : [];
  });
}

interface PrintStarted {
  run: StartedRun;
  job: DeployedJob;
  json: boolean;
  dryRun: boolean;
}

function printStarted({ run, job, json, dryRun }: PrintStarted, context: Context): number {
  const { team, target } = job;
  if (json)
    context.print(JSON.stringify({ job: run.job, run: run.name, team, target, started: !dryRun }, undefined, 2));
  else if (!dryRun) context.log.info(`follow it: ${logCommand({ platform: job.platform, run })} --follow`);
  return 0;
}

interface Follow {
  platform: JobPlatform;
  run: StartedRun;
  timeout: number | undefined;
  json: boolean;
}

async function follow({ platform, run, timeout, json }: Follow, context: Context): Promise<number> {
  const outcome = await followRun({ platform, run, timeout }, context);
  const exitCode = tellOutcome(outcome, context);
  if (json) context.print(JSON.stringify(outcome, undefined, 2));
  return exitCode;
}
