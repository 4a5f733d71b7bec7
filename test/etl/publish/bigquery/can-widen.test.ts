import { expect, test } from "vitest";
import { canWiden } from "../../../../src/etl/publish/bigquery/can-widen.ts";
import { parseType } from "../../../../src/spec/type.ts";

test.each([
  ["INT64", "NUMERIC"],
  ["INT64", "BIGNUMERIC"],
  ["INT64", "FLOAT64"],
  ["NUMERIC", "BIGNUMERIC"],
  ["NUMERIC(5, 2)", "FLOAT64"],
  ["NUMERIC(5, 2)", "NUMERIC(7, 4)"],
  ["NUMERIC(5, 2)", "NUMERIC"],
  ["STRING(10)", "STRING(20)"],
  ["STRING(10)", "STRING"],
  ["ARRAY<INT64>", "ARRAY<NUMERIC>"],
  ["STRUCT<a INT64, b STRING>", "STRUCT<a NUMERIC, b STRING>"],
])("BigQuery can turn %s into %s, and not back", (from, to) => {
  expect(canWiden(parseType(from), parseType(to))).toBe(true);
  expect(canWiden(parseType(to), parseType(from))).toBe(false);
});

test.each([
  ["INT64", "STRING"],
  ["FLOAT64", "NUMERIC"],
  ["DATE", "TIMESTAMP"],
  ["NUMERIC(5, 2)", "NUMERIC(6, 4)"],
  ["INT64", "ARRAY<INT64>"],
  ["STRUCT<a INT64>", "STRUCT<a INT64, b INT64>"],
  ["STRUCT<a INT64, b INT64>", "STRUCT<b INT64, a INT64>"],
])("BigQuery cannot turn %s into %s", (from, to) => {
  expect(canWiden(parseType(from), parseType(to))).toBe(false);
});
