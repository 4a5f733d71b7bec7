/**
 * What of a query keeps its rows in memory, whatever there is of it: aggregates whose state is all their rows, and several
 * joins and sorts at once, each of which needs some.
 * Source: https://duckdb.org/docs/1.5/guides/performance/how_to_tune_workloads, Limitations
 */
import type { Database } from "./duckdb.ts";

interface Plan {
  name: string;
  children: Plan[];
  extra_info: { Aggregates?: string | string[] };
}

const unspilt = /^"?(list|string_agg|median|quantile|quantile_cont|quantile_disc|mad|mode|histogram)"?\(/;
const blocking = /JOIN|ORDER_BY|WINDOW|GROUP_BY/;

/** Without running it. Undefined where there is no such thing. */
export async function holdsRows(db: Database, sql: string): Promise<string | undefined> {
  const [row] = await db.query(`EXPLAIN (FORMAT json) SELECT * FROM (\n${sql}\n)`).catch(() => []);
  if (!row) return undefined;
  const nodes = (JSON.parse(String(row["explain_value"])) as Plan[]).flatMap(below);
  const calls = nodes.flatMap(({ extra_info: { Aggregates: found = [] } }) => found);
  const names = calls.flatMap((call) => unspilt.exec(call)?.[1] ?? []);
  if (nodes.some(({ name }) => name === "PIVOT")) return "PIVOT holds all its rows in memory";
  if (names.length > 0) return `${[...new Set(names)].join(", ")} of all rows of a group is held in memory`;
  const steps = nodes.filter(({ name }) => blocking.test(name)).length;
  return steps < 2 ? undefined : `${steps} joins, sorts and groups hold rows at once`;
}

function below(plan: Plan): Plan[] {
  return [plan, ...plan.children.flatMap(below)];
}
