/** All problems of a report, each once: two steps may see the same. */
import { formatWhere, type Problem } from "../util/error.ts";
import type { Report } from "./report.ts";

export function problemsIn({ warnings, results }: Report): Problem[] {
  const all = [...warnings, ...results.flatMap((result) => result.problems)];
  return [...new Map(all.map((one) => [`${placeOf(one)} ${one.message}`, one])).values()];
}

export function placeOf({ where }: Problem): string {
  return where ? formatWhere(where) : "";
}
