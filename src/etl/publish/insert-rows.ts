/** Rows of the state tables: a few at a time, so plain literals serve. */
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteIdentifier, quoteName, quoteText } from "../engine/duckdb/sql.ts";

type Value = string | number | boolean | Date | undefined;

/** Rows are objects of {@link Value}, all with the same keys: names of columns. */
export async function insertRows(db: Database, table: string, rows: object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const names = Object.keys(first).map(quoteIdentifier).join(", ");
  const values = rows.map((row) => `(${(Object.values(row) as Value[]).map(literal).join(", ")})`).join(", ");
  await db.run(`INSERT INTO ${quoteName("main", table)} (${names}) VALUES ${values}`);
}

function literal(value: Value): string {
  if (value === undefined) return "NULL";
  if (value instanceof Date) return `TIMESTAMPTZ ${quoteText(value.toISOString())}`;
  return typeof value === "string" ? quoteText(value) : String(value);
}
