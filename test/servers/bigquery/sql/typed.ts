/** A translated expression: DuckDB's SQL for it, and the type that BigQuery gives it. */
import type { Column } from "./scope.ts";
import { invalidQuery } from "../api-error.ts";
import { literal } from "../value/parse.ts";
import {
  duckType,
  quote,
  quoteText,
  sameType,
  scalar,
  showType,
  type ScalarKind,
  type SqlType,
  type StructField,
} from "../value/type.ts";

export interface Typed {
  sql: string;
  type: SqlType;
  /** The text of a literal or a parameter: it takes other types more easily, and some functions want nothing else. */
  text?: string;
  /** NULL without a type, and an empty list without one: they take any. */
  untyped?: boolean;
  /** A column as it is. */
  source?: Column["source"];
}

export const typed = (kind: ScalarKind, sql: string): Typed => ({ sql, type: scalar(kind) });
export const bool = (sql: string): Typed => typed("BOOL", sql);

/** What BigQuery turns into what without being told. https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules */
const implicit: Partial<Record<ScalarKind, ScalarKind[]>> = {
  INT64: ["NUMERIC", "BIGNUMERIC", "FLOAT64"],
  NUMERIC: ["BIGNUMERIC", "FLOAT64"],
  BIGNUMERIC: ["FLOAT64"],
  DATE: ["DATETIME"],
};
/** Literals go further. */
const literals: Partial<Record<ScalarKind, ScalarKind[]>> = {
  STRING: ["DATE", "DATETIME", "TIME", "TIMESTAMP"],
  FLOAT64: ["NUMERIC", "BIGNUMERIC"],
};

export function canCoerce(from: Typed, to: SqlType): boolean {
  if (from.untyped) return to.kind === "ARRAY" || from.type.kind !== "ARRAY";
  if (sameType(from.type, to)) return true;
  if (from.type.kind === "STRUCT" && to.kind === "STRUCT") return sameShape(from.type, to);
  if (from.type.kind === "ARRAY" && to.kind === "ARRAY") return sameShape(from.type, to);
  if (from.type.kind === "ARRAY" || from.type.kind === "STRUCT" || to.kind === "ARRAY" || to.kind === "STRUCT")
    return false;
  if (implicit[from.type.kind]?.includes(to.kind)) return true;
  return from.text !== undefined && (literals[from.type.kind]?.includes(to.kind) ?? false);
}

/** Whether the types differ in the names of fields alone. */
function sameShape(from: SqlType, to: SqlType): boolean {
  if (from.kind === "ARRAY" && to.kind === "ARRAY") return sameShape(from.element, to.element);
  if (from.kind !== "STRUCT" || to.kind !== "STRUCT") return from.kind === to.kind;
  if (from.fields.length !== to.fields.length) return false;
  return from.fields.every((it, i) => sameShape(it.type, to.fields[i]!.type));
}

/** The expression as one of this type. Ask {@link canCoerce} first. */
export function coerce(from: Typed, to: SqlType): Typed {
  if (from.untyped) return { sql: `CAST(${from.sql} AS ${duckType(to)})`, type: to };
  if (sameType(from.type, to)) return from;
  if (from.text !== undefined && to.kind !== "ARRAY" && to.kind !== "STRUCT" && isText(from.type, to)) {
    return { sql: literal(to.kind, from.text), type: to, text: from.text };
  }
  return { sql: convert(from, to), type: to };
}

const isText = (from: SqlType, to: SqlType) =>
  from.kind === "STRING" || ((from.kind === "FLOAT64" || from.kind === "INT64") && /NUMERIC/.test(to.kind));

function convert({ sql, type }: Typed, to: SqlType): string {
  if (type.kind === "ARRAY" && to.kind === "ARRAY") {
    return `list_transform(${sql}, lambda e: ${convert({ sql: "e", type: type.element }, to.element)})`;
  }
  if (type.kind === "STRUCT" && to.kind === "STRUCT") return convertStruct({ sql, type }, to);
  if (to.kind === "BIGNUMERIC") return `bignumeric_parse(CAST(${sql} AS VARCHAR))`;
  if (type.kind === "BIGNUMERIC") return `CAST(bignumeric_text(${sql}) AS DOUBLE)`;
  return `CAST(${sql} AS ${duckType(to)})`;
}

/** Fields go by their place, whatever they are called. */
function convertStruct({ sql, type }: Typed, to: SqlType): string {
  const from = (type as { fields: StructField[] }).fields;
  const parts = (to as { fields: StructField[] }).fields.map((field, i) => {
    const value = {
      sql: `struct_extract(${sql}, ${quoteText(from[i]!.name || `_field_${i + 1}`)})`,
      type: from[i]!.type,
    };
    const converted = sameType(value.type, field.type) ? value.sql : convert(value, field.type);
    return `${quote(field.name || `_field_${i + 1}`)} := ${converted}`;
  });
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack(${parts.join(", ")}) END`;
}

/** The type that all can have. @throws ApiError where there is none */
export function superType(all: Typed[], what: string): SqlType {
  const known = all.filter(({ untyped }) => !untyped);
  const candidates = [...known.filter(({ text }) => text === undefined), ...known].map(({ type }) => type);
  const wider: SqlType[] = [...candidates, scalar("NUMERIC"), scalar("BIGNUMERIC"), scalar("FLOAT64")];
  const found = known.length === 0 ? all[0]?.type : wider.find((type) => all.every((it) => canCoerce(it, type)));
  if (found) return found;
  const types = all.map(({ type }) => showType(type)).join(", ");
  throw invalidQuery(`No matching signature for ${what} for argument types: ${types}.`, "query");
}

/** All of them, as one type. */
export function unify(all: Typed[], what: string): { all: Typed[]; type: SqlType } {
  const type = superType(all, what);
  return { all: all.map((it) => coerce(it, type)), type };
}
