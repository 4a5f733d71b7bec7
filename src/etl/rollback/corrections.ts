/** What a rollback says of the runs since: which have published nothing any more, and how far sources were read. */
import {
  isPublish,
  isWhole,
  restoredMode,
  restoreMode,
  standing,
  undoneMode,
  type PastPublish,
} from "../publish/past-publish.ts";
import type { Correction, PastMark } from "../publish/store.ts";

interface Correct {
  output: string;
  /** All records of the output, oldest first. */
  records: PastPublish[];
  /** What was published until then stands. */
  at: Date;
}

/** One for each run id that was published since: its generation is left to say. */
export function correctionsOf({ output, records, at }: Correct): Omit<Correction, "generation">[] {
  const since = new Set(records.filter((record) => record.at > at && isOfRun(record)).map(({ runId }) => runId));
  const before = standing(records.filter((record) => record.at <= at));
  return [...since].map((runId) => {
    const stood = isWhole(before.get(runId), [output]);
    const rows = stood ? before.get(runId)!.get(output)!.rows : 0;
    return { output, runId, mode: stood ? restoredMode : undoneMode, rows };
  });
}

/** Of run ids that load: a rollback's own is none. */
function isOfRun({ mode }: PastPublish): boolean {
  return mode !== restoreMode;
}

/** Higher than that of anything that is corrected, so that nobody adopts what was done before. */
export function nextGeneration(records: PastPublish[], corrected: string[]): number {
  const runs = new Set(corrected);
  const of = records.filter(({ runId }) => runs.has(runId)).map(({ generation }) => generation);
  return of.reduce((a, b) => Math.max(a, b), 0) + 1;
}

/** The runs whose rows go. */
export function takenBack(records: PastPublish[], corrections: Omit<Correction, "generation">[]): string[] {
  const now = standing(records);
  return corrections
    .filter(({ mode, runId, output }) => mode === undoneMode && isWhole(now.get(runId), [output]))
    .map(({ runId }) => runId);
}

/** The marks as they were: of those that were set since. */
export function marksAt(marks: PastMark[], at: Date): Record<string, string | undefined> {
  const since = marks.filter((mark) => mark.at > at);
  return Object.fromEntries(
    since.map(({ source }) => [source, marks.findLast((mark) => mark.source === source && mark.at <= at)?.mark]),
  );
}

/** The newest publish until then, and the one after it. */
export function aroundPoint(records: PastPublish[], at: Date) {
  const wrote = records.filter(isPublish);
  return { publish: wrote.findLast((one) => one.at <= at), next: wrote.find((one) => one.at > at) };
}
