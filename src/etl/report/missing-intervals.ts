/** Intervals between published ones that readers lack. */
import type { LoadedPipeline } from "../../spec/load.ts";
import { standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";
import { backfillOf } from "../why/mend.ts";
import { missingIntervals } from "../why/missing.ts";
import { readersSee } from "../why/readers.ts";
import { isLabel } from "./gaps-between.ts";
import type { KeptRun } from "./history.ts";
import type { Missing, PastRun } from "./report-run.ts";

interface Known {
  pipeline: LoadedPipeline;
  kept: KeptRun[];
  publishes: PastPublish[];
  /** Those of the report. */
  history: Pick<PastRun, "run_id">[];
  now: Date;
}

/** As `why` knows them. Of runs that failed at last, and of what comes after those of the report, it is none of its business. */
export function findMissing({ pipeline, kept, publishes, history, now }: Known): Missing | undefined {
  const { interval } = pipeline.spec;
  if (!interval) return undefined;
  const readers = readersSee(pipeline, { publishes, runs: kept, now, failed: undefined });
  const all = missingIntervals({ pipeline, runs: kept, publishes, readers });
  const until = [newestOf(publishedIn(publishes)), newestOf(history.map(({ run_id: id }) => id))];
  const intervals = all.filter((label) => until.every((last) => label < last));
  const [from, last] = [intervals[0], intervals.at(-1)];
  if (from === undefined) return undefined;
  return { every: interval.every, intervals, command: backfillOf({ from, last }, { pipeline }) };
}

function publishedIn(publishes: PastPublish[]): string[] {
  const runs = [...standing(publishes)];
  return runs.flatMap(([id, outputs]) => ([...outputs.values()].some(({ mode }) => mode !== undoneMode) ? [id] : []));
}

function newestOf(ids: string[]): string {
  return ids.filter(isLabel).toSorted().at(-1) ?? "";
}
