/** Intervals that readers lack, whatever became of the runs since: those that failed, and those that were taken back. */
import { parseLabel } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { defaultTimeZone } from "../../spec/schedule.ts";
import { standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";
import type { KeptRun } from "../report/history.ts";

/** Their labels, oldest first. */
export function gapsOf({ spec }: LoadedPipeline, runs: KeptRun[], publishes: PastPublish[]): string[] {
  const { interval, schedule, outputs = {} } = spec;
  if (!interval || Object.keys(outputs).length === 0) return [];
  const published = standing(publishes);
  const known = new Set([...runs.map(({ record }) => record.run_id), ...published.keys()]);
  const timeZone = schedule?.timeZone ?? defaultTimeZone;
  return [...known]
    .filter((id) => parseLabel(id, interval.every, timeZone) !== undefined && !stands(published.get(id)))
    .toSorted();
}

function stands(published: Map<string, PastPublish> | undefined): boolean {
  return [...(published?.values() ?? [])].some(({ mode }) => mode !== undoneMode);
}
