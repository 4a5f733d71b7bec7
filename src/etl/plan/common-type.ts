/** The type in which values of two types can be compared, and how SQL brings them there. */
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";
import { sameName } from "../publish/fit-columns.ts";
import type { Field, Type } from "../../spec/type.ts";

const exactNumbers = new Set(["INT64", "NUMERIC"]);
const numbers = new Set([...exactNumbers, "FLOAT64", "BIGNUMERIC"]);
const moments = new Set(["DATE", "DATETIME", "TIMESTAMP"]);

/** Numbers by their value, days and times as moments in UTC, records by the fields that both have, all else by its text. */
export function commonType(was: Type, is: Type): Type {
  if (duckdbType(was) === duckdbType(is)) return is;
  if (was.kind === "ARRAY" && is.kind === "ARRAY")
    return { kind: "ARRAY", element: commonType(was.element, is.element) };
  if (was.kind === "STRUCT" && is.kind === "STRUCT") {
    const fields = commonFields(was.fields, is.fields);
    return fields.length === 0 ? { kind: "STRING" } : { kind: "STRUCT", fields };
  }
  const areAll = (kinds: Set<string>) => kinds.has(was.kind) && kinds.has(is.kind);
  if (areAll(exactNumbers)) return { kind: "NUMERIC" };
  if (areAll(numbers)) return { kind: "FLOAT64" };
  return { kind: areAll(moments) ? "DATETIME" : "STRING" };
}

function commonFields(was: Field[], is: Field[]): Field[] {
  const old = new Map(was.map((field) => [sameName(field.name), field]));
  return is.flatMap(({ name, type }) => {
    const before = old.get(sameName(name));
    return before ? [{ name, type: commonType(before.type, type) }] : [];
  });
}

/** @param value an expression of type `from` */
export function inCommonType(value: string, from: Type, to: Type, depth = 0): string {
  if (duckdbType(from) === duckdbType(to)) return value;
  if (from.kind === "ARRAY" && to.kind === "ARRAY") {
    const item = `item${depth}`;
    return `list_transform(${value}, lambda ${item}: ${inCommonType(item, from.element, to.element, depth + 1)})`;
  }
  if (from.kind === "STRUCT" && to.kind === "STRUCT") {
    const fields = to.fields.map(({ name, type }) => {
      const field = from.fields.find((one) => sameName(one.name) === sameName(name))!;
      const inner = inCommonType(`(${value}).${quoteIdentifier(field.name)}`, field.type, type, depth);
      return `${quoteIdentifier(name)} := ${inner}`;
    });
    return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.join(", ")}) END`;
  }
  return `CAST(${value} AS ${duckdbType(to)})`;
}
