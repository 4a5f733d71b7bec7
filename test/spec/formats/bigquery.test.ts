import { describe, expect, test } from "vitest";
import { bigquerySchema, typeOfBigquery } from "../../../src/spec/formats/bigquery.ts";
import { formatType, parseType } from "../../../src/spec/type.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

const field = (column: string) => bigquerySchema(tableWith(column))[0];

describe("a field of the REST API", () => {
  test.each([
    ["x: STRING", { name: "x", type: "STRING", mode: "NULLABLE" }],
    ["x: INT64", { name: "x", type: "INTEGER", mode: "NULLABLE" }],
    ["x: FLOAT64", { name: "x", type: "FLOAT", mode: "NULLABLE" }],
    ["x: BOOL", { name: "x", type: "BOOLEAN", mode: "NULLABLE" }],
    ["x: { type: DATE, checks: [not_null] }", { name: "x", type: "DATE", mode: "REQUIRED" }],
    ["x: ARRAY<INT64>", { name: "x", type: "INTEGER", mode: "REPEATED" }],
    ["x: { type: ARRAY<DATE>, checks: [not_null] }", { name: "x", type: "DATE", mode: "REPEATED" }],
    ["x: STRING(10)", { name: "x", type: "STRING", mode: "NULLABLE", maxLength: "10" }],
    ["x: 'NUMERIC(12, 2)'", { name: "x", type: "NUMERIC", mode: "NULLABLE", precision: "12", scale: "2" }],
    ["x: { type: DATE, description: Day }", { name: "x", description: "Day", type: "DATE", mode: "NULLABLE" }],
    [
      "x: 'ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>'",
      {
        name: "x",
        type: "RECORD",
        mode: "REPEATED",
        fields: [
          { name: "a", type: "INTEGER", mode: "NULLABLE" },
          { name: "b", type: "STRING", mode: "REPEATED" },
        ],
      },
    ],
  ])("%s", (column, expected) => {
    expect(field(column)).toEqual(expected);
  });
});

describe("what BigQuery answers with", () => {
  const { columns } = tableOf(everyType);
  test.each(columns.map(({ name, type }) => [formatType(type), name]))("%s comes back as it went", (text, name) => {
    const sent = bigquerySchema(tableOf(everyType)).find((it) => it.name === name)!;
    expect(formatType(typeOfBigquery(sent)!)).toBe(text);
  });

  test("may have GoogleSQL's names, and no mode", () => {
    expect(typeOfBigquery({ type: "INT64" })).toEqual(parseType("INT64"));
    expect(typeOfBigquery({ type: "STRUCT", fields: [{ name: "a", type: "BOOL", mode: "NULLABLE" }] })).toEqual(
      parseType("STRUCT<a BOOL>"),
    );
  });

  test.each(["GEOGRAPHY", "INTERVAL", "RANGE"])("%s is no type here, at any depth", (type) => {
    expect(typeOfBigquery({ type })).toBeUndefined();
    expect(typeOfBigquery({ type, mode: "REPEATED" })).toBeUndefined();
    expect(typeOfBigquery({ type: "RECORD", fields: [{ name: "a", type, mode: "NULLABLE" }] })).toBeUndefined();
  });
});

test("a description that is too long is refused by its column's name", () => {
  const column = `x: { type: DATE, description: ${"x".repeat(1025)} }`;
  expect(() => field(column)).toThrow("the description of `a.x` has 1025 characters: BigQuery takes 1024");
});
