import { describe, expect, test } from "vitest";
import { compareRows, diffToJson, type DiffColumn } from "../../../src/etl/data-test/diff.ts";
import { formatDiff, summariseDiff } from "../../../src/etl/data-test/format-diff.ts";
import type { ActualRow, ExpectedRow } from "../../../src/etl/data-test/match-rows.ts";

const columns: DiffColumn[] = [
  { name: "env", type: { kind: "STRING" } },
  { name: "datacenter", type: { kind: "STRING" } },
  { name: "apps", type: { kind: "INT64" } },
];

function diffOf(expected: ExpectedRow[], actual: ActualRow[], ordered = false) {
  const diff = compareRows({ columns, expected, actual, ordered });
  if (!diff) throw new Error("there is no difference");
  return diff;
}

const lines = (expected: ExpectedRow[], actual: ActualRow[], ordered = false) => {
  const diff = diffOf(expected, actual, ordered);
  return [summariseDiff(diff), ...formatDiff({ diff, colour: false })];
};

test("what is as expected has no diff", () => {
  const rows: ActualRow[] = [
    ["dev", "gcp", "1"],
    ["prod", "gcp", "2"],
  ];
  expect(compareRows({ columns, expected: [...rows], actual: rows.toReversed(), ordered: false })).toBeUndefined();
  expect(compareRows({ columns, expected: [...rows], actual: rows, ordered: true })).toBeUndefined();
});

test("a row that agrees in most columns is one row, with the cells that differ marked", () => {
  const expected: ExpectedRow[] = [
    ["dev", "gcp", "1"],
    ["prod", "gcp", "2"],
  ];
  const actual: ActualRow[] = [
    ["prod", "gcp", "2"],
    ["dev", "gcp", "12"],
  ];
  expect(lines(expected, actual)).toEqual([
    "1 row differs",
    "   env  datacenter    apps",
    "~  dev  gcp         1 → 12",
  ]);
});

test("rows that have little in common are missing and unexpected ones", () => {
  const expected: ExpectedRow[] = [
    ["dev", "gcp", "1"],
    ["prod", "on_prem", "3"],
    ["dev", null, "4"],
  ];
  const actual: ActualRow[] = [
    ["dev", "gcp", "2"],
    ["test", "gcp", "7"],
  ];
  expect(lines(expected, actual)).toEqual([
    "1 row differs, 2 rows are missing, 1 row was not expected",
    "   env   datacenter   apps",
    "~  dev   gcp         1 → 2",
    "-  prod  on_prem         3",
    "-  dev   NULL            4",
    "+  test  gcp             7",
  ]);
});

test("the rows most alike are paired, whatever their order", () => {
  const diff = diffOf(
    [
      ["dev", "gcp", "1"],
      ["dev", "on_prem", "2"],
    ],
    [
      ["dev", "on_prem", "3"],
      ["dev", "gcp", "4"],
    ],
  );
  expect(diff.changed.map(({ expected, actual }) => [expected[1], actual[1]])).toEqual([
    ["gcp", "gcp"],
    ["on_prem", "on_prem"],
  ]);
});

test("columns that a row does not name are left empty", () => {
  expect(
    lines(
      [
        ["dev", undefined, "1"],
        [undefined, undefined, "9"],
      ],
      [["dev", "gcp", "2"]],
    ),
  ).toEqual([
    "1 row differs, 1 row is missing",
    "   env  datacenter   apps",
    "~  dev              1 → 2",
    "-                       9",
  ]);
});

test("of long texts the part is shown where they begin to differ", () => {
  const long = "a".repeat(100);
  const [, , line] = lines([[`${long}x${long}`, "gcp", "1"]], [[`${long}y${long}`, "gcp", "1"]]);
  expect(line).toBe("~  …aaaaaaaaaaxaaaaaaaaaaaaaaa… → …aaaaaaaaaayaaaaaaaaaaaaaaa…  gcp            1");
});

describe("where the order counts", () => {
  const rows: ActualRow[] = [
    ["a", "gcp", "1"],
    ["b", "gcp", "2"],
    ["c", "gcp", "3"],
  ];

  test("rows in another order are shown with the place that each should have", () => {
    expect(lines([...rows], [rows[1]!, rows[0]!, rows[2]!], true)).toEqual([
      "the rows are as expected, but not in this order",
      "is  should be  env  datacenter  apps",
      " 1          2  b    gcp            2",
      " 2          1  a    gcp            1",
      " 3          3  c    gcp            3",
    ]);
  });

  test("rows that are wrong are shown before any order", () => {
    expect(lines([...rows], [rows[1]!, rows[0]!], true)[0]).toBe("1 row is missing");
  });
});

test("twenty rows are shown, and how many more there are", () => {
  const many = Array.from({ length: 1200 }, (_, i): ActualRow => [`${i}`, null, null]);
  const shown = lines([], many);
  expect(shown[0]).toBe("1,200 rows were not expected");
  expect(shown).toHaveLength(23);
  expect(shown.at(-1)).toBe("… and 1,180 more");
});

test("colours are put on when asked for", () => {
  const diff = diffOf(
    [
      ["dev", "gcp", "1"],
      ["x", "y", "0"],
    ],
    [["dev", "gcp", "2"]],
  );
  const coloured = formatDiff({ diff, colour: true }).join("\n");
  expect(coloured).toContain("\u001B[33m1 → 2\u001B[39m");
  expect(coloured).toContain("\u001B[31m-\u001B[39m");
  expect(formatDiff({ diff, colour: false }).join("\n")).not.toContain("\u001B");
});

test("a program gets rows by column", () => {
  const diff = diffOf(
    [
      ["dev", undefined, "1"],
      ["x", "y", "0"],
    ],
    [
      ["dev", "gcp", "2"],
      ["p", "q", null],
    ],
  );
  expect(diffToJson(diff)).toEqual({
    columns: ["env", "datacenter", "apps"],
    changed: [
      { expected: { env: "dev", apps: "1" }, actual: { env: "dev", datacenter: "gcp", apps: "2" }, columns: ["apps"] },
    ],
    missing: [{ env: "x", datacenter: "y", apps: "0" }],
    unexpected: [{ env: "p", datacenter: "q", apps: null }],
  });
});
