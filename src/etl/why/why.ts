/** `nais-etl why`: what failed, since when, what has changed, what readers see, and what mends it. Nothing is changed by it. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { timesAfter } from "../../spec/next-scheduled.ts";
import { localTarget } from "../../spec/target.ts";
import type { PastPublish } from "../publish/past-publish.ts";
import { readPublishes } from "../publish/read-publishes.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import { nameLast, pickRun } from "../report/past-runs.ts";
import type { Case, Cause } from "./case.ts";
import { findCause } from "./causes.ts";
import { changesBetween, type Change } from "./changes.ts";
import type { AskCluster } from "./cluster-seen.ts";
import { findMissingDataset, type MissingDataset } from "./missing-dataset.ts";
import { missingIntervals } from "./missing.ts";
import { commandFor, firstFor } from "./mend.ts";
import { byExecution, lookAtHolder, pastStarts, type Execution, type LockSeen } from "./past-starts.ts";
import { readersSee, type ReadersSee } from "./readers.ts";
import { rollbackOf } from "./taken-back.ts";
import { findUnusual } from "./unusual.ts";

export interface Why {
  pipeline: string;
  target: string;
  run: Shown | undefined;
  /** `good` and `running` are well; see docs/why.md for all. */
  cause: Pick<Cause, "kind" | "what">;
  /** The step that failed, and what it said. */
  failed: { step: string | undefined; message: string; hint?: string }[];
  checks: { check: string; table: string; found: string; offending: number }[];
  /** The first run that failed after the last good one, and how many have since. */
  since: (Shown & { runs: number }) | undefined;
  last_good: Shown | undefined;
  changes: Change[];
  readers: ReadersSee[];
  /** A later run that did what this one could not. */
  mended_by?: Shown;
  /** Scheduled runs that left no record, the last run since. */
  missed?: { runs: number; first: string };
  mend: { only_if?: string; first?: string; command: string; afterwards?: string } | undefined;
}

interface Shown {
  run_id: string;
  execution: string;
  started_at: string;
  status: string;
  exit_code: number;
}

export interface AskWhy {
  pipeline: LoadedPipeline;
  /** A run's id or execution; by default the last. */
  asked: string | undefined;
  askCluster?: AskCluster;
}

/** @throws {EtlError} `usage` where there is no such run */
export async function findWhy({ pipeline, asked, askCluster }: AskWhy, context: Context): Promise<Why> {
  const missing = await findMissingDataset(pipeline, context);
  if (missing?.isHome && asked !== undefined) throw missing.error;
  const runs = missing?.isHome ? [] : byExecution(await pastStarts(pipeline, context));
  const publishes = missing?.isHome ? [] : await readPublishes({ pipeline }, context);
  const about = await gather({ pipeline, asked, askCluster, runs, publishes, missing }, context);
  const cause = findCause(about);
  const { run, good, missed } = about;
  const mended = mendedBy(cause, about);
  return {
    pipeline: pipeline.spec.name,
    target: pipeline.target,
    run: run && shown(run.record, run.status),
    cause: { kind: cause.kind, what: cause.what },
    failed: run ? stepsFailed(run.record) : [],
    checks: (run?.record.checks ?? [])
      .filter(({ status }) => status === "fail")
      .map(({ check, table, found, offending }) => ({ check, table, found, offending })),
    since: sinceOf(about, runs),
    last_good: good && shown(good, statusIn(good, runs)),
    changes: about.changes,
    readers: about.readers,
    ...(mended && { mended_by: shown(mended.record, mended.status) }),
    ...(missed.length > 0 && { missed: { runs: missed.length, first: missed[0]!.toISOString() } }),
    mend: mended ? undefined : mendOf(cause, about),
  };
}

function mendOf(cause: Cause, about: Case): Why["mend"] {
  const command = commandFor(cause.mend, about);
  if (command === undefined) return undefined;
  const { onlyIf, afterwards } = cause;
  const first = firstFor(cause, about);
  return {
    ...(onlyIf !== undefined && { only_if: onlyIf }),
    ...(first !== undefined && { first }),
    command,
    ...(afterwards !== undefined && { afterwards }),
  };
}

function sinceOf({ failing, unusual }: Case, runs: Execution[]): Why["since"] {
  const first = failing[0] ?? unusual?.since;
  return first && { ...shown(first, statusIn(first, runs)), runs: unusual?.runs ?? failing.length };
}

/** Where each interval has rows of its own, only that of its own; else any later run that was good. */
function mendedBy({ kind }: Cause, { run, later, pipeline }: Case): Execution | undefined {
  if (!run || isGood(run.status) || run.record.rollback || kind === "stuck" || kind === "running") return undefined;
  return later.find(({ record, status }) => {
    const isSame = !pipeline.spec.interval || record.run_id === run.record.run_id;
    return isSame && isGood(status) && !record.rollback;
  });
}

/** What is usual shows in so many. */
const comparedRuns = 10;

interface Gather extends AskWhy {
  runs: Execution[];
  publishes: PastPublish[];
  missing: MissingDataset | undefined;
}

async function gather(
  { pipeline, asked, askCluster, runs, publishes, missing }: Gather,
  context: Context,
): Promise<Case> {
  const run = chooseRun(runs, { asked, pipeline });
  const before = run ? runs.slice(0, runs.indexOf(run)) : [];
  const later = run ? runs.slice(before.length + 1) : [];
  const lastGood = before.findLastIndex(({ status }) => isGood(status));
  // What was taken back, was not good.
  const goodRuns = loadsIn(before.filter((one, i) => !rollbackOf(one, before.slice(i + 1)))).slice(-comparedRuns);
  const isBad = run !== undefined && !isGood(run.status);
  const failing = isBad ? [...before.slice(lastGood + 1), run].map(({ record }) => record) : [];
  const now = context.now();
  const readers = readersSee(pipeline, { publishes, runs, now, failed: failing.at(-1)?.run_id });
  const lock = missing?.isHome ? noLock : await lookAtHolder(pipeline, context);
  const missed = asked === undefined && run ? missedTimes(run.record, pipeline, now) : [];
  const isCut = run?.status === "running" || run?.status === "killed";
  // Of one that failed before it could record itself, the cluster alone knows.
  const isLastGood = asked === undefined && run !== undefined && !isBad;
  const isSilent = !run || isLastGood || missed.length > 0 || (isCut && !lock.holder);
  return {
    pipeline,
    run,
    later,
    goodRuns,
    isFirstGood: !isBad && before.length > 0 && lastGood < before.length - 1,
    failing,
    ...compared({ pipeline, run, later, goodRuns, runs }),
    readers,
    missing: asked === undefined ? missing : undefined,
    lock,
    missed,
    gaps: asked === undefined ? missingIntervals({ pipeline, runs, publishes, readers }) : [],
    executions: new Set(runs.map(({ record }) => record.execution)),
    cluster: isSilent && pipeline.target !== localTarget ? await askCluster?.() : undefined,
    now,
  };
}

const noLock: LockSeen = { holder: undefined, peakOf: () => undefined };

interface Compare extends Pick<Case, "pipeline" | "run" | "later" | "goodRuns"> {
  runs: Execution[];
}

/** A run with the last good one; what a rollback has taken back, with what it has brought back. */
function compared({
  pipeline,
  run,
  later,
  goodRuns,
  runs,
}: Compare): Pick<Case, "good" | "bad" | "unusual" | "changes"> {
  const back = run && rollbackOf(run, later);
  const beforeBack = back ? loadsIn(runs.slice(0, runs.indexOf(back))) : [];
  const bad = beforeBack.at(-1);
  const ids = back?.record.rollback?.outputs.map(({ run_id: id }) => id) ?? [];
  const unusual = run?.status === "succeeded" && !back ? findUnusual(goodRuns, run.record, pipeline) : undefined;
  const good = back ? beforeBack.findLast(({ run_id: id }) => ids.includes(id)) : (unusual?.like ?? goodRuns.at(-1));
  const told = back === run ? bad : run?.record;
  return { good, bad, unusual, changes: told && good ? changesBetween(good, told) : [] };
}

/** Those that a run can be compared with. */
function loadsIn(runs: Execution[]): RunRecord[] {
  return runs.filter(isComparable).map(({ record }) => record);
}

function isGood(status: KeptRun["status"]): boolean {
  return status === "succeeded" || status === "skipped";
}

/** One that had nothing to do, and a rollback, have read nothing that could be compared. */
function isComparable({ status, record }: KeptRun): boolean {
  return status === "succeeded" && record.models.length + record.sources.length > 0;
}

function chooseRun(runs: Execution[], { asked, pipeline }: AskWhy): Execution | undefined {
  const found = pickRun(runs, asked);
  if (found || asked === undefined) return found;
  const last = runs.length === 0 ? "Nothing has run there." : nameLast(runs.map(({ record }) => record.run_id));
  throw new EtlError({
    code: "usage",
    message: `no run \`${asked}\` of ${pipeline.spec.name} on target ${pipeline.target} is known`,
    hint: pipeline.target === localTarget ? [last, ...elsewhere(pipeline)].join("\n") : `${last}\n${leavesNone}`,
  });
}

/** Where a cluster may be meant. */
function elsewhere({ targets }: LoadedPipeline): string[] {
  const clusters = targets.filter((name) => name !== localTarget);
  return clusters.length === 0 ? [] : [`Of a cluster's run, give --target: ${clusters.join(", ")}.`];
}

const leavesNone =
  "A run that did not start, or could not begin, leaves no record: `nais-etl status` and `nais-etl logs` say what the cluster knows of it.";

/** A pod needs some time to start, and a run to end. */
const slack = 30 * 60_000;
const mostMissed = 100;

/** The times since the run at which the schedule would have started one. */
function missedTimes({ started_at: started }: RunRecord, { spec, target }: LoadedPipeline, now: Date): Date[] {
  if (target === localTarget) return [];
  const missed: Date[] = [];
  for (const time of timesAfter(new Date(started), spec)) {
    if (time.getTime() > now.getTime() - slack || missed.length === mostMissed) break;
    missed.push(time);
  }
  return missed;
}

function shown({ run_id, execution, started_at, exit_code }: RunRecord, status: KeptRun["status"]): Shown {
  return { run_id, execution, started_at, status, exit_code };
}

function statusIn(record: RunRecord, runs: KeptRun[]): KeptRun["status"] {
  return runs.find((run) => run.record === record)?.status ?? record.status;
}

function stepsFailed({ problems, sources, models }: RunRecord): Why["failed"] {
  const failed = [
    ...sources.map((one) => ({ ...one, kind: "source" })),
    ...models.map((one) => ({ ...one, kind: "model" })),
  ]
    .filter(({ status }) => status === "failed")
    .map(({ kind, name }) => `${kind} ${name}`);
  return problems
    .filter(({ severity }) => severity === "error")
    .map(({ message, hint }) => {
      const step = failed.find((name) => message.includes(name)) ?? (failed.length === 1 ? failed[0] : undefined);
      return { step, message, ...(hint !== undefined && { hint }) };
    });
}
