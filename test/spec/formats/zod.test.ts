import { describe, expect, test } from "vitest";
import { rowSchema } from "../../../src/spec/formats/zod.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

const messages = (type: string, value: unknown) =>
  rowSchema(tableWith(`x: ${type}`))
    .safeParse({ x: value })
    .error?.issues.map((issue) => issue.message);

test("a whole row is one, and is given back as it came", () => {
  const row = {
    text: "a",
    short: "b",
    bytes: new Uint8Array([0, 255]),
    few_bytes: new Uint8Array(4),
    whole: -9223372036854775808n,
    float: -Infinity,
    numeric: "12345678901234567890.123456789",
    money: "12.34",
    big: "1".repeat(39),
    flag: false,
    day: "2022-01-20",
    wall: "2022-01-20T07:30:00",
    clock: "07:30",
    instant: "2022-01-20T07:30:00Z",
    json: { a: [1] },
    tags: ["x"],
    place: { by: "Oslo", "post nr": 150n },
    "sanger øl": [{ tittel: "Ø", takter: [{ slag: 4n }] }],
  };
  expect(rowSchema(tableOf(everyType)).parse(row)).toEqual(row);
});

test("what may be NULL may be null or left out; what may not, not", () => {
  const { error } = rowSchema(tableOf(everyType)).safeParse({ text: "a", whole: null });
  expect(error?.issues.map((issue) => issue.path)).toEqual([["short"]]);
});

describe("a value", () => {
  test.each<[string, unknown]>([
    ["INT64", 1],
    ["FLOAT64", Number.NaN],
    ["STRING(2)", "æø"],
    ["STRING(1)", "🎵"],
    ["JSON", 5],
    ["ARRAY<INT64>", []],
  ])("of %s may be %s", (type, value) => {
    expect(messages(type, value)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["INT64", 1.5],
    ["INT64", 2 ** 53],
    ["INT64", 2n ** 63n],
    ["INT64", "1"],
    ["FLOAT64", "1.5"],
    ["NUMERIC", 1.5],
    ["NUMERIC", "1.0000000001"],
    ["NUMERIC(3)", "1234"],
    ["BIGNUMERIC", "one"],
    ["BOOL", "true"],
    ["DATE", "2022-02-30"],
    ["DATE", new Date(0)],
    ["TIMESTAMP", "2022-01-20T25:00:00Z"],
    ["TIME", "24:00"],
    ["STRING(2)", "abc"],
    ["BYTES", "AP8="],
    ["BYTES(1)", new Uint8Array(2)],
    ["ARRAY<INT64>", 5],
  ])("of %s may not be %s, and its message does not show it", (type, value) => {
    expect(messages(type, value)).toEqual([`is not of type ${type}`]);
  });

  test("in an ARRAY may not be null, and its place is told", () => {
    const { error } = rowSchema(tableWith("x: ARRAY<DATE>")).safeParse({ x: ["2022-01-20", null] });
    expect(error?.issues).toMatchObject([{ path: ["x", 1], message: "is not of type DATE" }]);
  });

  test("in a STRUCT may be null, and unknown fields may not be there", () => {
    const row = rowSchema(tableWith("x: 'STRUCT<a INT64, b DATE>'"));
    expect(row.safeParse({ x: { a: null } }).success).toBe(true);
    expect(row.safeParse({ x: { c: 1n } }).success).toBe(false);
  });
});
