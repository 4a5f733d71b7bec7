/** As what the engine's readers are to read a type's text, and what makes the type of it. */
import type { Type } from "../../../spec/type.ts";
import { duckdbType } from "./duckdb-type.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

/** What the CSV reader makes by itself, exactly. A time zone it overlooks, and of the others it knows nothing. */
export function csvReadType(type: Type): string {
  const asText: Type["kind"][] = ["BYTES", "BIGNUMERIC", "TIMESTAMP", "ARRAY", "STRUCT"];
  return asText.includes(type.kind) ? "VARCHAR" : duckdbType(type);
}

export function fromCsv(column: string, type: Type, decimal: "." | ","): string {
  if (type.kind === "ARRAY" || type.kind === "STRUCT")
    return convert(`from_json(${column}, ${quoteText(JSON.stringify(jsonStructure(type)))})`, type);
  const text = type.kind === "BIGNUMERIC" && decimal === "," ? `replace(${column}, ',', '.')` : column;
  return csvReadType(type) === "VARCHAR" ? convert(text, type) : text;
}

/** The JSON reader takes numbers for DOUBLE first: what a DOUBLE does not hold is read as text. */
export function jsonReadType(type: Type): string {
  if (type.kind === "ARRAY") return `${jsonReadType(type.element)}[]`;
  if (type.kind === "STRUCT")
    return `STRUCT(${type.fields.map((field) => `${quoteIdentifier(field.name)} ${jsonReadType(field.type)}`).join(", ")})`;
  return isReadAsText(type) ? "VARCHAR" : duckdbType(type);
}

export function fromJson(column: string, type: Type): string {
  return convert(column, type);
}

function isReadAsText({ kind }: Type): boolean {
  return kind === "BYTES" || kind === "NUMERIC" || kind === "BIGNUMERIC" || kind === "TIMESTAMP";
}

/** The structure that `from_json` takes. Source: https://duckdb.org/docs/stable/data/json/json_functions#transforming-json-to-nested-types */
function jsonStructure(type: Type): unknown {
  if (type.kind === "ARRAY") return [jsonStructure(type.element)];
  if (type.kind === "STRUCT")
    return Object.fromEntries(type.fields.map((field) => [field.name, jsonStructure(field.type)]));
  return jsonReadType(type);
}

/** What was read as {@link jsonReadType}, as its own type. */
function convert(value: string, type: Type, depth = 0): string {
  switch (type.kind) {
    case "BYTES":
      return `from_base64(${value})`;
    case "NUMERIC":
      return `CAST(trim(${value}) AS ${duckdbType(type)})`;
    case "BIGNUMERIC":
      return `ltrim(trim(${value}), '+')`;
    case "TIMESTAMP":
      return timestamp(value);
    case "ARRAY":
      return needsConversion(type)
        ? `list_transform(${value}, lambda e${depth}: ${convert(`e${depth}`, type.element, depth + 1)})`
        : value;
    case "STRUCT":
      return needsConversion(type) ? structOf(value, type, depth) : value;
    default:
      return value;
  }
}

/** The session's time zone is UTC, and so is a time without an offset. An offset may be written apart from its time. */
function timestamp(value: string): string {
  return `CAST(replace(replace(trim(${value}), ' +', '+'), ' -', '-') AS TIMESTAMP WITH TIME ZONE)`;
}

function needsConversion(type: Type): boolean {
  if (type.kind === "ARRAY") return needsConversion(type.element);
  if (type.kind === "STRUCT") return type.fields.some((field) => needsConversion(field.type));
  return isReadAsText(type);
}

function structOf(value: string, type: Extract<Type, { kind: "STRUCT" }>, depth: number): string {
  const fields = type.fields.map(
    ({ name, type: inner }) =>
      `${quoteIdentifier(name)} := ${convert(`struct_extract(${value}, ${quoteText(name)})`, inner, depth)}`,
  );
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${fields.join(", ")}) END`;
}
