import { describe, expect, test } from "vitest";
import { matchRows, type ActualRow, type ExpectedRow } from "../../../src/etl/data-test/match-rows.ts";
import type { Type } from "../../../src/spec/type.ts";

const text: Type = { kind: "STRING" };
const float: Type = { kind: "FLOAT64" };
const any = undefined;

const match = (types: Type[], expected: ExpectedRow[], actual: ActualRow[]) => matchRows({ types, expected, actual });

test("rows find each other in any order", () => {
  const matched = match(
    [text, text],
    [
      ["a", "1"],
      ["b", "2"],
    ],
    [
      ["b", "2"],
      ["a", "1"],
    ],
  );
  expect(matched).toEqual({ places: [1, 0], missing: [], unexpected: [] });
});

test("how often a row comes counts", () => {
  expect(match([text], [["a"], ["a"]], [["a"]])).toEqual({ places: [0, undefined], missing: [1], unexpected: [] });
  expect(match([text], [["a"]], [["a"], ["a"]])).toEqual({ places: [0], missing: [], unexpected: [1] });
});

test("NULL is a value like others: it equals NULL, and not the empty text", () => {
  expect(match([text], [[null]], [[null]]).missing).toEqual([]);
  expect(match([text], [[null]], [[""]]).missing).toEqual([0]);
});

test("a column that a row does not name fits anything", () => {
  expect(match([text, text], [["a", any]], [["a", "whatever"]]).missing).toEqual([]);
});

describe("where a row fits several others", () => {
  test("the one that fits less is given its place", () => {
    // The first row fits both, and takes the place that the second one needs.
    const rows: ActualRow[] = [
      ["a", "1"],
      ["a", "2"],
    ];
    expect(
      match(
        [text, text],
        [
          ["a", any],
          ["a", "1"],
        ],
        rows,
      ),
    ).toEqual({ places: [1, 0], missing: [], unexpected: [] });
  });

  test("a chain of rows moves over", () => {
    const expected: ExpectedRow[] = [
      ["a", any, any],
      ["a", "1", any],
      ["a", "1", "x"],
    ];
    const actual: ActualRow[] = [
      ["a", "1", "x"],
      ["a", "1", "y"],
      ["a", "2", "z"],
    ];
    expect(match([text, text, text], expected, actual).missing).toEqual([]);
  });

  test("numbers that are near are paired so that all find one", () => {
    // 1 fits both; 1 - 0.9e-9 fits the first only, which 1 would take.
    const expected: ExpectedRow[] = [[1], [1 - 0.9e-9]];
    const actual: ActualRow[] = [[1 - 0.5e-9], [1 + 0.9e-9]];
    expect(match([float], expected, actual)).toEqual({ places: [1, 0], missing: [], unexpected: [] });
  });
});

test("many equal rows are matched without comparing each with each", () => {
  const rows = Array.from({ length: 20_000 }, (): ActualRow => ["a", 1.5]);
  let compared = 0;
  const counted = rows.map((row) => new Proxy(row, { get: (target, key) => (compared++, Reflect.get(target, key)) }));
  const { missing, unexpected } = match([text, float], [...rows], counted);
  expect([missing, unexpected]).toEqual([[], []]);
  expect(compared).toBeLessThan(rows.length * 20);
});
