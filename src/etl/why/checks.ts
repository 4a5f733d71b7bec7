/** Causes that checks have found. */
import { count, formatNumber } from "../../util/error.ts";
import type { RunRecord } from "../record/run-record.ts";
import { formatCommand } from "../../spec/format-command.ts";
import { localTarget } from "../../spec/target.ts";
import { isOfJob } from "../identity.ts";
import { again, changedAgain, type Case, type Rule } from "./case.ts";
import { backInstead, capital, codeChange } from "./deploy.ts";
import { growthOf } from "./changes.ts";

/** A source that gives its rows twice, or three times; what grows more has become another one. */
export function isMultiple({ before, after }: { before: number; after: number }): boolean {
  return after >= doubledTimes * before && after <= 3.3 * before;
}

const doubledTimes = 1.8;

export function grownWords({ source, before, after }: NonNullable<ReturnType<typeof growthOf>>): string {
  return `the source \`${source}\` gave ${count(after, "row")}, and ${formatNumber(before)} to the last good run`;
}

const failedChecks = ({ checks }: RunRecord) => checks.filter(({ status }) => status === "fail");

export const late: Rule = (_about, record) => {
  const failed = failedChecks(record);
  if (failed.length === 0 || !failed.every(({ kind }) => kind === "freshness")) return undefined;
  const tables = failed.map(({ table, found }) => `\`${table}\` (${found})`).join(", ");
  return {
    kind: "late",
    what: `data came late: ${tables}`,
    first: "Ask its owner when it comes. With `freshness: { wait: 2h }` a run waits for it.",
    mend: again,
  };
};

/** That a value is missing, or is none of those that may be, says nothing about doubles. */
const seesDoubles = new Set(["unique", "row_count", "range", "completeness", "sql"]);

export const doubled: Rule = ({ good }, record) => {
  const failed = failedChecks(record);
  const growth = good && growthOf(good, record);
  if (!failed.some(({ kind }) => seesDoubles.has(kind)) || !growth || !isMultiple(growth)) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}; ${checksWords(record)}`,
    first: "Ask its owner: rows may be there twice. Or take doubles away in the first model.",
    mend: changedAgain,
  };
};

export const check: Rule = (about, record) => {
  if (failedChecks(record).length === 0) return undefined;
  const code = codeChange(about);
  return {
    kind: "check",
    what: `${checksWords(record)}${code === undefined ? "" : `. ${capital(code)}`}`,
    first: `Look at the rows: ${howToLook(about)}. Then mend the model, the data or the check.`,
    mend: changedAgain,
    ...backInstead(about),
  };
};

/** The log of a run has a query for each check that failed; here a command shows them. */
function howToLook({ pipeline, run }: Case): string {
  if (pipeline.target === localTarget) return "`nais-etl run` names the command that shows them";
  const execution = run?.record.execution ?? "";
  const log = isOfJob(execution) ? ` (\`${formatCommand(pipeline, `logs --run ${execution}`)}\`)` : "";
  return `the log of the run${log} has the query for them, behind \`look:\``;
}

function checksWords(record: RunRecord): string {
  const failed = failedChecks(record).map((one) => `\`${one.check}\` of \`${one.table}\` failed: ${one.found}`);
  return `check ${failed.join("; ")}`;
}
