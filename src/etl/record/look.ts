/** How to look at the rows that a check found. */
import type { CheckResult } from "../check/check.ts";

/** @param shows whether a command may show them; where not, the query says what was asked */
export function lookText(
  { table, condition, query, look }: Pick<CheckResult, "table" | "condition" | "query" | "look">,
  { shows }: { shows: boolean },
): string {
  return shows && condition !== undefined ? showCommand(table, condition) : (look ?? oneLine(query));
}

/** A command to paste. Plain names need no quotes, and without them the condition is easier to read. */
export function showCommand(table: string, condition: string | undefined): string {
  if (condition === undefined) return `nais-etl show ${table}`;
  const plain = oneLine(condition).replaceAll(/"([a-z_][a-z0-9_]*)"/g, "$1");
  const quoted = /["$`\\]/.test(plain) ? `'${plain.replaceAll("'", `'"'"'`)}'` : `"${plain}"`;
  return `nais-etl show ${table} --where ${quoted}`;
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
