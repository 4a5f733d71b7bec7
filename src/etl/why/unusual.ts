/** Runs that nothing has stopped, and that have published many more rows than usual, or far fewer. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { RunRecord } from "../record/run-record.ts";

export interface UnusualRows {
  output: string;
  rows: number;
  usual: number;
}

export interface Unusual {
  outputs: UnusualRows[];
  /** The last good run before it that was as usual. */
  like: RunRecord;
  /** The first that was not, and how many have been since. */
  since: RunRecord;
  runs: number;
}

/** As the alert *Rows* has it, so that whoever is sent here by it is answered. */
const leastRows = 5;

export function isFar(rows: number, usual: number): boolean {
  return (rows < 0.5 * usual || rows > 2 * usual) && Math.abs(rows - usual) >= leastRows;
}

/**
 * Where each run writes the whole table, its rows are held against the middle of the good runs before. Elsewhere they may
 * differ by the day of the week: there a number is unusual that is far from each of them.
 * @param goodRuns before it, oldest first
 */
export function findUnusual(goodRuns: RunRecord[], run: RunRecord, { spec }: LoadedPipeline): Unusual | undefined {
  const found = run.outputs.flatMap(({ name, status, rows }) => {
    if (status !== "published" || rows === undefined) return [];
    const past = goodRuns.flatMap((record) => {
      const before = rowsOf(record, name);
      return before === undefined ? [] : [{ record, rows: before }];
    });
    const isWhole = (spec.outputs?.[name]?.write ?? "replace") === "replace";
    const usual = isWhole ? middleOf(past.map((one) => one.rows)) : past.at(-1)?.rows;
    const isUnusual = isWhole ? isFar(rows, usual ?? rows) : past.every((one) => isFar(rows, one.rows));
    if (usual === undefined || !isUnusual) return [];
    const like = past.findLast((one) => !isFar(one.rows, usual))!.record;
    return [{ output: name, rows, usual, like }];
  });
  const [first] = found;
  if (!first) return undefined;
  const since = [...goodRuns.slice(goodRuns.indexOf(first.like) + 1), run];
  const outputs = found.map(({ output, rows, usual }) => ({ output, rows, usual }));
  return { outputs, like: first.like, since: since[0]!, runs: since.length };
}

function rowsOf({ outputs }: RunRecord, output: string): number | undefined {
  const found = outputs.find(({ name }) => name === output);
  return found?.status === "published" ? found.rows : undefined;
}

/** One of them, so that a run stands behind it. */
function middleOf(amounts: number[]): number | undefined {
  return amounts.toSorted((a, b) => a - b)[Math.floor(amounts.length / 2)];
}
