/** What is wrong though nothing failed. */
import { count, formatNumber } from "../../util/error.ts";
import { changedAgain, type Rule } from "./case.ts";
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
export const doubledUnseen: Rule = ({ good, goodRuns, pipeline, isFirstGood }, record) => {
  // Whoever has mended something has looked at it.
  if (isFirstGood) return undefined;
  const growths = goodRuns.map((earlier) => growthOf(earlier, record));
  const growth = good && growthOf(good, record);
  const output = record.outputs.find(({ status }) => status === "published");
  const isUnusual = growths.every((one) => one && isMultiple(one));
  if (!growth || !isUnusual || !output || pipeline.spec.sources?.[growth.source]?.cursor) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}, and no check objected: it was published`,
    first: "Look whether it is right. A check on it would stop the next one: `row_count`, or `unique`.",
    onlyIf: ifWrong,
    mend: { by: "rollback", outputs: [output.name], to: good.run_id },
  };
};

/** Nothing has stopped it, and its rows are not what they always are. */
export const unusual: Rule = (about, record) => {
  const { unusual: found, isFirstGood, pipeline, later } = about;
  // Whoever has mended something has looked at it.
  if (!found || isFirstGood) return undefined;
  const rows = found.outputs.map(
    ({ output, rows: now, usual }) => `\`${output}\` got ${count(now, "row")}, and usually gets ${formatNumber(usual)}`,
  );
  const tables = record.outputs.filter(({ name }) => pipeline.spec.outputs?.[name]?.type === "bigquery");
  // What came later would be taken back, too.
  const canGoBack = tables.length > 0 && !(pipeline.spec.interval && later.length > 0);
  return {
    kind: "unusual",
    what: `nothing failed, but ${rows.join(", ")}`,
    onlyIf: ifWrong,
    ...(canGoBack
      ? { afterwards: `Mend what made them, and deploy: ${nextRun(about)} publishes the same again.` }
      : { first: "Mend what made them." }),
    mend: canGoBack ? { by: "rollback", outputs: tables.map(({ name }) => name), to: found.like.run_id } : changedAgain,
  };
};
