/** https://cloud.google.com/bigquery/docs/reference/standard-sql/operators */
import { notHere } from "../api-error.ts";
import { scalar, showType, type ScalarKind, type SqlType } from "../value/type.ts";
import type { Place } from "./syntax.ts";
import { queryError } from "./token.ts";
import { bool, canCoerce, coerce, typed, unify, type Typed } from "./typed.ts";

export function binary(operator: string, left: Typed, right: Typed, at: Place): Typed {
  if (operator === "AND" || operator === "OR") return logical(operator, left, right, at);
  if (/^(=|<>|<|>|<=|>=)$/.test(operator)) return compare(operator, left, right, at);
  if (operator === "||") return concatenate(left, right, at);
  if (/^[+\-*/]$/.test(operator)) return arithmetic(operator, left, right, at);
  return bitwise(operator, left, right, at);
}

export function demandBool(of: Typed, where: string, at: Place): string {
  if (!canCoerce(of, scalar("BOOL")))
    throw queryError(`${where} should return type BOOL, but returns ${showType(of.type)}`, at);
  return coerce(of, scalar("BOOL")).sql;
}

function logical(operator: string, left: Typed, right: Typed, at: Place): Typed {
  const sides = [left, right].map((it) => demandBool(it, `Operand of ${operator}`, at));
  return bool(`(${sides.join(` ${operator} `)})`);
}

const mismatch = (operator: string, left: Typed, right: Typed, at: Place) =>
  queryError(
    `No matching signature for operator ${operator} for argument types: ${showType(left.type)}, ${showType(right.type)}`,
    at,
  );

export function compare(operator: string, left: Typed, right: Typed, at: Place): Typed {
  const { all, type } = unified(operator, left, right, at);
  const [a, b] = all as [Typed, Typed];
  if (type.kind === "ARRAY" || type.kind === "JSON") throw mismatch(operator, left, right, at);
  if (type.kind === "STRUCT") throw notHere("comparisons of STRUCTs");
  if (type.kind !== "FLOAT64") return bool(`(${a.sql} ${operator} ${b.sql})`);
  // NaN equals nothing, and DuckDB holds it for the greatest number of all.
  const nan = operator === "<>" ? "true" : "false";
  return bool(`CASE WHEN isnan(${a.sql}) OR isnan(${b.sql}) THEN ${nan} ELSE ${a.sql} ${operator} ${b.sql} END`);
}

function unified(operator: string, left: Typed, right: Typed, at: Place): { all: Typed[]; type: SqlType } {
  try {
    return unify([left, right], `operator ${operator}`);
  } catch {
    throw mismatch(operator, left, right, at);
  }
}

function concatenate(left: Typed, right: Typed, at: Place): Typed {
  const { all, type } = unified("||", left, right, at);
  const [a, b] = all as [Typed, Typed];
  if (type.kind === "ARRAY") return { sql: `list_concat(${a.sql}, ${b.sql})`, type };
  if (type.kind !== "STRING" && type.kind !== "BYTES") throw mismatch("||", left, right, at);
  return { sql: `(${a.sql} || ${b.sql})`, type };
}

const numbers: ScalarKind[] = ["INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64"];

function arithmetic(operator: string, left: Typed, right: Typed, at: Place): Typed {
  const days = operator === "*" || operator === "/" ? undefined : addDays(operator, left, right);
  if (days) return days;
  const { all, type } = unified(operator, left, right, at);
  const kind = numbers.find((it) => it === type.kind);
  if (!kind) throw mismatch(operator, left, right, at);
  const [a, b] = all as [Typed, Typed];
  return calculate(operator, kind, a, b);
}

/** `DATE + INT64` counts days, `DATE - DATE` gives an INTERVAL. */
function addDays(operator: string, left: Typed, right: Typed): Typed | undefined {
  if (left.type.kind !== "DATE") return undefined;
  if (right.type.kind === "INT64")
    return typed("DATE", `CAST(${left.sql} ${operator} to_days(CAST(${right.sql} AS INTEGER)) AS DATE)`);
  throw notHere(`DATE ${operator} ${right.type.kind}: use DATE_DIFF`);
}

function calculate(operator: string, kind: ScalarKind, a: Typed, b: Typed): Typed {
  if (operator === "/") return divide(kind, a, b);
  const sql = `(${a.sql} ${operator} ${b.sql})`;
  if (kind === "BIGNUMERIC") {
    if (operator === "*") throw notHere("BIGNUMERIC multiplication");
    return typed(kind, sql);
  }
  return typed(kind, kind === "NUMERIC" ? `CAST(${sql} AS DECIMAL(38,9))` : sql);
}

/** INT64 / INT64 is FLOAT64, and by zero is an error. */
function divide(kind: ScalarKind, a: Typed, b: Typed): Typed {
  if (kind === "BIGNUMERIC") throw notHere("BIGNUMERIC division");
  const zero = `WHEN ${b.sql} = 0 THEN error('division by zero: ' || CAST(${a.sql} AS VARCHAR) || ' / ' || CAST(${b.sql} AS VARCHAR))`;
  if (kind === "NUMERIC") return typed(kind, `CASE ${zero} ELSE numeric_divide(${a.sql}, ${b.sql}) END`);
  return typed("FLOAT64", `CASE ${zero} ELSE CAST(${a.sql} AS DOUBLE) / CAST(${b.sql} AS DOUBLE) END`);
}

function bitwise(operator: string, left: Typed, right: Typed, at: Place): Typed {
  const int = scalar("INT64");
  if (!canCoerce(left, int) || !canCoerce(right, int)) throw mismatch(operator, left, right, at);
  const [a, b] = [coerce(left, int).sql, coerce(right, int).sql];
  if (operator === "^") return typed("INT64", `xor(${a}, ${b})`);
  if (operator === "<<" || operator === ">>") throw notHere(`the operator ${operator}`);
  return typed("INT64", `(${a} ${operator} ${b})`);
}

export function unary(operator: "-" | "+" | "~" | "NOT", of: Typed, at: Place): Typed {
  if (operator === "NOT") return bool(`(NOT ${demandBool(of, "Operand of NOT", at)})`);
  const number = numbers.find((it) => it === of.type.kind);
  if (!number || (operator === "~" && number !== "INT64")) {
    throw queryError(`No matching signature for operator ${operator} for argument type: ${showType(of.type)}`, at);
  }
  if (operator === "+") return of;
  if (number === "BIGNUMERIC") return typed(number, `(CAST('0' AS BIGNUM) - ${of.sql})`);
  return { sql: `(${operator}${of.sql})`, type: of.type };
}

export function is(of: Typed, what: "NULL" | "TRUE" | "FALSE", not: boolean, at: Place): Typed {
  const sql = what === "NULL" ? of.sql : demandBool(of, "Operand of IS", at);
  return bool(`(${sql} IS ${not ? "NOT " : ""}${what})`);
}

export function distinctFrom(left: Typed, right: Typed, not: boolean, at: Place): Typed {
  const { all } = unified("IS DISTINCT FROM", left, right, at);
  return bool(`(${all[0]!.sql} IS ${not ? "NOT " : ""}DISTINCT FROM ${all[1]!.sql})`);
}

export function like(of: Typed, pattern: Typed, not: boolean, at: Place): Typed {
  const text = scalar("STRING");
  if (!canCoerce(of, text) || !canCoerce(pattern, text)) throw mismatch("LIKE", of, pattern, at);
  // A backslash escapes in BigQuery, and in DuckDB only where one says so.
  return bool(`(${coerce(of, text).sql} ${not ? "NOT " : ""}LIKE ${coerce(pattern, text).sql} ESCAPE '\\')`);
}
