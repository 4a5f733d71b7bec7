/** What readers of a pipeline's outputs see: a publish is whole or none, so it is always that of some run. */
import { parseLabel } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { defaultTimeZone } from "../../spec/schedule.ts";
import { restoreMode, standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";

export interface ReadersSee {
  output: string;
  /** The run whose rows were published last; where each interval has rows of its own, the newest interval. Undefined where nothing ever was. */
  run_id: string | undefined;
  published_at: string | undefined;
  age_seconds: number | undefined;
  rows: number | undefined;
  /** Where each interval has rows of its own: how many are there, and what an earlier run has published of the one that failed. */
  intervals?: number;
  failed_interval?: { run_id: string; rows: number | undefined; published_at: string | undefined };
}

interface Look {
  publishes: PastPublish[];
  now: Date;
  /** The run id of the run that failed. */
  failed: string | undefined;
}

export function readersSee(pipeline: LoadedPipeline, { publishes, now, failed }: Look): ReadersSee[] {
  const all = [...standing(publishes).values()].flatMap((records) => [...records.values()]);
  return Object.entries(pipeline.spec.outputs ?? {}).map(([output, { write }]) => {
    const own = all.filter((record) => record.output === output && record.mode !== undoneMode);
    const labelled = own.filter((record) => record.mode !== restoreMode && isLabel(record.runId, pipeline));
    const byInterval = write === "replace_partition" && labelled.length > 0;
    const last = byInterval
      ? labelled.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).at(-1)
      : own.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
    return {
      output,
      run_id: last?.runId,
      published_at: last?.at.toISOString(),
      age_seconds: last && Math.round((now.getTime() - last.at.getTime()) / 1000),
      rows: last?.rows,
      ...(byInterval && intervalsOf(labelled, failed)),
    };
  });
}

function intervalsOf(labelled: PastPublish[], failed: string | undefined): Partial<ReadersSee> {
  const earlier = labelled.find(({ runId }) => runId === failed);
  return {
    intervals: labelled.length,
    ...(failed !== undefined && {
      failed_interval: { run_id: failed, rows: earlier?.rows, published_at: earlier?.at.toISOString() },
    }),
  };
}

function isLabel(runId: string, { spec: { interval, schedule } }: LoadedPipeline): boolean {
  return interval != null && parseLabel(runId, interval.every, schedule?.timeZone ?? defaultTimeZone) !== undefined;
}
