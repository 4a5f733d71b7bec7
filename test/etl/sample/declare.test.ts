import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { declare } from "../../../src/etl/sample/declare.ts";
import { parseType } from "../../../src/spec/type.ts";

const columns = [
  { name: "dato", type: parseType("DATE") },
  { name: "items", type: parseType("ARRAY<STRUCT<n INT64>>") },
];

describe("lines are added behind the source, and nothing else changes", () => {
  const before = `name: x   # why
sources:
  a:
    type: bigquery
    table: d.a   # a comment

  # the second
  b: { type: file, path: b.csv }
`;

  test("in the middle of a file", () => {
    expect(declare(before, { source: "a", sample: "data/a.csv", columns })).toBe(`name: x   # why
sources:
  a:
    type: bigquery
    table: d.a   # a comment
    sample: data/a.csv
    columns:
      dato: DATE
      items: "ARRAY<STRUCT<n INT64>>"

  # the second
  b: { type: file, path: b.csv }
`);
  });

  test("at its end, with and without a last line end, and behind a text of several lines", () => {
    for (const end of ["", "\n"]) {
      const text = `sources:\n  a:\n    type: bigquery\n    query: |\n      SELECT 1\n      FROM t${end}`;
      const after = declare(text, { source: "a", sample: "data/a.csv", columns: undefined })!;
      expect(parse(after)).toEqual({
        sources: {
          a: { type: "bigquery", query: `SELECT 1\nFROM t${end || "\n"}`.replace(/\n?$/, "\n"), sample: "data/a.csv" },
        },
      });
    }
  });
});

test("a source on one line, or one that is not there, is left to its author", () => {
  expect(
    declare("sources:\n  a: { type: bigquery, table: d.a }\n", { source: "a", sample: "x.csv", columns }),
  ).toBeUndefined();
  expect(declare("name: x\n", { source: "a", sample: "x.csv", columns })).toBeUndefined();
});
