/** Sizes as BigQuery reckons them. https://cloud.google.com/bigquery/pricing#data-size-calculation */
import type { Session } from "../database.ts";
import { quote, type ScalarKind, type SqlType } from "../value/type.ts";
import { typeOfField, type Field } from "../value/field.ts";
import type { Catalog, Table } from "./catalog.ts";

const fixed: Partial<Record<ScalarKind, number>> = {
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  BOOL: 1,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
};

/** A DuckDB expression: the bytes of one value. NULL has none. */
function bytesOf(type: SqlType, value: string): string {
  return `coalesce(${rawBytes(type, value)}, 0)`;
}

function rawBytes(type: SqlType, value: string): string {
  if (type.kind === "ARRAY") {
    return `list_sum(list_transform(${value}, lambda x: ${bytesOf(type.element, "x")}))`;
  }
  if (type.kind === "STRUCT") {
    const parts = type.fields.map((it) =>
      bytesOf(it.type, `struct_extract(${value}, ${it.name ? `'${it.name.replaceAll("'", "''")}'` : "1"})`),
    );
    return parts.join(" + ") || "0";
  }
  if (type.kind === "BYTES") return `octet_length(${value}) + 2`;
  const size = fixed[type.kind];
  if (size !== undefined) return `CASE WHEN ${value} IS NULL THEN 0 ELSE ${size} END`;
  return `strlen(${value}) + 2`;
}

/** Rows and bytes of a table, kept until it changes. */
export async function sizeOf(catalog: Catalog, table: Table): Promise<{ rows: bigint; bytes: bigint }> {
  if (table.replay) return { rows: BigInt(table.replay.rows), bytes: BigInt(table.replay.rows) * 64n };
  if (table.query !== undefined) return { rows: 0n, bytes: 0n };
  if (table.size?.version === table.version) return table.size;
  const { version } = table;
  const measured = await catalog.database.with((session) => measure(session, table.physical, table.fields));
  table.size = { version, ...measured };
  return table.size;
}

/** Rows, and bytes of the columns that are given. */
export async function measure(session: Session, physical: string, fields: Field[]) {
  const sum = fields.map((field) => bytesOf(typeOfField(field), quote(field.name))).join(" + ") || "0";
  const [row] = await session.rows(`SELECT count(*), CAST(coalesce(sum(${sum}), 0) AS BIGINT) FROM ${physical}`);
  return { rows: row![0] as bigint, bytes: row![1] as bigint };
}
