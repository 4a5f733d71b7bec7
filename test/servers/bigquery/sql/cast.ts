/** CAST and SAFE_CAST. https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions */
import { notHere } from "../api-error.ts";
import { duckType, quoteText, sameType, showType, type ScalarKind, type SqlType } from "../value/type.ts";
import type { Place } from "./syntax.ts";
import { queryError } from "./token.ts";
import { canCoerce, coerce, type Typed } from "./typed.ts";

/** How a value of one type becomes one of another; `safe` gives NULL instead of an error. */
type Conversion = (value: string, safe: boolean) => string;

export function cast(of: Typed, to: SqlType, { safe, at }: { safe: boolean; at: Place }): Typed {
  if (of.untyped || sameType(of.type, to)) return coerce(of, to);
  // All digits of a literal count, and not only those that a double holds.
  if (of.text !== undefined && of.type.kind === "FLOAT64" && canCoerce(of, to)) return coerce(of, to);
  const conversion = conversions[`${of.type.kind} ${to.kind}`];
  if (conversion) return { sql: conversion(of.sql, safe), type: to };
  if (canCoerce({ ...of, text: undefined }, to)) return coerce(of, to);
  if (knownCasts.has(`${of.type.kind} ${to.kind}`))
    throw notHere(`a cast from ${showType(of.type)} to ${showType(to)}`);
  throw queryError(`Invalid cast from ${showType(of.type)} to ${showType(to)}`, at);
}

/** Those that BigQuery has and this server has not. */
const knownCasts = new Set(["FLOAT64 BIGNUMERIC", "BIGNUMERIC INT64", "ARRAY ARRAY", "STRUCT STRUCT"]);

/** DuckDB reads more texts than BigQuery does, so each type has its pattern. */
const patterns: Partial<Record<ScalarKind, string>> = {
  INT64: String.raw`\s*[+-]?\d+\s*`,
  FLOAT64: String.raw`(?i)\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)\s*`,
  NUMERIC: String.raw`\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*`,
  BOOL: "(?i)true|false",
  DATE: String.raw`\d{4}-\d{1,2}-\d{1,2}`,
  TIME: String.raw`\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,6})?`,
  DATETIME: String.raw`\d{4}-\d{1,2}-\d{1,2}([ Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,6})?)?`,
  TIMESTAMP: String.raw`(?i)\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,6})?)?( ?(Z|UTC|[+-]\d{1,2}(:\d{2})?))?`,
};

function fromText(kind: ScalarKind, complaint: string): Conversion {
  const target = duckType({ kind });
  return (value, safe) => {
    const tried = `TRY_CAST(${value} AS ${target})`;
    const good = `regexp_full_match(${value}, ${quoteText(patterns[kind]!)}) AND ${tried} IS NOT NULL`;
    const bad = safe ? "NULL" : `error(${quoteText(`${complaint}: `)} || ${value})`;
    return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${good} THEN ${tried} ELSE ${bad} END`;
  };
}

/** A conversion that may overflow. */
function ranged(kind: ScalarKind, expression: (value: string) => string): Conversion {
  const target = duckType({ kind });
  return (value, safe) => `${safe ? "TRY_CAST" : "CAST"}(${expression(value)} AS ${target})`;
}

const plain = (write: (value: string) => string): Conversion => write;

const trimmedDecimal = (value: string) =>
  `regexp_replace(regexp_replace(CAST(${value} AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '')`;

/** No fraction, three digits, or six. */
const textOfTime = (value: string, format: string) =>
  `regexp_replace(regexp_replace(strftime(${value}, '${format}.%f'), '\\.000000$', ''), '(\\.\\d{3})000$', '\\1')`;

const asUtc = (value: string) => `timezone('UTC', ${value})`;
const timestampText = (value: string) => `${textOfTime(asUtc(value), "%Y-%m-%d %H:%M:%S")} || '+00'`;

const floatText = (value: string) =>
  `CASE WHEN isnan(${value}) THEN 'nan' WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'inf' ELSE '-inf' END
    ELSE regexp_replace(CAST(${value} AS VARCHAR), '\\.0$', '') END`;

const conversions: Record<string, Conversion> = {
  "STRING INT64": fromText("INT64", "Bad int64 value"),
  "STRING FLOAT64": fromText("FLOAT64", "Bad double value"),
  "STRING NUMERIC": fromText("NUMERIC", "Invalid NUMERIC value"),
  "STRING BIGNUMERIC": (value, safe) => `bignumeric_${safe ? "try" : "parse"}(${value})`,
  "STRING BOOL": fromText("BOOL", "Bad bool value"),
  "STRING DATE": fromText("DATE", "Invalid date"),
  "STRING TIME": fromText("TIME", "Invalid time string"),
  "STRING DATETIME": fromText("DATETIME", "Invalid datetime string"),
  "STRING TIMESTAMP": fromText("TIMESTAMP", "Invalid timestamp"),
  "STRING BYTES": plain((value) => `encode(${value})`),
  "BYTES STRING": (value, safe) => (safe ? `TRY(decode(${value}))` : `decode(${value})`),
  "INT64 STRING": plain((value) => `CAST(${value} AS VARCHAR)`),
  "FLOAT64 STRING": plain(floatText),
  "NUMERIC STRING": plain(trimmedDecimal),
  "BIGNUMERIC STRING": plain((value) => `bignumeric_text(${value})`),
  "BOOL STRING": plain((value) => `CAST(${value} AS VARCHAR)`),
  "DATE STRING": plain((value) => `strftime(${value}, '%Y-%m-%d')`),
  "TIME STRING": plain((value) => textOfTime(`(DATE '2000-01-01' + ${value})`, "%H:%M:%S")),
  "DATETIME STRING": plain((value) => textOfTime(value, "%Y-%m-%d %H:%M:%S")),
  "TIMESTAMP STRING": plain(timestampText),
  "BOOL INT64": plain((value) => `CAST(${value} AS BIGINT)`),
  "INT64 BOOL": plain((value) => `(${value} <> 0)`),
  "FLOAT64 INT64": ranged("INT64", (value) => `round(${value})`),
  "FLOAT64 NUMERIC": ranged("NUMERIC", (value) => value),
  "NUMERIC INT64": ranged("INT64", (value) => `round(${value}, 0)`),
  "BIGNUMERIC NUMERIC": ranged("NUMERIC", (value) => `bignumeric_text(bignumeric_round(${value}, 9))`),
  "DATE TIMESTAMP": plain((value) => asUtc(`CAST(${value} AS TIMESTAMP)`)),
  "DATETIME DATE": plain((value) => `CAST(${value} AS DATE)`),
  "DATETIME TIME": plain((value) => `CAST(${value} AS TIME)`),
  "DATETIME TIMESTAMP": plain(asUtc),
  "TIMESTAMP DATE": plain((value) => `CAST(${asUtc(value)} AS DATE)`),
  "TIMESTAMP TIME": plain((value) => `CAST(${asUtc(value)} AS TIME)`),
  "TIMESTAMP DATETIME": plain(asUtc),
};
