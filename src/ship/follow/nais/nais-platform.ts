/** Jobs by nais' own API: in GitHub Actions, without kubectl. */
import type { Context } from "../../../util/context.ts";
import { fieldsAt, itemsAt, textAt } from "../../manifest/rule.ts";
import { NoJob, type JobPlatform, type JobState, type RunState, type StartedRun, type Trigger } from "../platform.ts";
import { asDeployedError } from "./as-deployed.ts";
import { assertRunName } from "../run-name.ts";
import { naisApi, type NaisApi } from "./client.ts";
import { readLog } from "./log.ts";
import { isMissing, isUnknownField, mayPass } from "./refusal.ts";
import { jobRun, triggerMutation, jobQuery } from "./queries.ts";

export interface NaisPlatformOptions {
  team: string;
  /** What nais calls the cluster: `prod-gcp`. */
  environment: string;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** So long a run that was started may not be known yet: the API sees the cluster with some delay. */
const patience = 60_000;

/** @throws {EtlError} `usage` where it is not known which tenant's API is meant */
export async function naisPlatform(options: NaisPlatformOptions, context: Context): Promise<JobPlatform> {
  const api = await naisApi(context);
  const asker: Asker = { ...options, api };
  const started = new Map<string, number>();
  const runState = async (run: StartedRun): Promise<RunState> => {
    const { runs } = await jobOf(asker, run.job);
    const found = runs.find(({ name }) => name === run.name);
    if (found) started.delete(run.name);
    const since = started.get(run.name);
    const isNew = since !== undefined && context.now().getTime() - since < patience;
    return found ?? unseenRun(run.name, isNew ? "pending" : "gone");
  };
  return {
    name: "nais",
    job: (name) => jobOf(asker, name),
    async trigger(wanted) {
      const run = await trigger(asker, wanted, context);
      started.set(run.name, context.now().getTime());
      return run;
    },
    runState,
    log: (run, logOptions) => readLog({ ...asker, run, runState, ...logOptions }, context),
    mayPass,
  };
}

interface Asker extends NaisPlatformOptions {
  api: NaisApi;
}

async function jobOf({ api, team, environment }: Asker, name: string): Promise<JobState> {
  const ask = (isFull: boolean) => api.ask({ query: jobQuery(isFull), variables: { team, environment, name } });
  const data = await ask(true)
    .catch((error: unknown) => {
      // What is asked for besides may have other names in another version.
      if (isUnknownField(error)) return ask(false);
      throw error;
    })
    .catch((error: unknown) => {
      throw isMissing(error) ? noJob({ name, team, environment }, error) : error;
    });
  const job = fieldsAt(data, "team", "environment", "job");
  const schedule = fieldsAt(job, "schedule");
  return {
    name,
    schedule: schedule && {
      cron: textAt(schedule, "expression") ?? "",
      timeZone: textAt(schedule, "timeZone") ?? "UTC",
    },
    isSuspended: schedule === undefined,
    image: imageOf(job),
    problems: itemsAt(job, "issues", "nodes").flatMap(({ item }) => textAt(item, "message") ?? []),
    runs: itemsAt(job, "runs", "nodes").map(({ item }) => runOf(item)),
  };
}

interface WantedJob {
  name: string;
  team: string;
  environment: string;
}

function noJob({ name, team, environment }: WantedJob, cause: unknown): NoJob {
  return new NoJob({
    part: "nais",
    message: `there is no job ${name} of team ${team} in ${environment}`,
    hint: "Has it been deployed there? Are team and --target (prod-gcp, dev-gcp …) right?",
    cause,
  });
}

function imageOf(holder: unknown): string | undefined {
  const [name, tag] = [textAt(holder, "image", "name"), textAt(holder, "image", "tag")];
  return name === undefined ? undefined : `${name}${tag ? `:${tag}` : ""}`;
}

const phases: Record<string, RunState["phase"]> = {
  PENDING: "pending",
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
};

function runOf(run: unknown): RunState {
  const phase = phases[textAt(run, "status", "state") ?? ""] ?? "unknown";
  const pods = itemsAt(run, "instances", "nodes").flatMap(({ item }) => textAt(item, "name") ?? []);
  return {
    ...unseenRun(textAt(run, "name") ?? "", phase),
    trigger: { AUTOMATIC: "schedule" as const, MANUAL: "manual" as const }[textAt(run, "trigger", "type") ?? ""],
    created: textAt(run, "startTime"),
    started: textAt(run, "startTime"),
    ended: textAt(run, "completionTime"),
    image: imageOf(run),
    message: phase === "failed" ? textAt(run, "status", "message") : undefined,
    // Of each alone, the API says no more than its name.
    attempts: pods.map((pod) => ({ pod, phase: "unknown", started: undefined, ended: undefined, exitCode: undefined })),
  };
}

function unseenRun(name: string, phase: RunState["phase"]): RunState {
  const nothing = { trigger: undefined, created: undefined, started: undefined, ended: undefined, image: undefined };
  return { ...nothing, name, phase, message: undefined, attempts: [], mostAttempts: undefined, troubles: [] };
}

async function trigger(
  asker: Asker,
  { job, runName, env = {}, dryRun }: Trigger,
  context: Context,
): Promise<StartedRun> {
  const { api, team, environment } = asker;
  assertRunName(runName);
  if (Object.keys(env).length > 0) throw asDeployedError();
  const input = { teamSlug: team, name: job, environmentName: environment, runName };
  context.log.info(`triggerJob ${JSON.stringify(input)}`);
  if (dryRun) return { job, name: runName };
  const send = () => api.ask({ query: triggerMutation, variables: { input } });
  const data = await context.effect("trigger.send", send).catch((error: unknown) => {
    throw isMissing(error) ? noJob({ name: job, team, environment }, error) : error;
  });
  return { job, name: textAt(data, "triggerJob", jobRun, "name") ?? runName };
}
