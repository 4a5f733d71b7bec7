/** Runs of what was deployed: those that the platform starts at a deploy, and those that `--wait run` starts. */
import { followRun } from "../ship/follow/follow-run.ts";
import type { RunOutcome } from "../ship/follow/run-outcome.ts";
import { NoJob, type JobPlatform, type StartedRun } from "../ship/follow/platform.ts";
import { nameRun } from "../ship/follow/run-name.ts";
import { tellOutcome, whereToLook } from "../ship/follow/tell-outcome.ts";
import { startsAtDeploy, type Resource } from "../ship/deploy/resource.ts";
import { textAt } from "../ship/manifest/rule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { sleep } from "../util/retry.ts";

export interface FollowRuns {
  resources: readonly Resource[];
  /** With `run`, a run is started besides, where none starts at the deploy. */
  wait: "none" | "rollout" | "run";
  open: () => Promise<JobPlatform>;
  /** Milliseconds for each run; until it is over where it is not given. */
  timeout?: number | undefined;
  intervals?: { look: number; appear: number } | undefined;
}

export interface RunsFollowed {
  runs: RunOutcome[];
  problems: Problem[];
}

export interface RunWatch {
  /** After the deploy. @param unchanged resources that the cluster did nothing about */
  follow(unchanged: ReadonlySet<string>): Promise<RunsFollowed>;
}

const usualIntervals = { look: 2000, appear: 120_000 };

/**
 * Before the deploy: looks at what is there, so that the new run is known for one.
 * @throws {EtlError} with `--wait run`, where the platform cannot be asked: nothing has been deployed then
 */
export async function watchRuns(order: FollowRuns, context: Context): Promise<RunWatch> {
  const { resources, wait } = order;
  const jobs = resources.filter((resource) => textAt(resource, "kind") === "Naisjob");
  const started = jobs.filter(startsAtDeploy).map(nameOf);
  const triggered = wait === "run" ? jobs.map(nameOf).filter((name) => !started.includes(name)) : [];
  if (wait === "none" || started.length + triggered.length === 0) return { follow: async () => nothing };
  const seen = await look(order, [...started, ...triggered], context);
  if ("problem" in seen) return { follow: async () => ({ runs: [], problems: [seen.problem] }) };
  const { platform, known } = seen;
  return {
    async follow(unchanged) {
      const rolled = started.filter((name) => !unchanged.has(`Naisjob/${name}`));
      const still = wait === "run" ? started.filter((name) => !rolled.includes(name)) : [];
      const begun = [...triggered, ...still].map((name) => () => start(platform, name, context));
      const awaited = rolled.map((name) => () => appeared({ platform, name, known, order }, context));
      const followed: RunsFollowed[] = [];
      for (const find of [...awaited, ...begun]) followed.push(await followOne({ platform, find, order }, context));
      return {
        runs: followed.flatMap(({ runs }) => runs),
        problems: followed.flatMap(({ problems }) => problems),
      };
    },
  };
}

const nothing: RunsFollowed = { runs: [], problems: [] };

function nameOf(resource: Resource): string {
  return textAt(resource, "metadata", "name") ?? "";
}

type Known = ReadonlyMap<string, ReadonlySet<string>>;

/** That a run cannot be followed is no reason not to deploy, unless it was asked for. */
async function look(
  { open, wait }: FollowRuns,
  names: readonly string[],
  context: Context,
): Promise<{ platform: JobPlatform; known: Known } | { problem: Problem }> {
  try {
    const platform = await open();
    const known = await Promise.all(names.map(async (name) => [name, new Set(await runsOf(platform, name))] as const));
    return { platform, known: new Map(known) };
  } catch (error) {
    context.signal.throwIfAborted();
    if (wait === "run" || !(error instanceof EtlError)) throw error;
    const [first] = error.problems;
    const message = `the run that the deploy starts is not followed: ${error.message}`;
    return { problem: { severity: "warning", rule: "run-unseen", message, ...(first?.hint && { hint: first.hint }) } };
  }
}

/** None where the job is new. */
async function runsOf(platform: JobPlatform, name: string): Promise<string[]> {
  try {
    return (await platform.job(name)).runs.map((run) => run.name);
  } catch (error) {
    if (error instanceof NoJob) return [];
    throw error;
  }
}

async function start(platform: JobPlatform, job: string, context: Context): Promise<StartedRun> {
  const run = await platform.trigger({ job, runName: nameRun(job, context.now()) });
  context.log.info(`started ${run.name}`, { run: run.name });
  return run;
}

interface Appeared {
  platform: JobPlatform;
  name: string;
  known: Known;
  order: FollowRuns;
}

/** The run that the deploy has started, once it is there. */
async function appeared({ platform, name, known, order }: Appeared, context: Context): Promise<StartedRun | undefined> {
  const { look: pause, appear } = order.intervals ?? usualIntervals;
  const until = context.now().getTime() + appear;
  for (;;) {
    const found = (await runsOf(platform, name)).find((run) => !known.get(name)!.has(run));
    if (found !== undefined) return { job: name, name: found };
    if (context.now().getTime() >= until) return undefined;
    await sleep(pause, context.signal);
  }
}

interface FollowOne {
  platform: JobPlatform;
  find: () => Promise<StartedRun | undefined>;
  order: FollowRuns;
}

async function followOne({ platform, find, order }: FollowOne, context: Context): Promise<RunsFollowed> {
  const outcome = await outcomeOf({ platform, find, order }, context);
  if ("problems" in outcome) return { runs: [], problems: outcome.problems };
  if (outcome.state !== "succeeded") return { runs: [outcome], problems: [failedRun(outcome)] };
  tellOutcome(outcome, context);
  return { runs: [outcome], problems: [] };
}

/** What was deployed stays deployed, and is told, whatever keeps the run from being followed. */
async function outcomeOf(
  { platform, find, order }: FollowOne,
  context: Context,
): Promise<RunOutcome | { problems: Problem[] }> {
  try {
    const run = await find();
    if (run === undefined) return { problems: [notStarted()] };
    return await followRun({ platform, run, timeout: order.timeout }, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return { problems: error.problems };
    throw error;
  }
}

function notStarted(): Problem {
  const message = "the deploy has started no run, though the job has no schedule";
  const hint = "Look with nais-etl status at what the cluster says of it. A cluster without nais starts none.";
  return { severity: "error", rule: "run-missing", message, hint };
}

function failedRun(outcome: RunOutcome): Problem {
  const { run, state, reason } = outcome;
  const message = `the run ${run} ${state === "failed" ? "failed" : "was not seen to end"}: ${reason}`;
  return { severity: "error", rule: "run-failed", message, hint: whereToLook(outcome).join("\n") };
}

export interface AskUnchanged {
  /** `Naisjob/orders`: what the cluster did nothing about. */
  unchanged: ReadonlySet<string>;
  open: () => Promise<JobPlatform>;
}

/** What the platform says is wrong with a job that it has had already: an earlier deploy may have failed. */
export async function askUnchanged({ unchanged, open }: AskUnchanged, context: Context): Promise<Problem[]> {
  const names = [...unchanged].flatMap((label) => /^Naisjob\/(.+)$/.exec(label)?.[1] ?? []);
  if (names.length === 0) return [];
  try {
    const platform = await open();
    const jobs = await Promise.all(names.map((name) => platform.job(name)));
    return jobs.flatMap(({ name, problems }) => problems.map((text) => standing(name, text)));
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof EtlError)) throw error;
    context.log.debug(`what the platform says of ${names.join(", ")} cannot be read: ${error.message}`);
    return [];
  }
}

function standing(name: string, text: string): Problem {
  const hint = "It was so before this deploy, which has changed nothing. Change the `spec` to have it tried again.";
  return { severity: "warning", rule: "deploy-standing", message: `Naisjob/${name}: ${text}`, hint };
}
