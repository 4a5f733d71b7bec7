import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { duckdbTable } from "../../../src/spec/formats/duckdb.ts";
import { rowJsonSchema } from "../../../src/spec/formats/json-schema.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

const schema = rowJsonSchema(tableOf(everyType));
const validator = z.fromJSONSchema(schema);

/** Whether a value may stand in a column. */
function takes(column: string, value: unknown): boolean {
  const json = rowJsonSchema(tableWith(`x: ${column}`));
  return z.fromJSONSchema(json).safeParse({ x: value }).success;
}

test("every type has its place", async () => {
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot("../../golden/formats/row.schema.json");
});

test("a row that DuckDB writes as JSON is one", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(duckdbTable(tableOf(everyType)));
  await connection.run(`INSERT INTO d.everything VALUES ('a', 'b', NULL, NULL, -9007199254740991, 1.5e300, 1.5, 12.34, '123.456',
    true, '2022-01-20', '2022-01-20 07:30:00.123456', '07:30:00', '2022-01-20 07:30:00.5+01', '{"a": [1]}', ['x', 'y'],
    {'by': 'Oslo', 'post nr': 150}, [{'tittel': 'Ø', 'takter': [{'slag': 4}]}])`);
  await connection.run("INSERT INTO d.everything (text, short) VALUES ('a', 'c')");
  const rows = (
    await connection.runAndReadAll("SELECT to_json(t)::VARCHAR AS row FROM d.everything AS t")
  ).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();

  expect(rows).toHaveLength(2);
  for (const { row } of rows) expect(validator.safeParse(JSON.parse(row as string)).error).toBeUndefined();
});

describe("a value", () => {
  test.each<[string, unknown]>([
    ["INT64", 5],
    ["INT64", "9223372036854775807"],
    ["NUMERIC", "12345678901234567890.123456789"],
    ["NUMERIC", 1.5],
    ["DATE", "2022-01-20"],
    ["DATETIME", "2022-01-20T07:30:00"],
    ["TIMESTAMP", "2022-01-20T07:30:00.123456Z"],
    ["TIMESTAMP", "2022-01-20 07:30:00+01:00"],
    ["TIME", "07:30:00.5"],
    ["BYTES", "AP8="],
    ["STRING(2)", "æø"],
    ["JSON", [1, { a: 2 }]],
    ["JSON", null],
    ["STRING", null],
    ["ARRAY<STRING>", []],
    ["'STRUCT<a INT64, b DATE>'", { a: 1, b: null }],
  ])("of %s may be %j", (type, value) => {
    expect(takes(type, value)).toBe(true);
  });

  test.each<[string, unknown]>([
    ["INT64", 1.5],
    ["INT64", "1.5"],
    ["NUMERIC", "1,5"],
    ["DATE", "20.01.2022"],
    ["DATETIME", "2022-01-20"],
    ["TIMESTAMP", "yesterday"],
    ["TIME", "7:30"],
    ["BYTES", "ÿ"],
    ["STRING", 5],
    ["STRING(2)", "abc"],
    ["BOOL", "true"],
    ["ARRAY<STRING>", ["a", null]],
    ["ARRAY<STRING>", "a"],
    ["'STRUCT<a INT64>'", { a: 1, b: 2 }],
    ["'STRUCT<a INT64>'", {}],
    ["{ type: STRING, checks: [not_null] }", null],
  ])("of %s may not be %j", (type, value) => {
    expect(takes(type, value)).toBe(false);
  });

  test("is there for each column, and for no other", () => {
    const one = z.fromJSONSchema(rowJsonSchema(tableWith("x: INT64")));
    expect(one.safeParse({}).success).toBe(false);
    expect(one.safeParse({ x: 1, y: 2 }).success).toBe(false);
  });
});
