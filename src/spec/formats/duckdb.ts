/** A table in DuckDB: the names of its types, and its CREATE TABLE. */
import { outputsFor, type Table } from "../table.ts";
import type { ScalarName, Type } from "../type.ts";
import { createTable, quoteDotted, quoteIdentifier, quoteText } from "./sql-text.ts";

/**
 * BIGNUMERIC is held as text: DuckDB's decimals end at 38 digits, BigQuery's at 76.
 * Arithmetic on it is refused by the engine, so no digit is lost in silence.
 */
const scalars: Record<ScalarName, string> = {
  STRING: "VARCHAR",
  BYTES: "BLOB",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38,9)",
  BIGNUMERIC: "VARCHAR",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
  JSON: "JSON",
};

/** The DuckDB type that holds a column of this type. Lengths of STRING and BYTES are checked apart: DuckDB does not keep them. */
export function duckdbType(type: Type): string {
  if (type.kind === "ARRAY") return `${duckdbType(type.element)}[]`;
  if (type.kind === "STRUCT") {
    return `STRUCT(${type.fields.map((field) => `${quoteIdentifier(field.name)} ${duckdbType(field.type)}`).join(", ")})`;
  }
  if (type.kind === "NUMERIC" && type.parameters) {
    const [precision, scale = 0] = type.parameters;
    return `DECIMAL(${precision},${scale})`;
  }
  return scalars[type.kind];
}

/** As it stands in the local warehouse: `dataset.table` of its BigQuery output, or its own name. */
export function duckdbTable(table: Table): string {
  const name = warehouseName(table);
  const target = quoteDotted(name);
  const lines = table.columns.map(
    (column) => `${quoteIdentifier(column.name)} ${duckdbType(column.type)}${column.required ? " NOT NULL" : ""}`,
  );
  const comments = table.columns.filter((column) => column.description !== undefined);
  return [
    ...(name.includes(".") ? [`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name.split(".")[0]!)};`] : []),
    createTable(target, lines),
    ...(table.description === undefined ? [] : [`COMMENT ON TABLE ${target} IS ${quoteText(table.description)};`]),
    ...comments.map(
      (it) => `COMMENT ON COLUMN ${target}.${quoteIdentifier(it.name)} IS ${quoteText(it.description!)};`,
    ),
  ].join("\n");
}

/** Without the project: the local warehouse has one. */
function warehouseName(table: Table): string {
  const [output] = outputsFor(table, "bigquery");
  return output?.type === "bigquery" ? output.table.split(".").slice(-2).join(".") : table.name;
}
