/** NULL in a list: DuckDB holds it, a table in BigQuery does not. */
import type { Type } from "../../spec/type.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteIdentifier, quoteText } from "../engine/duckdb/sql.ts";
import type { WritePlan } from "./statements.ts";

interface Asked {
  plan: WritePlan;
  /** The relation with the new rows. */
  relation: string;
  db: Database;
}

/** How many rows have such a list, and in which columns. */
export async function nullItems({ plan, relation, db }: Asked): Promise<{ rows: number; columns: string[] }> {
  const found = plan.columns.flatMap(({ name, type }) => {
    const condition = hasNull(quoteIdentifier(name), type);
    return condition === undefined ? [] : [{ name, condition }];
  });
  if (found.length === 0) return { rows: 0, columns: [] };
  const { countIf } = db.dialect;
  const counts = found.map(({ condition }, i) => `${countIf(condition)} AS c${i}`);
  const any = countIf(found.map(({ condition }) => condition).join(" OR "));
  const [row] = await db.query(`SELECT ${any} AS "rows", ${counts.join(", ")} FROM ${relation}`);
  const columns = found.filter((_, i) => Number(row![`c${i}`]) > 0).map(({ name }) => name);
  return { rows: Number(row!["rows"]), columns };
}

/** Undefined where no list is in it. */
function hasNull(value: string, type: Type, depth = 0): string | undefined {
  if (type.kind === "ARRAY") {
    const item = `e${depth}`;
    const inner = hasNull(item, type.element, depth + 1);
    const offends = [`${item} IS NULL`, ...(inner === undefined ? [] : [inner])].join(" OR ");
    return `coalesce(len(list_filter(${value}, lambda ${item}: ${offends})) > 0, false)`;
  }
  if (type.kind !== "STRUCT") return undefined;
  const inner = type.fields.flatMap(
    (field) => hasNull(`struct_extract(${value}, ${quoteText(field.name)})`, field.type, depth) ?? [],
  );
  return inner.length === 0 ? undefined : `(${inner.join(" OR ")})`;
}
