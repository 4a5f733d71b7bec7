/** What a person sees of a backfill: what there is to do, a line for each interval as it ends, and a table. */
import { count, formatNumber } from "../../util/error.ts";
import type { Logger } from "../../util/log.ts";
import { formatTable } from "../../util/table.ts";
import type { BackfilledInterval, BackfillListener } from "./backfill.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { onItsClock } from "../../spec/next-scheduled.ts";
import type { BackfillPlan } from "./plan.ts";

export function backfillConsole(log: Logger, pipeline: LoadedPipeline): BackfillListener {
  return {
    planned(plan) {
      for (const warning of plan.warnings) log.warn(warning);
      log.info(planText(plan, pipeline), {
        step: "plan",
        intervals: plan.intervals.length,
        at_once: plan.atOnce,
        incomplete: plan.incomplete,
        waiting: plan.waiting.length,
      });
    },
    ended(interval, { nth, of }) {
      const width = String(of).length;
      const place = `${String(nth).padStart(width)}/${of}`;
      log.info(`  ${place}  ${lineOf(interval, log)}`, { step: "interval", nth, of, ...interval });
      for (const problem of interval.problems ?? []) log.problem(problem);
    },
  };
}

function planText(plan: BackfillPlan, pipeline: LoadedPipeline): string {
  const { intervals, found, atOnce } = plan;
  const [first, last] = [intervals[0]?.interval, intervals.at(-1)?.interval];
  const later = laterWords(plan, pipeline);
  if (!first || !last) return `No interval is to be run: ${later.join("; ")}.`;
  const published = intervals.filter(({ isPublished }) => isPublished).length;
  const toRun = intervals.filter(({ isToRun }) => isToRun).length;
  const beginning = found === undefined ? "" : `From ${found}, the first that was ever published.\n`;
  const range = first === last ? first.label : `${first.label} to ${last.label}`;
  const amounts = `${count(intervals.length, first.every)}, ${formatNumber(published)} published already, ${formatNumber(toRun)} to run`;
  return [`${beginning}${range}: ${amounts}${atOnce > 1 ? `, ${atOnce} at a time` : ""}`, ...later].join("; ");
}

function laterWords({ incomplete, waiting }: BackfillPlan, { spec }: LoadedPipeline): string[] {
  const [first] = waiting;
  const wait = waiting.length === 1 ? "waits for its scheduled run" : "wait for their scheduled runs, from";
  return [
    ...(incomplete > 0 ? [`${formatNumber(incomplete)} more not ended yet`] : []),
    ...(first ? [`${formatNumber(waiting.length)} more ${wait} at ${onItsClock(first.scheduled, spec)}`] : []),
  ];
}

function lineOf({ interval, status, rows, seconds }: BackfilledInterval, log: Logger): string {
  const isGood = status === "published" || status === "skipped";
  const sign = log.paint(isGood ? "green" : "red", isGood ? "✓" : "✗");
  const amount = rows === undefined ? status : count(rows, "row");
  const time = seconds === undefined ? "" : `${seconds.toFixed(2)} s`;
  return `${sign} ${interval}  ${(isGood ? amount : status).padStart(16)}  ${time.padStart(9)}`.trimEnd();
}

const words: Record<BackfilledInterval["status"], string> = {
  done: "published already",
  published: "published",
  skipped: "published already",
  failed: "failed",
  interrupted: "stopped",
  left: "left",
  to_run: "to run",
};

/** Neighbours of one fate are one line. None where there is nothing to tell. */
export function formatBackfill(intervals: BackfilledInterval[]): string[] {
  const groups: BackfilledInterval[][] = [];
  for (const interval of intervals) {
    const group = groups.at(-1);
    if (group && words[group[0]!.status] === words[interval.status]) group.push(interval);
    else groups.push([interval]);
  }
  const columns = ["", "intervals", "rows", "time"].map((head, i) => ({
    head: [head],
    align: i === 0 ? ("left" as const) : ("right" as const),
  }));
  const rows = groups.map((group) => cells(group).map((text) => ({ text })));
  if (rows.length === 0) return [];
  return formatTable({
    columns: [columns[0]!, { head: [""], align: "left" }, ...columns.slice(1)],
    rows,
  }).map((line) => `  ${line}`);
}

function cells(group: BackfilledInterval[]): string[] {
  const [first, last] = [group[0]!, group.at(-1)!];
  const range = first === last ? first.interval : `${first.interval} … ${last.interval}`;
  const sum = (key: "rows" | "seconds") => {
    const known = group.flatMap((interval) => interval[key] ?? []);
    return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
  };
  const [rows, seconds] = [sum("rows"), sum("seconds")];
  return [
    range,
    words[first.status],
    formatNumber(group.length),
    rows === undefined ? "" : formatNumber(rows),
    seconds === undefined ? "" : `${seconds.toFixed(2)} s`,
  ];
}
