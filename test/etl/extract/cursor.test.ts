import { describe, expect, test } from "vitest";
import { newRows } from "../../../src/etl/extract/cursor.ts";
import { cursorProblems } from "../../../src/etl/extract/cursor-problems.ts";
import type { Graph } from "../../../src/etl/transform/graph.ts";
import { parseType } from "../../../src/spec/type.ts";
import { pipelineOf } from "../../support/pipeline.ts";

const where = () => ({ file: "pipeline.yaml" });
const condition = (mark: string, type: string, lag?: string) =>
  newRows({ cursor: { column: "c", ...(lag && { lag }) }, mark, where })?.condition(parseType(type));

describe("which rows are new", () => {
  test("all, before anything was published, and without a cursor", () => {
    expect(newRows({ cursor: { column: "c" }, mark: undefined, where })).toBeUndefined();
    expect(newRows({ cursor: undefined, mark: "1", where })).toBeUndefined();
  });

  test("those behind the mark", () => {
    expect(condition("41", "INT64")).toBe("`c` > 41");
    expect(condition("2022-01-20", "DATE")).toBe("`c` > DATE '2022-01-20'");
    expect(condition("2022-01-20 07:00:00.123456+00", "TIMESTAMP")).toBe(
      "`c` > TIMESTAMP '2022-01-20 07:00:00.123456+00'",
    );
  });

  test("with a lag, those of some time before it again, to the microsecond", () => {
    expect(condition("2022-01-20 07:00:00.123456+00", "TIMESTAMP", "2h")).toBe(
      "`c` >= TIMESTAMP '2022-01-20T05:00:00.123456+00'",
    );
    expect(condition("2022-01-20 00:00:01", "DATETIME", "1d")).toBe("`c` >= DATETIME '2022-01-19T00:00:01'");
    expect(condition("2022-03-01", "DATE", "36h")).toBe("`c` >= DATE '2022-02-27'");
  });

  test("a lag goes back in time only", () => {
    expect(() => condition("41", "INT64", "2h")).toThrow("a `lag` goes back in time, and the cursor's column is INT64");
  });
});

test("who reads new rows alone may not replace old ones", () => {
  const pipeline = pipelineOf(
    `
sources:
  a: { type: bigquery, table: p.d.a, columns: { c: INT64 }, cursor: { column: c, lag: 2h } }
  b: { type: bigquery, table: p.d.b, columns: { x: INT64 }, cursor: { column: c } }
outputs:
  m: { type: bigquery, table: d.m }
  n: { type: bigquery, table: d.n, model: m, write: append }
  o: { type: bigquery, table: d.o, model: m, write: merge, key: c }
  b: { type: bigquery, table: d.b, write: append }
`,
    "prod-gcp",
  );
  const graph = {
    models: [
      { name: "s", reads: ["a"] },
      { name: "m", reads: ["s"] },
    ],
  } as Graph;
  expect(cursorProblems(pipeline, graph).map(({ message }) => message)).toEqual([
    "`outputs.m` would replace its rows with the new rows of `a` alone, which has a cursor",
    "`outputs.n` would append rows again that the lag of `a` reads again",
    "the cursor of `sources.b` names `c`, which is not a column here",
  ]);
});
