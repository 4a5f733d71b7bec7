import { expect, test } from "vitest";
import type { ComputedColumn, Row } from "../../../src/etl/engine/engine.ts";
import { formatRows, rowsToJson } from "../../../src/etl/record/rows-table.ts";
import { parseType } from "../../../src/spec/type.ts";

const column = (name: string, type: string): ComputedColumn => ({ name, type: parseType(type), engineType: "" });
const columns = [column("name", "STRING"), column("n", "INT64"), column("price", "NUMERIC"), column("at", "TIMESTAMP")];
const rows: Row[] = [
  { name: "kjærlighet", n: 1, price: "2.500000000", at: "2022-01-20 07:30:00+00" },
  { name: "a\tb", n: 9007199254740993n, price: null, at: null },
];

test("rows stand below names and types, numbers to the right, NULL as NULL", () => {
  expect(formatRows({ columns, rows, colour: false }).split("\n")).toEqual([
    "name                       n    price  at",
    "STRING                 INT64  NUMERIC  TIMESTAMP",
    "kjærlighet                 1      2.5  2022-01-20 07:30:00+00",
    "a\\tb        9007199254740993     NULL  NULL",
    "(2 rows)",
  ]);
});

test("a wide text is cut", () => {
  const [, , line] = formatRows({ columns, rows: [{ ...rows[0], name: "x".repeat(100) }], colour: false }).split("\n");
  expect(line).toBe(`${"x".repeat(59)}…      1      2.5  2022-01-20 07:30:00+00`);
});

test("what has no type of ours is shown as the engine writes it", () => {
  const odd: ComputedColumn = { name: "odd", type: undefined, engineType: "INTERVAL" };
  expect(formatRows({ columns: [odd], rows: [{ odd: "1 day" }], colour: false })).toBe("odd\nINTERVAL\n1 day\n(1 row)");
});

test("the first of many rows say so", () => {
  expect(formatRows({ columns, rows, colour: false, rest: "more with --limit" })).toMatch(
    /\n\(the first 2 rows; more with --limit\)$/,
  );
  expect(formatRows({ columns, rows: [], colour: false })).toMatch(/TIMESTAMP\n\(0 rows\)$/);
});

test("sensitive values are shown nowhere, whatever their type", () => {
  const hidden = new Set(["name", "n", "at"]);
  const table = formatRows({ columns, rows, hidden, colour: false });
  const json = rowsToJson({ columns, rows, hidden });
  expect(table.split("\n")[2]).toBe("(sensitive)  (sensitive)      2.5  (sensitive)");
  expect(JSON.parse(json)[1]).toEqual({ name: "(sensitive)", n: "(sensitive)", price: null, at: null });
  expect(table + json).not.toContain("kjærlighet");
});

test("a program gets numbers that JSON can hold as numbers, and others as texts", () => {
  expect(JSON.parse(rowsToJson({ columns, rows }))).toEqual([
    { name: "kjærlighet", n: 1, price: "2.5", at: "2022-01-20 07:30:00+00" },
    { name: "a\tb", n: "9007199254740993", price: null, at: null },
  ]);
});
