/**
 * How columns stand in a staging table, and how they are read from there. Load jobs take no JSON from Parquet, take JSON's
 * `null` for NULL from NDJSON, and no engine's Parquet holds a decimal of 76 digits: such values are staged as text, which
 * is turned into them within the transaction.
 * Source: https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#type_conversions
 */
import type { Type } from "../../../spec/type.ts";
import { quoteIdentifier as quoteGoogle } from "../../engine/bigquery/sql.ts";
import { quoteIdentifier, quoteText } from "../../engine/duckdb/sql.ts";

/** Without lengths and precisions, which the destination itself looks at. */
export function stagedType(type: Type): Type {
  if (type.kind === "ARRAY") return { kind: "ARRAY", element: stagedType(type.element) };
  if (type.kind === "STRUCT")
    return { kind: "STRUCT", fields: type.fields.map((field) => ({ name: field.name, type: stagedType(field.type) })) };
  return { kind: isText(type) ? "STRING" : type.kind };
}

function isText({ kind }: Type): boolean {
  return kind === "JSON" || kind === "BIGNUMERIC";
}

export function hasJson(type: Type): boolean {
  if (type.kind === "ARRAY") return hasJson(type.element);
  return type.kind === "STRUCT" ? type.fields.some((field) => hasJson(field.type)) : type.kind === "JSON";
}

/** A query of a staging table that gives the columns with their own types, in GoogleSQL. */
export function selectStaged(table: string, columns: readonly { name: string; type: Type }[]): string {
  const list = columns.map(({ name, type }) => {
    const id = quoteGoogle(name);
    const value = unstage(id, type);
    return value === id ? id : `${value} AS ${id}`;
  });
  return `(SELECT ${list.join(", ")} FROM ${table})`;
}

function unstage(value: string, type: Type, depth = 0): string {
  if (type.kind === "BIGNUMERIC") return `CAST(${value} AS BIGNUMERIC)`;
  if (type.kind === "JSON") return `PARSE_JSON(${value}, wide_number_mode => 'round')`;
  if (type.kind === "ARRAY") {
    const [item, offset] = [`e${depth}`, `o${depth}`];
    const inner = unstage(item, type.element, depth + 1);
    return inner === item
      ? value
      : `ARRAY(SELECT ${inner} FROM UNNEST(${value}) AS ${item} WITH OFFSET AS ${offset} ORDER BY ${offset})`;
  }
  if (type.kind !== "STRUCT") return value;
  const fields = type.fields.map((field) => {
    const name = quoteGoogle(field.name);
    const inner = unstage(`${value}.${name}`, field.type, depth);
    return { sql: `${inner} AS ${name}`, changed: inner !== `${value}.${name}` };
  });
  if (!fields.some(({ changed }) => changed)) return value;
  return `IF(${value} IS NULL, NULL, STRUCT(${fields.map(({ sql }) => sql).join(", ")}))`;
}

/**
 * A value as NDJSON holds it exactly, in DuckDB's SQL: readers of JSON may know only doubles, and a load job takes no NULL
 * for an array. `type` is the staged one.
 * Source: https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-json
 */
export function jsonValue(value: string, type: Type, depth = 0): string {
  switch (type.kind) {
    case "ARRAY": {
      const item = `e${depth}`;
      return `list_transform(coalesce(${value}, []), lambda ${item}: ${jsonValue(item, type.element, depth + 1)})`;
    }
    case "STRUCT": {
      const fields = type.fields.map(
        (field) =>
          `${quoteIdentifier(field.name)} := ${jsonValue(`struct_extract(${value}, ${quoteText(field.name)})`, field.type, depth)}`,
      );
      return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.join(", ")}) END`;
    }
    case "INT64":
    case "NUMERIC":
      return `CAST(${value} AS VARCHAR)`;
    case "BYTES":
      return `base64(${value})`;
    case "FLOAT64":
      return `CASE WHEN isfinite(${value}) THEN to_json(${value}) ELSE to_json(CAST(${value} AS VARCHAR)) END`;
    default:
      return value;
  }
}
