/** Aggregates and window functions. https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions */
import { notHere } from "../../api-error.ts";
import { duckType, scalar, showType, type SqlType } from "../../value/type.ts";
import { demandBool } from "../operator.ts";
import type { OrderItem, Window } from "../syntax.ts";
import { queryError } from "../token.ts";
import { canCoerce, coerce, typed, type Typed } from "../typed.ts";
import type { FunctionCall, Special } from "./functions.ts";

/** What stands in the parentheses, and behind them. */
function invoke(parts: FunctionCall, name: string, args: string[], orderBy = ""): string {
  const { modifiers } = parts.call;
  const inside = `${modifiers.distinct ? "DISTINCT " : ""}${args.join(", ")}${orderBy}`;
  const nulls = modifiers.nulls === "IGNORE" && modifiers.over ? " IGNORE NULLS" : "";
  return `${name}(${inside}${nulls})${modifiers.over ? ` OVER (${windowSql(parts, modifiers.over)})` : ""}`;
}

function windowSql({ translate }: FunctionCall, { partitionBy, orderBy, frame }: Window): string {
  const parts = [];
  if (partitionBy.length > 0) parts.push(`PARTITION BY ${partitionBy.map((it) => translate(it).sql).join(", ")}`);
  if (orderBy.length > 0) parts.push(`ORDER BY ${orderBy.map((it) => orderSql(it, translate(it.of))).join(", ")}`);
  return [...parts, ...(frame === undefined ? [] : [frame])].join(" ");
}

/** NULL is the smallest of all, and NaN the smallest of numbers. */
export function orderSql({ descending, nulls }: OrderItem, { sql, type }: Typed): string {
  const direction = descending ? "DESC" : "ASC";
  const place = nulls ?? (descending ? "LAST" : "FIRST");
  const key = `${sql} ${direction} NULLS ${place}`;
  if (type.kind !== "FLOAT64") return key;
  return `CASE WHEN isnan(${sql}) THEN 0 WHEN ${sql} IS NOT NULL THEN 1 END ${direction} NULLS ${place}, ${key}`;
}

const only = (parts: FunctionCall): Typed => {
  const [of] = parts.call.args;
  if (!of || parts.call.args.length > 1) throw queryError(`${parts.call.name} takes one argument`, parts.call.at);
  return parts.translate(of);
};

const refuse = ({ call }: FunctionCall, ...types: SqlType[]) =>
  queryError(
    `No matching signature for aggregate function ${call.name} for argument types: ${types.map(showType).join(", ")}`,
    call.at,
  );

const orderBy = ({ call, translate }: FunctionCall) =>
  call.modifiers.orderBy
    ? ` ORDER BY ${call.modifiers.orderBy.map((it) => orderSql(it, translate(it.of))).join(", ")}`
    : "";

function sum(parts: FunctionCall): Typed {
  const of = only(parts);
  const { kind } = of.type;
  if (!/^(INT64|FLOAT64|NUMERIC|BIGNUMERIC)$/.test(kind)) throw refuse(parts, of.type);
  return { sql: `CAST(${invoke(parts, "sum", [of.sql])} AS ${duckType(of.type)})`, type: of.type };
}

function average(parts: FunctionCall): Typed {
  const of = only(parts);
  if (of.type.kind === "INT64" || of.type.kind === "FLOAT64") return typed("FLOAT64", invoke(parts, "avg", [of.sql]));
  if (of.type.kind !== "NUMERIC")
    throw of.type.kind === "BIGNUMERIC" ? notHere("AVG of BIGNUMERIC") : refuse(parts, of.type);
  const count = invoke(parts, "count", [of.sql]);
  return typed(
    "NUMERIC",
    `CASE WHEN ${count} > 0 THEN numeric_divide(${invoke(parts, "sum", [of.sql])}, ${count}) END`,
  );
}

/** Of NaN and numbers BigQuery gives NaN, and DuckDB for MIN a number. */
const extreme =
  (name: "min" | "max"): Special =>
  (parts) => {
    const of = only(parts);
    if (of.type.kind === "ARRAY" || of.type.kind === "STRUCT" || of.type.kind === "JSON") throw refuse(parts, of.type);
    const sql = invoke(parts, name, [of.sql]);
    if (of.type.kind !== "FLOAT64" || name === "max") return { sql, type: of.type };
    return {
      sql: `CASE WHEN ${invoke(parts, "bool_or", [`isnan(${of.sql})`])} THEN 'nan'::DOUBLE ELSE ${sql} END`,
      type: of.type,
    };
  };

const logical =
  (name: string): Special =>
  (parts) =>
    typed("BOOL", invoke(parts, name, [demandBool(only(parts), parts.call.name, parts.call.at)]));

function count(parts: FunctionCall): Typed {
  const [of] = parts.call.args;
  if (of?.kind === "star") return typed("INT64", invoke(parts, "count", ["*"]));
  return typed("INT64", invoke(parts, "count", [only(parts).sql]));
}

/** A NULL in an array is an error once the array leaves the query; here it is one at once. */
function arrayAgg(parts: FunctionCall): Typed {
  const of = parts.translate(parts.call.args[0]!);
  if (of.type.kind === "ARRAY") throw refuse(parts, of.type);
  const ignore = parts.call.modifiers.nulls === "IGNORE";
  if (parts.call.modifiers.over) throw notHere("ARRAY_AGG with OVER");
  const filter = ignore ? ` FILTER (WHERE ${of.sql} IS NOT NULL)` : "";
  const list = `${invoke(parts, "list", [of.sql], orderBy(parts))}${filter}`;
  const limit = parts.call.modifiers.limit && parts.translate(parts.call.modifiers.limit).sql;
  return { sql: limit ? `list_slice(${list}, 1, ${limit})` : list, type: { kind: "ARRAY", element: of.type } };
}

function stringAgg(parts: FunctionCall): Typed {
  const [of, by] = parts.call.args.map(parts.translate);
  if (!of || !canCoerce(of, scalar("STRING"))) throw refuse(parts, ...(of ? [of.type] : []));
  if (parts.call.modifiers.limit) throw notHere("STRING_AGG with LIMIT");
  const separator = by ? coerce(by, scalar("STRING")).sql : "','";
  return typed("STRING", invoke(parts, "string_agg", [coerce(of, scalar("STRING")).sql, separator], orderBy(parts)));
}

const passed =
  (name: string): Special =>
  (parts) => {
    const [of, ...rest] = parts.call.args.map(parts.translate) as [Typed, ...Typed[]];
    return { sql: invoke(parts, name, [of.sql, ...rest.map(({ sql }) => sql)]), type: of.type };
  };

const numbered =
  (name: string): Special =>
  (parts) => {
    if (!parts.call.modifiers.over)
      throw queryError(`Analytic function ${parts.call.name} cannot be called without an OVER clause`, parts.call.at);
    return typed("INT64", invoke(parts, name, []));
  };

const shifted =
  (name: string): Special =>
  (parts) => {
    const [of, by, otherwise] = parts.call.args.map(parts.translate) as [Typed, Typed?, Typed?];
    const rest = [...(by ? [by.sql] : []), ...(otherwise ? [coerce(otherwise, of.type).sql] : [])];
    return { sql: invoke(parts, name, [of.sql, ...rest]), type: of.type };
  };

export const aggregates: Record<string, Special> = {
  COUNT: count,
  COUNTIF: (parts) =>
    typed("INT64", `CAST(${invoke(parts, "count_if", [demandBool(only(parts), "COUNTIF", parts.call.at)])} AS BIGINT)`),
  APPROX_COUNT_DISTINCT: (parts) => typed("INT64", `count(DISTINCT ${only(parts).sql})`),
  SUM: sum,
  AVG: average,
  MIN: extreme("min"),
  MAX: extreme("max"),
  LOGICAL_AND: logical("bool_and"),
  LOGICAL_OR: logical("bool_or"),
  BIT_XOR: (parts) => typed("INT64", invoke(parts, "bit_xor", [coerce(only(parts), scalar("INT64")).sql])),
  ANY_VALUE: passed("any_value"),
  MAX_BY: passed("arg_max"),
  MIN_BY: passed("arg_min"),
  ARRAY_AGG: arrayAgg,
  STRING_AGG: stringAgg,
  ROW_NUMBER: numbered("row_number"),
  RANK: numbered("rank"),
  DENSE_RANK: numbered("dense_rank"),
  FIRST_VALUE: passed("first_value"),
  LAST_VALUE: passed("last_value"),
  LAG: shifted("lag"),
  LEAD: shifted("lead"),
};
