/** Gathers what is known of a run that somebody asks about, and of those around it. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { timesAfter } from "../../spec/next-scheduled.ts";
import { localTarget } from "../../spec/target.ts";
import type { PastPublish } from "../publish/past-publish.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import { nameLast, pickRun } from "../report/past-runs.ts";
import type { Case } from "./case.ts";
import { changesBetween } from "./changes.ts";
import type { AskCluster } from "./cluster-seen.ts";
import { missingIntervals } from "./missing.ts";
import type { MissingDataset } from "./missing-dataset.ts";
import { lookAtHolder, type Execution, type LockSeen } from "./past-starts.ts";
import { readersSee } from "./readers.ts";
import { rollbackOf } from "./taken-back.ts";
import { findUnusual } from "./unusual.ts";

export interface AskWhy {
  pipeline: LoadedPipeline;
  /** A run's id or execution; by default the last. */
  asked: string | undefined;
  askCluster?: AskCluster;
}

/** What is usual shows in so many. */
const comparedRuns = 10;

interface Gather extends AskWhy {
  runs: Execution[];
  publishes: PastPublish[];
  missing: MissingDataset | undefined;
}

/** @throws {EtlError} `usage` where there is no such run */
export async function gatherCase({ asked, askCluster, missing, ...known }: Gather, context: Context): Promise<Case> {
  const { pipeline, runs, publishes } = known;
  const around = lookAround(chooseRun(runs, { asked, pipeline }), known);
  const { run, failing } = around;
  const now = context.now();
  const readers = readersSee(pipeline, { publishes, runs, now, failed: failing.at(-1)?.run_id });
  const lock = missing?.isHome ? noLock : await lookAtHolder(pipeline, context);
  const missed = asked === undefined && run ? missedTimes(run.record, pipeline, now) : [];
  const isCut = run?.status === "running" || run?.status === "killed";
  // Of one that failed before it could record itself, the cluster alone knows.
  const isLastGood = asked === undefined && run !== undefined && isGood(run.status);
  const isSilent = !run || isLastGood || missed.length > 0 || (isCut && !lock.holder);
  return {
    pipeline,
    ...around,
    readers,
    missing: asked === undefined ? missing : undefined,
    lock,
    missed,
    gaps: asked === undefined ? missingIntervals({ ...known, readers }) : [],
    executions: new Set(runs.map(({ record }) => record.execution)),
    cluster: isSilent && pipeline.target !== localTarget ? await askCluster?.() : undefined,
    now,
  };
}

const noLock: LockSeen = { holder: undefined, peakOf: () => undefined };

type Around = Pick<Case, "run" | "later" | "goodRuns" | "isFirstGood" | "failing"> & ReturnType<typeof compared>;

/** The runs before it and after it, and what was different in it. */
function lookAround(run: Execution | undefined, { pipeline, runs }: Pick<Gather, "pipeline" | "runs">): Around {
  const before = run ? runs.slice(0, runs.indexOf(run)) : [];
  const later = run ? runs.slice(before.length + 1) : [];
  const lastGood = before.findLastIndex(({ status }) => isGood(status));
  // What was taken back, was not good.
  const goodRuns = loadsIn(before.filter((one, i) => !rollbackOf(one, before.slice(i + 1)))).slice(-comparedRuns);
  const isBad = run !== undefined && !isGood(run.status);
  return {
    run,
    later,
    goodRuns,
    isFirstGood: !isBad && before.length > 0 && lastGood < before.length - 1,
    failing: isBad ? [...before.slice(lastGood + 1), run].map(({ record }) => record) : [],
    ...compared({ pipeline, run, later, goodRuns, runs }),
  };
}

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

export function isGood(status: KeptRun["status"]): boolean {
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
