import { expect, test } from "vitest";
import { googlesqlDialect as dialect } from "../../../../src/etl/engine/bigquery/dialect.ts";
import { canonicalText } from "../../../../src/spec/literal.ts";
import { parseType } from "../../../../src/spec/type.ts";

// That GoogleSQL takes these is shown by test/e2e/googlesql.test.ts, with Google's own analyzer.

function literal(value: unknown, typeText: string): string {
  const type = parseType(typeText);
  const result = canonicalText(value, type);
  if ("problem" in result) throw new Error(result.problem);
  return dialect.literal(result.text, type);
}

test.each([
  ["-9223372036854775808", "INT64", "-9223372036854775808"],
  ["it's\n`æøå`\\", "STRING", "'it\\'s\\n`æøå`\\\\'"],
  ["1.5", "NUMERIC(10, 2)", "NUMERIC '1.5'"],
  ["12345678901234567890123456789012345678.5", "BIGNUMERIC", "BIGNUMERIC '12345678901234567890123456789012345678.5'"],
  ["nan", "FLOAT64", "CAST('nan' AS FLOAT64)"],
  [true, "BOOL", "true"],
  ["YQ==", "BYTES", "FROM_BASE64('YQ==')"],
  [{ b: 1 }, "JSON", `PARSE_JSON('{"b":1}', wide_number_mode => 'round')`],
  ["2022-01-20", "DATE", "DATE '2022-01-20'"],
  ["07:30", "TIME", "TIME '07:30:00'"],
  ["2022-01-20", "DATETIME", "DATETIME '2022-01-20'"],
  ["2022-01-20T07:30", "DATETIME", "DATETIME '2022-01-20 07:30:00'"],
  ["2022-01-20T07:30:00.000001", "DATETIME", "DATETIME '2022-01-20 07:30:00.000001'"],
  ["2022-01-20T07:30+0100", "TIMESTAMP", "TIMESTAMP '2022-01-20 07:30:00+01:00'"],
  ["2022-01-20", "TIMESTAMP", "TIMESTAMP '2022-01-20+00'"],
  [null, "ARRAY<STRING(3)>", "CAST(NULL AS ARRAY<STRING>)"],
  [["1", "-2"], "ARRAY<INT64>", "ARRAY<INT64>[1, -2]"],
  [
    [{ n: "1", tags: ["a"] }],
    "ARRAY<STRUCT<n INT64, tags ARRAY<STRING>>>",
    "ARRAY<STRUCT<`n` INT64, `tags` ARRAY<STRING>>>[STRUCT<`n` INT64, `tags` ARRAY<STRING>>(1, ARRAY<STRING>['a'])]",
  ],
])("%j as a literal of type %s", (value, type, expected) => {
  expect(literal(value, type)).toBe(expected);
});

test("a name in backticks cannot end itself", () => {
  expect(dialect.quoteIdentifier("a`; DROP TABLE t; --\u0000")).toBe("`a\\`; DROP TABLE t; --\\u0000`");
});

test("a partition is found by the function of its column's type", () => {
  expect(dialect.truncate("`at`", "hour", { kind: "TIMESTAMP" })).toBe("TIMESTAMP_TRUNC(`at`, HOUR)");
  expect(dialect.truncate("`dato`", "month", { kind: "DATE" })).toBe("DATE_TRUNC(`dato`, MONTH)");
});
