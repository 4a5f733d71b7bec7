/** What a plan knows of a target only by asking there: tables, what reading costs, earlier runs. Without credentials it says so. */
import { parseBytes } from "../util/bytes.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { timesAfter } from "../spec/next-scheduled.ts";
import { localTarget } from "../spec/target.ts";
import { lookAtBigQuery, type LookAtBigQuery, type SeenInBigQuery } from "../etl/plan/look-at-bigquery.ts";
import type { RunRecord } from "../etl/record/run-record.ts";
import { findRuns } from "../etl/report/past-runs.ts";
import type { MonthPlan, Plan } from "./plan-form.ts";

export interface PlannedCosts extends Pick<Plan, "offline" | "queries" | "budget" | "month" | "notes"> {
  tables: SeenInBigQuery["tables"];
  /** Of each output: what the last good run published. */
  rows: ReadonlyMap<string, number>;
  problems: Problem[];
}

const days = 30;
const month = days * 86_400_000;

/** An hourly pipeline has 720 in a month. */
const mostRuns = 1000;

export async function planCosts(asked: LookAtBigQuery, context: Context): Promise<PlannedCosts> {
  const { pipeline } = asked;
  const { seen, notes } = await look(asked, context);
  const past = seen || !usesBigQuery(pipeline) ? await pastOf(pipeline, context) : { runs: [], notes: [] };
  const limit = pipeline.spec.budget?.run === undefined ? undefined : parseBytes(pipeline.spec.budget.run);
  const reads = seen?.reads ?? [];
  const runBytes = seen && seen.reads.length > 0 ? reads.reduce((sum, { bytes }) => sum + bytes, 0) : undefined;
  return {
    offline: seen === undefined,
    queries: reads.map((read) => ({ ...read, budget: limit })),
    budget: runBytes === undefined ? undefined : { run_bytes: runBytes, limit },
    month: runBytes === undefined ? undefined : monthOf(past.runs, { runBytes, pipeline, now: context.now() }),
    tables: seen?.tables ?? new Map(),
    rows: lastRows(past.runs),
    notes: [...notes, ...(seen?.notes ?? []), ...past.notes],
    problems: seen?.problems ?? [],
  };
}

async function look(asked: LookAtBigQuery, context: Context): Promise<{ seen?: SeenInBigQuery; notes: string[] }> {
  if (!usesBigQuery(asked.pipeline)) return { notes: [] };
  try {
    return { seen: await lookAtBigQuery(asked, context), notes: [] };
  } catch (error) {
    if (!(error instanceof EtlError) || context.signal.aborted) throw error;
    return { notes: [`offline, so neither destinations nor costs are known: ${error.problems[0]!.message}`] };
  }
}

function usesBigQuery({ spec, target }: LoadedPipeline): boolean {
  const parts = [...Object.values(spec.sources ?? {}), ...Object.values(spec.outputs ?? {})];
  return target !== localTarget && parts.some(({ type }) => type === "bigquery");
}

async function pastOf(pipeline: LoadedPipeline, context: Context): Promise<{ runs: RunRecord[]; notes: string[] }> {
  try {
    const runs = await findRuns(pipeline, context, mostRuns);
    return { runs: runs.map(({ record }) => record), notes: [] };
  } catch (error) {
    if (!(error instanceof EtlError) || context.signal.aborted) throw error;
    return { runs: [], notes: [`no earlier run is known: ${error.problems[0]!.message}`] };
  }
}

function lastRows(runs: RunRecord[]): Map<string, number> {
  const published = runs.flatMap(({ outputs }) => outputs).filter(({ status }) => status === "published");
  return new Map(published.flatMap(({ name, rows }) => (rows === undefined ? [] : [[name, rows] as const])));
}

interface Month {
  runBytes: number;
  pipeline: LoadedPipeline;
  now: Date;
}

function monthOf(runs: RunRecord[], { runBytes, pipeline: { spec }, now }: Month): MonthPlan {
  const recent = runs.filter(({ started_at: at }) => Date.parse(at) >= now.getTime() - month);
  const billed = recent.flatMap(({ sources }) => sources.map(({ bytes_billed: bytes = 0 }) => bytes));
  const next = timesWithin(spec, now);
  return {
    past_runs: countRuns(recent),
    past_bytes: billed.reduce((sum, bytes) => sum + bytes, 0),
    next_runs: next,
    next_bytes: next * runBytes,
  };
}

/** The pods of one Job are one run, and a rollback is none. */
function countRuns(runs: RunRecord[]): number {
  return new Set(runs.filter(({ rollback }) => !rollback).map(({ execution }) => execution)).size;
}

function timesWithin(spec: LoadedPipeline["spec"], now: Date): number {
  let times = 0;
  for (const time of timesAfter(now, spec)) {
    if (time.getTime() > now.getTime() + month) break;
    times++;
  }
  return times;
}
