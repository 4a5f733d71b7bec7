/** Which checks of a table must wait until others are there. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Queryable } from "../engine/engine.ts";
import { tablesRead } from "../transform/sql.ts";
import type { Check } from "./check.ts";

/** Those of one table that read what may not be there when it is; who sees that they fail early sees all that fails at once. */
export async function findLate(checks: Check[], { spec }: LoadedPipeline, engine: Queryable): Promise<Set<Check>> {
  const late = new Set<Check>();
  for (const check of checks) if (await isLate(check, Object.keys(spec.sources ?? {}), engine)) late.add(check);
  return late;
}

/** Rows are taken out before anything reads the table, so what they are held against is waited for: see transform/graph.ts. */
async function isLate(check: Check, sources: string[], engine: Queryable): Promise<boolean> {
  if (check.quarantine) return false;
  const reads = await readBy(check, engine);
  // All sources have been judged before any model is made; among themselves, rows of the next may still be set aside.
  const there = new Set((sources.includes(check.table) ? [check.table] : [check.table, ...sources]).map(folded));
  return !reads?.every((name) => there.has(folded(name)));
}

/** Undefined where it cannot be told. */
async function readBy({ kind, to, query }: Check, engine: Queryable): Promise<string[] | undefined> {
  if (kind === "sql") return tablesRead(query, engine);
  return to === undefined ? [] : [to];
}

/** As the engine compares names. */
function folded(name: string): string {
  return name.toLowerCase();
}
