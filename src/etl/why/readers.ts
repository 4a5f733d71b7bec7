/** What readers of a pipeline's outputs see: a publish is whole or none, so it is always that of some run. */
import { standing, type PastPublish } from "../publish/past-publish.ts";

export interface ReadersSee {
  output: string;
  /** The run whose rows were published last; undefined where nothing ever was. */
  run_id: string | undefined;
  published_at: string | undefined;
  age_seconds: number | undefined;
  rows: number | undefined;
}

export function readersSee(
  outputs: string[],
  { publishes, now }: { publishes: PastPublish[]; now: Date },
): ReadersSee[] {
  const all = [...standing(publishes).values()].flatMap((records) => [...records.values()]);
  return outputs.map((output) => {
    const own = all.filter((record) => record.output === output && record.mode !== "rollback");
    const last = own.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
    return {
      output,
      run_id: last?.runId,
      published_at: last?.at.toISOString(),
      age_seconds: last && Math.round((now.getTime() - last.at.getTime()) / 1000),
      rows: last?.rows,
    };
  });
}
