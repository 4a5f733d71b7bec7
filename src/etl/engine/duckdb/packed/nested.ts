/** ARRAY and STRUCT: out of the engine as plain values, into it as JSON whose leaves are texts. */
import type { DuckDBValue } from "@duckdb/node-api";
import type { Type } from "../../../../spec/type.ts";
import { duckdbType } from "../duckdb-type.ts";
import { quoteIdentifier, quoteText } from "../sql.ts";

interface NestedParts {
  items?: DuckDBValue[];
  entries?: Record<string, DuckDBValue>;
  bytes?: Uint8Array;
}

/** A value as programs see it: the same inside of a list as in a column of its own. */
export function nestedValue(value: DuckDBValue | null, type: Type): unknown {
  if (value === null) return null;
  const parts = value as unknown as NestedParts;
  switch (type.kind) {
    case "ARRAY":
      return parts.items!.map((item) => nestedValue(item, type.element));
    case "STRUCT":
      return Object.fromEntries(
        type.fields.map(({ name, type: of }) => [name, nestedValue(parts.entries![name]!, of)]),
      );
    case "INT64":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "BYTES":
      return Uint8Array.from(parts.bytes!);
    case "JSON":
      return JSON.parse(String(value));
    case "NUMERIC":
      return withoutZeros(String(value));
    case "DATETIME":
      return String(value).replace(" ", "T");
    case "TIMESTAMP":
      return String(value).replace(" ", "T").replace(/\+00$/, "Z");
    case "FLOAT64":
    case "BOOL":
      return value;
    default:
      return String(value);
  }
}

function withoutZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;
}

/** An expression that makes a nested value of its JSON. A plain cast would take BYTES and JSON inside of it as text. */
export function fromJson(expression: string, type: Type): string {
  return `CAST(${converted(`from_json(${expression}, ${quoteText(JSON.stringify(structure(type)))})`, type)} AS ${duckdbType(type)})`;
}

function structure(type: Type): unknown {
  if (type.kind === "ARRAY") return [structure(type.element)];
  if (type.kind === "STRUCT") return Object.fromEntries(type.fields.map(({ name, type: of }) => [name, structure(of)]));
  return "VARCHAR";
}

function converted(expression: string, type: Type, depth = 0): string {
  if (type.kind === "ARRAY") {
    const item = `item${depth}`;
    return `list_transform(${expression}, lambda ${item}: ${converted(item, type.element, depth + 1)})`;
  }
  if (type.kind === "STRUCT") {
    const fields = type.fields.map(
      ({ name, type: of }) =>
        `${quoteIdentifier(name)} := ${converted(`${expression}[${quoteText(name)}]`, of, depth)}`,
    );
    return `CASE WHEN ${expression} IS NULL THEN NULL ELSE struct_pack(${fields.join(", ")}) END`;
  }
  if (type.kind === "BYTES") return `from_base64(${expression})`;
  return `CAST(${expression} AS ${duckdbType(type)})`;
}
