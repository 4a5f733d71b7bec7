/** What readers of a pipeline's outputs see: a publish is whole or none, so it is always that of some run. */
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed } from "../../spec/next-scheduled.ts";
import { isPublish, restoreMode, standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";
import type { KeptRun } from "../report/history.ts";
import { missingBetween } from "./gaps.ts";

export interface ReadersSee {
  output: string;
  /** The run whose rows were published last; where each interval has rows of its own, the newest interval. Undefined where nothing ever was. */
  run_id: string | undefined;
  published_at: string | undefined;
  age_seconds: number | undefined;
  rows: number | undefined;
  /** Where a rollback has brought these rows back: when. */
  brought_back_at?: string;
  /** Where each interval has rows of its own: how many are there, and what an earlier run has published of the one that failed. */
  intervals?: number;
  /** Those that are not there, between the first and the newest that are. */
  missing?: string[];
  failed_interval?: { run_id: string; rows: number | undefined; published_at: string | undefined };
}

interface Look {
  publishes: PastPublish[];
  /** Oldest first. */
  runs: KeptRun[];
  now: Date;
  /** The run id of the run that failed. */
  failed: string | undefined;
}

export function readersSee(pipeline: LoadedPipeline, { publishes, runs, now, failed }: Look): ReadersSee[] {
  const all = [...standing(publishes).values()].flatMap((records) => [...records.values()]);
  return Object.entries(pipeline.spec.outputs ?? {}).map(([output, { write = "replace" }]) => {
    const own = all.filter((record) => record.output === output && record.mode !== undoneMode);
    const labelled = own.filter((record) => record.mode !== restoreMode && intervalNamed(record.runId, pipeline.spec));
    const byInterval = write !== "replace" && labelled.length > 0;
    const newest = byInterval
      ? labelled.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).at(-1)
      : own.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
    const last = newest && publishedFirst(newest, { publishes, runs });
    return {
      output,
      run_id: last?.runId,
      published_at: last?.at.toISOString(),
      age_seconds: last && Math.round((now.getTime() - last.at.getTime()) / 1000),
      rows: newest?.rows,
      ...(last !== newest && { brought_back_at: newest?.at.toISOString() }),
      ...(byInterval && intervalsOf(labelled, failed, pipeline)),
    };
  });
}

/** What a rollback has brought back was published by an earlier run, or brought back by an earlier rollback. */
function publishedFirst(last: PastPublish, look: Pick<Look, "publishes" | "runs">): PastPublish {
  if (last.mode !== restoreMode) return last;
  const { publishes, runs } = look;
  const record = runs.find((run) => run.record.run_id === last.runId)?.record;
  const from = record?.rollback?.outputs.find(({ output }) => output === last.output)?.run_id;
  const earlier = publishes.findLast(
    (one) => isPublish(one) && one.output === last.output && one.runId === from && one.at < last.at,
  );
  return earlier ? publishedFirst(earlier, look) : last;
}

function intervalsOf(
  labelled: PastPublish[],
  failed: string | undefined,
  pipeline: LoadedPipeline,
): Partial<ReadersSee> {
  const labels = labelled.map(({ runId }) => runId);
  const missing = missingBetween(labels, pipeline);
  const earlier = labelled.find(({ runId }) => runId === failed);
  return {
    intervals: labelled.length,
    ...(missing.length > 0 && { missing }),
    ...(failed !== undefined && {
      failed_interval: { run_id: failed, rows: earlier?.rows, published_at: earlier?.at.toISOString() },
    }),
  };
}
