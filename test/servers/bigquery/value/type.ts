/** GoogleSQL's types, how DuckDB holds each, and how a table's schema says them. */

export type ScalarKind = (typeof scalarKinds)[number];

export type SqlType =
  | { kind: ScalarKind }
  | { kind: "ARRAY"; element: SqlType }
  | { kind: "STRUCT"; fields: StructField[] };

export interface StructField {
  /** Empty where it has no name: `STRUCT(1, 2)`. */
  name: string;
  type: SqlType;
}

export const scalarKinds = [
  "STRING",
  "BYTES",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
  // Only named in schemas: no data of these types goes in or out.
  "GEOGRAPHY",
  "INTERVAL",
  "RANGE",
] as const;

/** Other names of types, in schemas and in SQL. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types */
const aliases: Record<string, ScalarKind> = {
  INT: "INT64",
  INTEGER: "INT64",
  SMALLINT: "INT64",
  BIGINT: "INT64",
  TINYINT: "INT64",
  BYTEINT: "INT64",
  FLOAT: "FLOAT64",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
  BOOLEAN: "BOOL",
};

/**
 * BIGNUMERIC has up to 76 digits, and DuckDB's decimals end at 38: its whole number of 10^-38 is held as a BIGNUM, which
 * compares, adds and sorts as it should.
 */
const duckNames: Record<ScalarKind, string> = {
  STRING: "VARCHAR",
  BYTES: "BLOB",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BIGNUMERIC: "BIGNUM",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMPTZ",
  JSON: "VARCHAR",
  GEOGRAPHY: "VARCHAR",
  INTERVAL: "VARCHAR",
  RANGE: "VARCHAR",
};

export const unsupportedKinds = new Set(["GEOGRAPHY", "INTERVAL", "RANGE"]);

export function findScalar(name: string): ScalarKind | undefined {
  const upper = name.toUpperCase();
  return aliases[upper] ?? scalarKinds.find((kind) => kind === upper);
}

export function duckType(type: SqlType): string {
  if (type.kind === "ARRAY") return `${duckType(type.element)}[]`;
  if (type.kind !== "STRUCT") return duckNames[type.kind];
  return `STRUCT(${type.fields.map((it, i) => `${quote(it.name || `_field_${i + 1}`)} ${duckType(it.type)}`).join(", ")})`;
}

/** As BigQuery prints it in its messages. */
export function showType(type: SqlType): string {
  if (type.kind === "ARRAY") return `ARRAY<${showType(type.element)}>`;
  if (type.kind !== "STRUCT") return type.kind;
  return `STRUCT<${type.fields.map(({ name, type: of }) => (name ? `${name} ` : "") + showType(of)).join(", ")}>`;
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return showType(a).toLowerCase() === showType(b).toLowerCase();
}

/** A name in DuckDB's SQL. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** A text in DuckDB's SQL. */

export const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`;

export const scalar = (kind: ScalarKind): SqlType => ({ kind });

export const arrayOf = (element: SqlType): SqlType => ({ kind: "ARRAY", element });
