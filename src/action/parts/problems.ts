/** What is wrong, and what to do. */
import { count, type Problem } from "../../util/error.ts";
import { cellHtml, heading, paragraph, table, type Cell } from "../html.ts";
import { placeOf, problemsIn } from "../problems-in.ts";
import type { Report } from "../report.ts";

/** @param most more would not be read */
export function problems(report: Report, { most }: { most: number }): string {
  const all = problemsIn(report);
  if (all.length === 0) return "";
  const rest = all.length - most;
  return [
    heading("Problems", 3),
    table(["Severity", "Where", "What, and what to do"], all.slice(0, most).map(rowOf)),
    ...(rest > 0 ? [paragraph(`… and ${count(rest, "problem")} more`)] : []),
  ].join("");
}

function rowOf(problem: Problem): Cell[] {
  const { severity, message, hint } = problem;
  const what = `<b>${cellHtml(message)}</b>`;
  return [severity, placeOf(problem), { html: hint ? `${what}<br>${cellHtml(hint)}` : what }];
}
