/** Tests: how many, and those that failed. */
import { count, formatWhere } from "../../util/error.ts";
import { details, heading, paragraph, table } from "../html.ts";
import type { Report, TestResult } from "../report.ts";

/** More would not be read. */
const most = { tests: 30, diff: 8_000 };

/** @param withRows whether the rows that differ are shown */
export function tests({ results }: Report, { withRows }: { withRows: boolean }): string {
  const all = results.flatMap((result) => result.tests ?? []);
  if (all.length === 0) return "";
  const failed = all.filter(({ passed }) => !passed);
  const counts = [String(all.length - failed.length), String(failed.length)];
  const some = failed.slice(0, most.tests);
  return [
    heading("Tests", 3),
    table(["Passed", "Failed"], [counts]),
    ...(failed.length === 0 ? [] : [table(["Failed test", "Model", "Where", "What"], some.map(rowOf))]),
    ...(failed.length > most.tests
      ? [paragraph(`… and ${count(failed.length - most.tests, "failed test")} more`)]
      : []),
    ...(withRows ? some.flatMap(diffOf) : []),
  ].join("");
}

function rowOf({ name, model, file, line, message }: TestResult): string[] {
  return [name, model, formatWhere({ file, line }), message];
}

function diffOf({ name, diff }: TestResult): string[] {
  if (diff.length === 0) return [];
  return [details({ label: name, code: diff.join("\n"), language: "diff", most: most.diff })];
}
