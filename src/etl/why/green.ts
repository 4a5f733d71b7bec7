/** What is wrong though nothing failed. */
import { count, formatNumber } from "../../util/error.ts";
import type { RunRecord } from "../record/run-record.ts";
import { changedAgain, type Case, type Mend, type Rule } from "./case.ts";
import { growthOf } from "./changes.ts";
import { nextRun } from "./taken-back.ts";
import { grownWords, isMultiple } from "./checks.ts";

/** A run of today that is good says nothing of the one of yesterday. */
export const gap: Rule = ({ gaps, pipeline }) => {
  if (gaps.length === 0) return undefined;
  const { every } = pipeline.spec.interval!;
  const shown = gaps.length > mostGaps ? `${gaps.slice(0, mostGaps).join(", ")} …` : gaps.join(", ");
  return {
    kind: "gap",
    what: `this run came to its end, and readers have nothing of ${count(gaps.length, every)} before: ${shown}`,
    mend: { by: "backfill", from: gaps[0]!, last: gaps.at(-1)! },
  };
};

const mostGaps = 5;

const ifWrong = "these numbers are wrong";

/** What no check has caught: twice the rows of every good run of late. Where only new rows are read, their number says little. */
export const doubledUnseen: Rule = (about, record) => {
  const { good, goodRuns, pipeline, isFirstGood } = about;
  // Whoever has mended something has looked at it.
  if (isFirstGood) return undefined;
  const growths = goodRuns.map((earlier) => growthOf(earlier, record));
  const growth = good && growthOf(good, record);
  const hasPublished = record.outputs.some(({ status }) => status === "published");
  const isUnusual = growths.every((one) => one && isMultiple(one));
  if (!growth || !isUnusual || !hasPublished || pipeline.spec.sources?.[growth.source]?.cursor) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}, and no check objected: it was published`,
    first: "Look whether it is right. A check on it would stop the next one: `row_count`, or `unique`.",
    onlyIf: ifWrong,
    mend: takeBack(about, record, good) ?? changedAgain,
  };
};

/** Undefined where it has published to no table, and where what came later would be taken back, too. */
function takeBack({ pipeline, later }: Case, { outputs }: RunRecord, good: RunRecord): Mend | undefined {
  const published = outputs.filter(({ status }) => status === "published").map(({ name }) => name);
  const tables = published.filter((name) => pipeline.spec.outputs?.[name]?.type === "bigquery");
  if (tables.length === 0 || (pipeline.spec.interval && later.length > 0)) return undefined;
  return { by: "rollback", outputs: tables, to: good.run_id };
}

/** Nothing has stopped it, and its rows are not what they always are. */
export const unusual: Rule = (about, record) => {
  const { unusual: found, isFirstGood } = about;
  // Whoever has mended something has looked at it.
  if (!found || isFirstGood) return undefined;
  const rows = found.outputs.map(
    ({ output, rows: now, usual }) => `\`${output}\` got ${count(now, "row")}, and usually gets ${formatNumber(usual)}`,
  );
  const back = takeBack(about, record, found.like);
  return {
    kind: "unusual",
    what: `nothing failed, but ${rows.join(", ")}`,
    onlyIf: ifWrong,
    ...(back
      ? { afterwards: `Mend what made them, and deploy: ${nextRun(about)} publishes the same again.` }
      : { first: "Mend what made them." }),
    mend: back ?? changedAgain,
  };
};
