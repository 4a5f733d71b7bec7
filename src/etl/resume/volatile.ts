/** Queries that may give something else each time: their rows are never taken from an earlier run. */
import type { Queryable } from "../engine/engine.ts";
import { tokenize } from "../transform/sql-text.ts";

/** What tells the time: where the clock stands still, it gives the same. */
export const clockNames: ReadonlySet<string> = new Set([
  "now",
  "get_current_timestamp",
  "transaction_timestamp",
  "current_timestamp",
  "current_date",
  "today",
  "get_current_time",
  "current_time",
  "current_localtime",
  "current_localtimestamp",
  "localtime",
  "localtimestamp",
  "age",
  "ago",
]);

/** What the engine has as keywords or macros, so that it tells nothing of their stability. */
const others = [...clockNames, "getvariable", "sample", "tablesample", "using_sample"];

/** Names of functions that give something else each time, or in each run. */
export async function volatileNames(engine: Queryable): Promise<ReadonlySet<string>> {
  const rows = await engine.query(
    "SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'",
  );
  return new Set([...others, ...rows.map(({ name }) => String(name).toLowerCase())]);
}

/** A column of such a name is taken for the function: then its model is only run once more. */
export function isVolatile(sql: string, names: ReadonlySet<string>): boolean {
  return tokenize(sql).some(
    ({ kind, text }) => (kind === "word" || kind === "quoted") && names.has(text.replaceAll('"', "").toLowerCase()),
  );
}
