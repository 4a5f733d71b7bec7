/** Rows that a test gives, as a query. */
import type { Dialect } from "../engine/dialect.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";

/** A row's canonical texts by column; what is not named is NULL. */
export type GivenTexts = Map<string, string | null>;

export function givenSql(columns: TypedColumn[], rows: GivenTexts[], dialect: Dialect): string {
  const named = columns.filter(({ name }) => rows.some((row) => row.has(name)));
  const list = columns.map((column) => selected(column, named, dialect)).join(", ");
  if (named.length === 0) return `SELECT ${list} FROM range(${rows.length})`;
  const values = rows.map(
    (row) => `(${named.map(({ name, type }) => dialect.literal(row.get(name) ?? null, type)).join(", ")})`,
  );
  const names = named.map(({ name }) => dialect.quoteIdentifier(name));
  return `SELECT ${list} FROM (VALUES ${values.join(", ")}) AS given(${names.join(", ")})`;
}

function selected(column: TypedColumn, named: TypedColumn[], { quoteIdentifier, literal }: Dialect): string {
  const name = quoteIdentifier(column.name);
  return named.includes(column) ? name : `${literal(null, column.type)} AS ${name}`;
}
