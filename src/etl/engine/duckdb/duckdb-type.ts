/** Between the product's types (GoogleSQL's) and DuckDB's. */
import type { Field, Type } from "../../../spec/type.ts";

export { duckdbType } from "../../../spec/formats/duckdb.ts";

/** How the node API describes a type: its name, and for nested ones what is inside. */
export interface DuckdbTypeShape {
  name: string;
  precision?: number;
  scale?: number;
  element?: DuckdbTypeShape;
  fields?: { name: string; type: DuckdbTypeShape }[];
}

const integers = new Set([
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "HUGEINT",
  "UHUGEINT",
  "BIGNUM",
]);
const direct: Record<string, Type> = {
  VARCHAR: { kind: "STRING" },
  ENUM: { kind: "STRING" },
  UUID: { kind: "STRING" },
  BLOB: { kind: "BYTES" },
  FLOAT: { kind: "FLOAT64" },
  DOUBLE: { kind: "FLOAT64" },
  BOOLEAN: { kind: "BOOL" },
  DATE: { kind: "DATE" },
  TIMESTAMP: { kind: "DATETIME" },
  TIMESTAMP_S: { kind: "DATETIME" },
  TIMESTAMP_MS: { kind: "DATETIME" },
  TIMESTAMP_NS: { kind: "DATETIME" },
  TIMESTAMPTZ: { kind: "TIMESTAMP" },
  "TIMESTAMP WITH TIME ZONE": { kind: "TIMESTAMP" },
  TIME: { kind: "TIME" },
  JSON: { kind: "JSON" },
  SQLNULL: { kind: "STRING" },
  '"NULL"': { kind: "STRING" },
};

/**
 * The type a computed column gets when none is declared: the GoogleSQL type of the same meaning.
 * All integers, HUGEINT (the type of SUM) among them, become INT64, as in BigQuery; what does not fit is an error at run time.
 * @returns undefined for what BigQuery has no table type for: INTERVAL, MAP, UNION, BIT, TIMETZ, a list of lists.
 */
export function typeOfDuckdb(shape: DuckdbTypeShape): Type | undefined {
  if (integers.has(shape.name)) return { kind: "INT64" };
  if (shape.name === "DECIMAL") return decimalType(shape.precision ?? 38, shape.scale ?? 9);
  if (shape.name === "LIST" || shape.name === "ARRAY") {
    const element = shape.element && typeOfDuckdb(shape.element);
    return element && element.kind !== "ARRAY" ? { kind: "ARRAY", element } : undefined;
  }
  if (shape.name === "STRUCT") {
    const fields = (shape.fields ?? []).map(({ name, type }) => ({ name, type: typeOfDuckdb(type) }));
    return fields.every((field): field is Field => field.type !== undefined) ? { kind: "STRUCT", fields } : undefined;
  }
  return direct[shape.name];
}

function decimalType(precision: number, scale: number): Type {
  return scale <= 9 && precision - scale <= 29 ? { kind: "NUMERIC" } : { kind: "BIGNUMERIC" };
}
