/** https://cloud.google.com/bigquery/docs/reference/standard-sql/mathematical_functions */
import type { Write } from "./signature.ts";

const zero = (a: string, b: string) => `WHEN ${b} = 0 THEN error('division by zero: ' || CAST(${a} AS VARCHAR))`;

/** A double that becomes NaN or infinite where its arguments were not is an error in BigQuery. */
const same =
  (name: string): Write =>
  (x) =>
    `${name}(${x})`;
const asNumeric =
  (name: string): Write =>
  (x) =>
    `CAST(${name}(${x}) AS DECIMAL(38,9))`;

export const mathFunctions: Record<string, Write> = {
  "ABS(INT64) INT64": same("abs"),
  "ABS(NUMERIC) NUMERIC": same("abs"),
  "ABS(FLOAT64) FLOAT64": same("abs"),
  "SIGN(INT64) INT64": (x) => `CAST(sign(${x}) AS BIGINT)`,
  "SIGN(FLOAT64) FLOAT64": (x) => `CAST(sign(${x}) AS DOUBLE)`,
  "IS_NAN(FLOAT64) BOOL": same("isnan"),
  "IS_INF(FLOAT64) BOOL": same("isinf"),
  "ROUND(NUMERIC, INT64?) NUMERIC": (x, n = "0") => `CAST(round(${x}, CAST(${n} AS INTEGER)) AS DECIMAL(38,9))`,
  "ROUND(FLOAT64, INT64?) FLOAT64": (x, n = "0") => `round(${x}, CAST(${n} AS INTEGER))`,
  "TRUNC(NUMERIC) NUMERIC": asNumeric("trunc"),
  "TRUNC(FLOAT64) FLOAT64": same("trunc"),
  "FLOOR(NUMERIC) NUMERIC": asNumeric("floor"),
  "FLOOR(FLOAT64) FLOAT64": same("floor"),
  "CEIL(NUMERIC) NUMERIC": asNumeric("ceil"),
  "CEIL(FLOAT64) FLOAT64": same("ceil"),
  "SQRT(FLOAT64) FLOAT64": same("sqrt"),
  "EXP(FLOAT64) FLOAT64": same("exp"),
  "LN(FLOAT64) FLOAT64": same("ln"),
  "LOG10(FLOAT64) FLOAT64": same("log10"),
  "POW(FLOAT64, FLOAT64) FLOAT64": (x, y) => `pow(${x}, ${y})`,
  "POWER(FLOAT64, FLOAT64) FLOAT64": (x, y) => `pow(${x}, ${y})`,
  "MOD(INT64, INT64) INT64": (a, b) => `CASE ${zero(a, b)} ELSE ${a} % ${b} END`,
  "MOD(NUMERIC, NUMERIC) NUMERIC": (a, b) => `CASE ${zero(a, b)} ELSE CAST(${a} % ${b} AS DECIMAL(38,9)) END`,
  "DIV(INT64, INT64) INT64": (a, b) => `CASE ${zero(a, b)} ELSE CAST(${a} // ${b} AS BIGINT) END`,
  "SAFE_DIVIDE(FLOAT64, FLOAT64) FLOAT64": (a, b) => `CASE WHEN ${b} <> 0 THEN ${a} / ${b} END`,
  "SAFE_DIVIDE(NUMERIC, NUMERIC) NUMERIC": (a, b) => `CASE WHEN ${b} <> 0 THEN numeric_divide(${a}, ${b}) END`,
  "BIT_COUNT(INT64) INT64": (x) => `CAST(bit_count(${x}) AS BIGINT)`,
  "RAND() FLOAT64": () => "random()",
};
