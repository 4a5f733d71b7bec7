import { describe, expect, test } from "vitest";
import { compileChecks } from "../../../src/etl/check/compile.ts";
import type { Check } from "../../../src/etl/check/check.ts";
import { duckdbDialect } from "../../../src/etl/engine/duckdb/dialect.ts";
import { problemsOf } from "../../support/folder.ts";
import { pipelineOf } from "../../support/pipeline.ts";

/** The checks of a model `t` that is declared like this. */
function compile(text: string): Check[] {
  const { spec, where } = pipelineOf(`models:\n  t:\n${text.replaceAll(/^/gm, "    ")}\n`);
  const { columns, checks } = spec.models!["t"]!;
  const types = new Map(Object.entries(columns ?? {}).map(([name, { type }]) => [name, type]));
  return compileChecks({ group: "models", name: "t", types, columns, checks, locate: where }, duckdbDialect);
}

const names = (text: string) => compile(text).map(({ name }) => name);
const conditionOf = (type: string, check: string) =>
  compile(`columns: { x: { type: "${type}", checks: [${check}] } }`)[0]!.offends;

test("checks come as they are declared, those of columns first, each column of not_null on its own", () => {
  expect(
    names(`
checks:
  - unique: [a, b]
  - not_null: [a, b]
  - row_count: { min: 1 }
  - { sql: SELECT 1, name: mine }
  - sql: SELECT 2;
columns:
  b: { type: STRING, checks: [not_null, unique, { matches: x }] }
  a: { type: INT64, checks: [{ range: { min: 1 } }, { accepted_values: [1, 2], name: some }] }`),
  ).toEqual([
    "not_null(b)",
    "unique(b)",
    "matches(b)",
    "range(a)",
    "some",
    "unique(a, b)",
    "not_null(a)",
    "not_null(b)",
    "row_count",
    "mine",
    "sql",
  ]);
});

test("a check knows its place, and how it is to be judged", () => {
  const [first, second] = compile(`
columns: { a: { type: INT64, checks: [unique, { range: { max: 5 }, severity: warn, tolerate: 0.1, where: a > 1 }] } }`);
  expect(first).toMatchObject({ severity: "error", tolerate: 0, where: undefined, columns: ["a"], table: "t" });
  expect(second).toMatchObject({
    severity: "warn",
    tolerate: 0.1,
    where: "a > 1",
    path: ["models", "t", "columns", "a", "checks", 1],
  });
});

describe("values are compared as the column's type", () => {
  test.each([
    ["STRING", '{ accepted_values: [a, "it\'s", 5] }', "\"x\" NOT IN ('a', 'it''s', '5')"],
    ["INT64", "{ accepted_values: [1, 2.5] }", '"x" NOT IN (1, 2.5)'],
    ["INT64", "{ accepted_values: [9007199254740993] }", "\"x\" NOT IN (CAST('9007199254740993' AS BIGINT))"],
    ["NUMERIC", '{ accepted_values: ["1.50"] }', "\"x\" NOT IN (CAST('1.50' AS DECIMAL(38,9)))"],
    ["FLOAT64", "{ accepted_values: [0.1] }", "\"x\" NOT IN (CAST('0.1' AS DOUBLE))"],
    ["BOOL", "{ accepted_values: [true] }", '"x" NOT IN (true)'],
    ["DATE", "{ accepted_values: [2022-01-20] }", "\"x\" NOT IN (CAST('2022-01-20' AS DATE))"],
    ["INT64", "{ range: { min: 1, max: 2 } }", '"x" < 1 OR "x" > 2'],
    ["INT64", "{ range: { min: 0.5 } }", '"x" < 0.5'],
    ["DATE", "{ range: { max: 2022-01-20 } }", "\"x\" > CAST('2022-01-20' AS DATE)"],
    [
      "TIMESTAMP",
      '{ range: { min: "2022-01-20T07:30:00+01:00" } }',
      "\"x\" < CAST('2022-01-20 07:30:00+01:00' AS TIMESTAMP WITH TIME ZONE)",
    ],
  ])("%s: %s", (type, check, condition) => {
    expect(conditionOf(type, check)).toBe(condition);
  });

  test.each([
    ["DATE", "{ accepted_values: [2022-20-01] }", /"2022-20-01" is not a DATE: there is no month 20/],
    ["INT64", "{ range: { min: many } }", /"many" is not an INT64/],
    ["BOOL", "{ accepted_values: [2] }", /2 is not a BOOL/],
    ["ARRAY<STRING>", "{ accepted_values: [a] }", /`accepted_values` cannot compare ARRAY<STRING>/],
    ["BIGNUMERIC", "{ range: { min: 9 } }", /`range` cannot compare BIGNUMERIC/],
    ["BIGNUMERIC", "{ accepted_values: [9] }", /`accepted_values` cannot compare BIGNUMERIC/],
    ["JSON", "{ range: { min: 9 } }", /`range` cannot compare JSON/],
    ["ARRAY<INT64>", "{ range: { max: 9 } }", /`range` cannot compare ARRAY<INT64>/],
  ])("%s: %s is refused before any work, with its place", async (type, check, message) => {
    const found = await problemsOf(() => compile(`columns: { x: { type: "${type}", checks: [${check}] } }`));
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toMatch(message);
    expect(found[0]!.where).toMatchObject({ file: "pipeline.yaml", line: 3 });
    expect(found[0]!.hint).toBeDefined();
  });
});

describe("settings that would do nothing are refused", () => {
  test.each([
    ["{ row_count: { min: 1 }, tolerate: 0.1 }", "`tolerate` does nothing with `row_count`: it has no share of rows"],
    [
      "{ freshness: { column: d, within: 36h }, tolerate: 0.1 }",
      "`tolerate` does nothing with `freshness`: it has no share of rows",
    ],
    ["{ sql: SELECT 1, where: x > 1 }", "`where` does nothing with `sql`"],
  ])("%s", async (check, message) => {
    const found = await problemsOf(() => compile(`checks: [${check}]`));
    expect(found.map((problem) => problem.message)).toEqual([message]);
  });
});

describe("matches is RE2", () => {
  test.each(["^[A-Z]+$", "(?i)^abc$", "(?P<name>a)", "[[:alpha:]]+", "\\\\pL", "a\\\\z", "(?s:a.b)", "æ|ø|å"])(
    "%s is one",
    (pattern) => {
      expect(compile(`columns: { x: { type: STRING, checks: [{ matches: "${pattern}" }] } }`)).toHaveLength(1);
    },
  );

  test.each([
    ["(", "`(` is not a regular expression"],
    ["a{2,1}", "`a{2,1}` is not a regular expression"],
    ["(?=a)b", "`(?=a)b` is not a regular expression of RE2: it knows no look-around"],
    ["(?<!a)b", "`(?<!a)b` is not a regular expression of RE2: it knows no look-around"],
    ["(a)\\\\1", "`(a)\\1` is not a regular expression of RE2: it knows no back references"],
  ])("%s is none", async (pattern, message) => {
    const found = await problemsOf(() =>
      compile(`columns: { x: { type: STRING, checks: [{ matches: "${pattern}" }] } }`),
    );
    expect(found.map((problem) => problem.message).join()).toContain(message);
  });
});
