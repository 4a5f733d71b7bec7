/** Rows of the state tables: a few at a time, so plain literals serve. */
import type { Dialect } from "../engine/dialect.ts";

type Value = string | number | boolean | Date | undefined | Expression;

/** What is no plain value: SQL that gives one. */
export interface Expression {
  sql: string;
}

interface Rows {
  /** The table, as SQL. */
  target: string;
  /** Objects of {@link Value}, all with the same keys: names of columns. */
  rows: object[];
  dialect: Dialect;
}

/** No statement where there are no rows. */
export function insertStatements({ target, rows, dialect }: Rows): string[] {
  const [first] = rows;
  if (!first) return [];
  const names = Object.keys(first).map(dialect.quoteIdentifier).join(", ");
  const values = rows.map((row) => `(${valuesOf(row, dialect).join(", ")})`).join(", ");
  return [`INSERT INTO ${target} (${names}) VALUES ${values}`];
}

/** The values of a row, as SQL. */
export function valuesOf(row: object, dialect: Dialect): string[] {
  return (Object.values(row) as Value[]).map((value) => {
    if (value === undefined) return "NULL";
    if (value instanceof Date) return dialect.literal(value.toISOString(), { kind: "TIMESTAMP" });
    if (typeof value === "object") return value.sql;
    return typeof value === "string" ? dialect.quoteText(value) : String(value);
  });
}
