/** Intervals that readers lack, whatever became of the runs since: those that failed, were taken back, or never began. */
import { localTarget } from "../../spec/target.ts";
import { lastComplete, nextInterval, type Interval } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed, scheduledAfter, timeZoneOf } from "../../spec/next-scheduled.ts";
import { standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";
import type { KeptRun } from "../report/history.ts";

/**
 * Its first source of which only rows newer than the last run's are read, whatever the interval: the next run loads what
 * a missing one would have. A sample is read whole, so not on a laptop.
 */
export function sourceWithCursor({ spec, target }: Pick<LoadedPipeline, "spec" | "target">): string | undefined {
  if (target === localTarget) return undefined;
  return Object.entries(spec.sources ?? {}).find(([, { cursor }]) => cursor)?.[0];
}

/** Labels of those that runs have begun, oldest first. */
export function gapsOf(pipeline: LoadedPipeline, runs: KeptRun[], publishes: PastPublish[]): string[] {
  const { spec } = pipeline;
  const { interval, outputs = {} } = spec;
  if (!interval || sourceWithCursor(pipeline) || Object.keys(outputs).length === 0) return [];
  const published = standing(publishes);
  const known = new Set([...runs.map(({ record }) => record.run_id), ...published.keys()]);
  return [...known].filter((id) => intervalNamed(id, spec) && !stands(published.get(id))).toSorted();
}

function stands(published: Map<string, PastPublish> | undefined): boolean {
  return [...(published?.values() ?? [])].some(({ mode }) => mode !== undoneMode);
}

/** A first interval from long ago, tried by hand, is no reason to walk through a hundred years. */
const most = 100_000;

/**
 * In their order. Of a schedule that leaves days out, those that none of its runs would take are not missing.
 * @param labels of those that are there
 */
export function missingBetween(labels: string[], pipeline: LoadedPipeline): string[] {
  const { spec } = pipeline;
  if (sourceWithCursor(pipeline)) return [];
  const there = new Set(labels);
  const sorted = labels.toSorted();
  const last = sorted.at(-1);
  const missing: string[] = [];
  let interval = last === undefined ? undefined : intervalNamed(sorted[0]!, spec);
  for (let i = 0; interval && interval.label < last! && i < most; i++) {
    if (!there.has(interval.label) && isDue(interval, spec)) missing.push(interval.label);
    interval = nextInterval(interval, timeZoneOf(spec));
  }
  return missing;
}

/** Whether a scheduled run takes it. */
function isDue(interval: Interval, spec: LoadedPipeline["spec"]): boolean {
  if (!spec.schedule) return true;
  const first = scheduledAfter(interval, spec);
  return first !== undefined && lastComplete(first, interval.every, timeZoneOf(spec)).label === interval.label;
}
