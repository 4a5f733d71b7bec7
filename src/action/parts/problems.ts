/** What is wrong, and what to do. */
import { count, formatWhere, type Problem } from "../../util/error.ts";
import { heading, paragraph, table } from "../html.ts";
import type { Report } from "../report.ts";

/** @param most more would not be read */
export function problems({ warnings, results }: Report, { most }: { most: number }): string {
  const all = [...warnings, ...results.flatMap((result) => result.problems)];
  if (all.length === 0) return "";
  const rest = all.length - most;
  return [
    heading("Problems", 3),
    table(["Severity", "Where", "What", "What to do"], all.slice(0, most).map(rowOf)),
    ...(rest > 0 ? [paragraph(`… and ${count(rest, "problem")} more`)] : []),
  ].join("");
}

function rowOf({ severity, where, message, hint = "" }: Problem): string[] {
  return [severity, where ? formatWhere(where) : "", message, hint];
}
