/**
 * A backfill: the missing intervals, oldest first, each in a run of its own. What is published stays published whatever
 * happens to it, so it is taken up by saying the same again. Several may work at the same time; they begin, publish and are
 * recorded one after the other, so what others see of them is what they would see of one at a time.
 */
import type { Context } from "../../util/context.ts";
import { EtlError, exitCodes, type Problem } from "../../util/error.ts";
import { sleep } from "../../util/retry.ts";
import { localTarget } from "../../spec/target.ts";
import { livesInBigQuery } from "../find-home.ts";
import { sumRows, type RunRecord } from "../record/run-record.ts";
import { run } from "../run.ts";
import type { RunOptions } from "../run-state.ts";
import { beAlone } from "./alone.ts";
import { openLine, type Line, type Place } from "./line.ts";
import { planBackfill, type BackfillPlan, type PlanBackfill, type PlannedInterval } from "./plan.ts";
import { quietLog } from "./quiet-log.ts";

export interface BackfillOptions extends PlanBackfill {
  /** Milliseconds to wait for another run of this pipeline, before each interval. */
  waitLock: number | undefined;
  allowSchemaChange: boolean;
  /** After so many failed intervals the rest is left. */
  mostFailures: number;
  dryRun: boolean;
}

export interface BackfilledInterval {
  interval: string;
  /** `done`: by an earlier run. `left`: not begun. `to_run`: of a dry run. */
  status: "done" | "published" | "skipped" | "failed" | "interrupted" | "left" | "to_run";
  execution?: string;
  exit_code?: number;
  seconds?: number;
  /** Published. */
  rows?: number;
  problems?: Problem[];
}

export interface Backfill {
  pipeline: string;
  target: string;
  intervals: BackfilledInterval[];
  /** Of those asked for: they have not ended yet, and are left out. */
  incomplete: number;
  /** Left out, since their scheduled runs are still to come. */
  waiting: { interval: string; scheduled_at: string }[];
  exit_code: number;
}

/** What a person is told on the way. */
export interface BackfillListener {
  planned(plan: BackfillPlan): void;
  ended(interval: BackfilledInterval, at: { nth: number; of: number }): void;
}

/** A scheduled run that publishes now takes minutes, not hours. */
const usualWait = 3_600_000;

/** @throws {EtlError} `usage` and `invalid` before any run */
export async function backfill(
  options: BackfillOptions,
  context: Context,
  listener: BackfillListener,
): Promise<Backfill> {
  const plan = await planBackfill(options, context);
  if (!options.dryRun && plan.intervals.some(({ isToRun }) => isToRun))
    return fillAlone({ plan, options, context, listener });
  listener.planned(plan);
  return toldOf({ plan, options, context, ran: new Map() });
}

/** Another one may have the same intervals to run: what it leaves is run when it is done. */
async function fillAlone({ plan: first, options, context, listener }: RunAll): Promise<Backfill> {
  const { pipeline, params, waitLock = usualWait } = options;
  const { waited, release } = await beAlone({ pipeline, params, wait: waitLock }, context);
  try {
    const plan = waited ? await planBackfill(options, context) : first;
    listener.planned(plan);
    const ran = await runAll({ plan, options, context, listener });
    return toldOf({ plan, options, context, ran });
  } finally {
    await release();
  }
}

interface Ran extends Omit<RunAll, "listener"> {
  ran: Map<string, BackfilledInterval>;
}

function toldOf({ plan, options: { pipeline, dryRun }, context, ran }: Ran): Backfill {
  const intervals = plan.intervals.map(({ interval: { label }, isToRun }): BackfilledInterval => {
    if (!isToRun) return { interval: label, status: "done" };
    return ran.get(label) ?? { interval: label, status: dryRun ? "to_run" : "left" };
  });
  const exit_code = exitCodeOf(intervals, context);
  const waiting = plan.waiting.map(({ interval: { label }, scheduled }) => {
    return { interval: label, scheduled_at: scheduled.toISOString() };
  });
  const { incomplete } = plan;
  return { pipeline: pipeline.spec.name, target: pipeline.target, intervals, incomplete, waiting, exit_code };
}

interface RunAll {
  plan: BackfillPlan;
  options: BackfillOptions;
  context: Context;
  listener: BackfillListener;
}

/** Those that are missing. @returns what became of those that were begun, by their labels */
async function runAll(all: RunAll): Promise<Map<string, BackfilledInterval>> {
  const { plan, context } = all;
  const { atOnce } = plan;
  const items = plan.intervals.filter(({ isToRun }) => isToRun);
  const work = (item: PlannedInterval, place: Place | undefined) => runOne({ ...all, item, place });
  const line = openLine({ items, atOnce, signal: context.signal, work });
  try {
    const labels = items.map(({ interval }) => interval.label);
    return await runInOrder(labels, line, all);
  } finally {
    await line.stop();
  }
}

async function runInOrder(labels: string[], line: Line<BackfilledInterval>, { options, context, listener }: RunAll) {
  const ran = new Map<string, BackfilledInterval>();
  let failures = 0;
  for (const [i, label] of labels.entries()) {
    if (failures >= options.mostFailures) break;
    line.fill();
    if (i > 0) await giveWay(options, context);
    if (context.signal.aborted) break;
    const interval = await line.next().catch((error: unknown) => {
      if (i === 0 || !(error instanceof EtlError)) throw error;
      return failed(label, error);
    });
    ran.set(label, interval);
    listener.ended(interval, { nth: i + 1, of: labels.length });
    if (interval.status === "failed") failures++;
    // Who holds the pipeline for an hour holds it for the next interval, too.
    if (interval.exit_code === exitCodes.locked) break;
  }
  return ran;
}

/** Milliseconds in which a run that waits for the lock has looked for it, wherever it lies. */
const pauses = { bigquery: 3000, disk: 750 };

/** Between two intervals, a scheduled run that waits goes first. On a laptop there is none. */
async function giveWay({ pipeline }: BackfillOptions, { env, signal }: Context): Promise<void> {
  const usual = pipeline.target === localTarget ? 0 : pauses[livesInBigQuery(pipeline) ? "bigquery" : "disk"];
  const asked = env["NAIS_ETL_PAUSE_SECONDS"];
  const pause = asked === undefined ? usual : Number(asked) * 1000;
  if (pause > 0) await sleep(pause, signal).catch(() => undefined);
}

interface RunOne {
  item: PlannedInterval;
  /** In line, where it works before its turn. */
  place: Place | undefined;
  plan: BackfillPlan;
  options: BackfillOptions;
  context: Context;
}

/** @throws {EtlError} `usage` and `invalid`: what is wrong with the file is so for each of them */
async function runOne({ item, place, plan, options, context }: RunOne): Promise<BackfilledInterval> {
  const { label } = item.interval;
  const { signal = context.signal } = place ?? {};
  const log = quietLog(context.log, plan.atOnce > 1 ? label : undefined);
  const ahead = place && { ahead: { published: item.published, turn: place.turn } };
  try {
    const asked = { ...runOptions(label, options), among: plan.atOnce, ...ahead };
    return endOf(label, await run(asked, { ...context, signal, log }));
  } catch (error) {
    if (signal.aborted) return { ...failed(label, signal.reason as EtlError), status: "interrupted" };
    if (!(error instanceof EtlError) || ["usage", "invalid"].includes(error.code)) throw error;
    return failed(label, error);
  }
}

function endOf(interval: string, { execution, exit_code, seconds, problems, status, outputs }: RunRecord) {
  const rows = sumRows(outputs);
  const errors = problems.filter(({ severity }) => severity === "error");
  const ended: BackfilledInterval = {
    interval,
    status: status === "succeeded" ? "published" : status,
    execution,
    exit_code,
    seconds,
    ...(rows !== undefined && { rows }),
    ...(errors.length > 0 && { problems: errors }),
  };
  return ended;
}

function failed(interval: string, { exitCode, problems }: EtlError): BackfilledInterval {
  return { interval, status: "failed", exit_code: exitCode, problems };
}

function runOptions(interval: string, options: BackfillOptions): RunOptions {
  const { pipeline, params, rerun, waitLock = usualWait, allowSchemaChange } = options;
  const whole = { select: [], limit: undefined, force: false };
  return { pipeline, params, interval, rerun, waitLock, allowSchemaChange, ...whole, backfill: true };
}

/** That of the signal; else that of the failures, where all are of one kind. */
function exitCodeOf(intervals: BackfilledInterval[], { signal }: Context): number {
  if (signal.aborted) return (signal.reason as EtlError).exitCode;
  const codes = new Set(intervals.flatMap(({ exit_code = 0 }) => (exit_code === 0 ? [] : [exit_code])));
  if (codes.size === 0) return 0;
  return codes.size === 1 ? [...codes][0]! : 1;
}
