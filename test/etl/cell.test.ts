import { describe, expect, test } from "vitest";
import { equalCells, showCell, toCell, type Cell } from "../../src/etl/cell.ts";
import { parseType } from "../../src/spec/type.ts";

const typeOf = (one: Cell) => parseType(typeof one === "number" ? "FLOAT64" : "STRING");
const cell = (value: unknown, type: string) => toCell(value, parseType(type));

describe("the same value is the same cell, however it is written", () => {
  test.each([
    ["INT64", 7, "7"],
    ["INT64", 9007199254740993n, "9007199254740993"],
    ["NUMERIC", "3.500000000", "+3.5"],
    ["NUMERIC", "-0.000000000", "0"],
    ["NUMERIC", "007", "7"],
    ["NUMERIC", ".5", "0.50"],
    ["BIGNUMERIC", "12345678901234567890123456789012345678.500", "12345678901234567890123456789012345678.5"],
    ["FLOAT64", 1000, "1e3"],
    ["FLOAT64", Number.NaN, "nan"],
    ["FLOAT64", Number.NEGATIVE_INFINITY, "-Infinity"],
    ["FLOAT64", Number.POSITIVE_INFINITY, "inf"],
    ["BOOL", true, "true"],
    ["TIME", "07:30:00", "07:30"],
    ["TIME", "07:30:00.12", "07:30:00.120"],
    ["DATETIME", "2022-01-20 07:30:00", "2022-01-20 07:30"],
    ["DATETIME", "2022-01-20 00:00:00", "2022-01-20"],
    ["TIMESTAMP", "2022-01-20 07:30:00+00", "2022-01-20 08:30+01"],
    ["TIMESTAMP", "2022-01-19 23:30:00.123456+00", "2022-01-20 01:00:00.123456+01:30"],
    ["TIMESTAMP", "2022-01-20 00:00:00+00", "2022-01-20+00"],
    ["TIMESTAMP", "infinity", "infinity"],
    ["JSON", '{"a":1,"b":[true,null]}', '{ "b": [true, null], "a": 1 }'],
    ["ARRAY<NUMERIC>", ["1.500000000", null], '["1.5",null]'],
    ["STRUCT<a INT64, at TIME>", { a: 1, at: "07:30:00" }, '{"at":"07:30","a":"1"}'],
  ])("%s: %s and %s", (type, engine, written) => {
    expect(cell(engine, type)).toEqual(cell(written, type));
  });

  test("whole numbers in JSON keep all their digits", () => {
    expect(cell('{"n":9007199254740993}', "JSON")).not.toEqual(cell('{"n":9007199254740992}', "JSON"));
    expect(cell("[1.5]", "JSON")).toBe("[1.5]");
  });

  test("NULL is NULL in any type", () => {
    expect([cell(null, "STRING"), cell(undefined, "FLOAT64"), cell(null, "ARRAY<STRING>")]).toEqual([null, null, null]);
  });
});

describe("cells are equal", () => {
  const pairs: [Cell, Cell, boolean][] = [
    [null, null, true],
    [null, "", false],
    ["a", "a", true],
    ["1", 1, false],
    [0.1 + 0.2, 0.3, true],
    [1e-9, 0, true],
    [1.1e-9, 0, false],
    [1e12, 1e12 + 900, true],
    [1e12, 1e12 + 1100, false],
    [Number.NaN, Number.NaN, true],
    [Number.NaN, 0, false],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false],
    [Number.POSITIVE_INFINITY, 1, false],
    [[1, 2], [1, 2 + 1e-10], true],
    [[1, 2], [1], false],
    [[], null, false],
    [{ a: 0.3, b: "x" }, { a: 0.1 + 0.2, b: "x" }, true],
    [{ a: 0.3, b: "x" }, { a: 0.3, b: "y" }, false],
    [{ a: null }, null, false],
  ];

  test.each(pairs)("%j and %j: %s", (a, b, equal) => {
    expect(equalCells(a, b)).toBe(equal);
    expect(equalCells(b, a)).toBe(equal);
  });
});

test("a cell is shown in one line, and a text that looks like nothing in quotes", () => {
  const cells: Cell[] = [null, "", "NULL", " a", "a b", "a\nb", 0.5, Number.NaN];
  expect(cells.map((one) => showCell(one, typeOf(one)))).toEqual([
    "NULL",
    "''",
    "'NULL'",
    "' a'",
    "a b",
    "a\\nb",
    "0.5",
    "NaN",
  ]);
});

test.each([
  ["ARRAY<INT64>", [1, 9007199254740993n], "[1, 9007199254740993]"],
  ["ARRAY<NUMERIC>", ["1.500000000", null], "[1.5, NULL]"],
  ["ARRAY<FLOAT64>", [0.5, Number.NaN], "[0.5, NaN]"],
  ["ARRAY<STRING>", ["a", "1", 'x, "y"\n'], '["a", "1", "x, \\"y\\"\\n"]'],
  ["ARRAY<STRUCT<n INT64, day DATE>>", [{ n: 1, day: "2022-01-20" }], '[{n: 1, day: "2022-01-20"}]'],
  ["STRUCT<j JSON, ok BOOL, l ARRAY<INT64>>", { j: '{"a":1}', ok: true, l: [] }, '{j: {"a":1}, ok: true, l: []}'],
])("%s is shown with numbers as numbers", (type, value, shown) => {
  expect(showCell(cell(value, type), parseType(type))).toBe(shown);
});
