/** Whether two values of a type are not the same, as SQL: NULL is the same as NULL, and FLOAT64 may differ by their last digits. */
import type { Type } from "../../spec/type.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";

/** As tests compare them: absolutely for small numbers, in proportion for large ones. */
const tolerance = "1e-9";

export function holdsFloat(type: Type): boolean {
  if (type.kind === "ARRAY") return holdsFloat(type.element);
  if (type.kind === "STRUCT") return type.fields.some((field) => holdsFloat(field.type));
  return type.kind === "FLOAT64";
}

/** @param a,b expressions of the type */
export function differs(a: string, b: string, type: Type, depth = 0): string {
  const distinct = `${a} IS DISTINCT FROM ${b}`;
  if (!holdsFloat(type)) return `(${distinct})`;
  return `(${distinct} AND coalesce(${reallyDiffers(a, b, type, depth)}, TRUE))`;
}

function reallyDiffers(a: string, b: string, type: Type, depth: number): string {
  if (type.kind === "ARRAY") {
    const pair = `pair${depth}`;
    const item = differs(`${pair}[1]`, `${pair}[2]`, type.element, depth + 1);
    return `(len(${a}) <> len(${b}) OR len(list_filter(list_zip(${a}, ${b}), lambda ${pair}: ${item})) > 0)`;
  }
  if (type.kind === "STRUCT") {
    const fields = type.fields.map(({ name, type: inner }) => {
      const id = quoteIdentifier(name);
      return differs(`(${a}).${id}`, `(${b}).${id}`, inner, depth);
    });
    return `((${a} IS NULL) <> (${b} IS NULL) OR ${fields.join(" OR ")})`;
  }
  return `NOT (isfinite(${a}) AND isfinite(${b}) AND abs(${a} - ${b}) <= ${tolerance} * greatest(1, abs(${a}), abs(${b})))`;
}
