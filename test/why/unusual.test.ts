import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/etl/record/run-record.ts";
import { missingBetween } from "../../src/etl/why/gaps.ts";
import { findUnusual, isFar } from "../../src/etl/why/unusual.ts";
import type { Case } from "../../src/etl/why/case.ts";
import { doubledUnseen } from "../../src/etl/why/green.ts";
import { pipelineOf } from "../support/pipeline.ts";

describe("rows are far from what is usual", () => {
  test.each([
    [7, 15, true],
    [8, 15, false],
    [5, 3, false],
    [7, 3, false],
    [9, 4, true],
    [8, 4, false],
    [0, 4, false],
    [0, 5, true],
    [2001, 1000, true],
    [2000, 1000, false],
    [499, 1000, true],
  ])("%i, usually %i: %s", (rows, usual, far) => {
    expect(isFar(rows, usual)).toBe(far);
  });
});

function ran(rows: number, i: number): RunRecord {
  return { run_id: `r${i}`, outputs: [{ name: "t", status: "published", rows }] } as unknown as RunRecord;
}

function unusual(write: string, ...rows: number[]) {
  const more = write === "append" ? "interval: day\n" : "";
  const pipeline = pipelineOf(`name: p\n${more}outputs: { t: { type: bigquery, table: d.t, write: ${write} } }\n`, "");
  const runs = rows.map(ran);
  const found = findUnusual(runs.slice(0, -1), runs.at(-1)!, pipeline);
  return found && [found.outputs[0]!.usual, found.like.run_id, found.since.run_id, found.runs];
}

describe("a run has unusual rows", () => {
  test("where each writes the whole table, beside the middle of those before, and until they are most", () => {
    expect(unusual("replace", 15, 15, 14, 7)).toEqual([15, "r2", "r3", 1]);
    expect(unusual("replace", 15, 15, 14, 7, 7)).toEqual([15, "r2", "r3", 2]);
    expect(unusual("replace", 15, 15, 7, 7, 7, 7)).toBeUndefined();
    expect(unusual("replace", 15, 15, 14, 12)).toBeUndefined();
  });

  test("elsewhere beside each of those before: a Sunday is no other than the last", () => {
    expect(unusual("append", 1000, 1000, 90, 1000, 95)).toBeUndefined();
    expect(unusual("append", 1000, 1000, 990, 95)).toEqual([990, "r2", "r3", 1]);
  });

  test("where there is one before it at least", () => {
    expect(unusual("replace", 15)).toBeUndefined();
  });
});

const daily = (schedule: string) =>
  pipelineOf(`name: p\ninterval: day\nschedule: { cron: ${schedule}, timeZone: Europe/Oslo }\n`, "");

describe("intervals are missing between others", () => {
  test("that are there", () => {
    expect(missingBetween(["2022-03-26", "2022-03-29", "2022-03-24"], daily("30 7 * * *"))).toEqual([
      "2022-03-25",
      "2022-03-27",
      "2022-03-28",
    ]);
    expect(missingBetween(["2022-03-26", "2022-03-27"], daily("30 7 * * *"))).toEqual([]);
    expect(missingBetween([], daily("30 7 * * *"))).toEqual([]);
  });

  test("and not where no scheduled run takes them", () => {
    // Monday's run takes Sunday, and nobody Friday and Saturday.
    expect(missingBetween(["2022-03-17", "2022-03-23"], daily("30 7 * * 1-5"))).toEqual([
      "2022-03-20",
      "2022-03-21",
      "2022-03-22",
    ]);
  });

  test("and not where the next run reads on from a cursor, as backfill would refuse", () => {
    const cursor = "sources: { s: { type: bigquery, table: p.d.a, columns: { c: INT64 }, cursor: { column: c } } }";
    const pipeline = pipelineOf(`name: p\ninterval: day\n${cursor}\n`, "");
    expect(missingBetween(["2022-03-17", "2022-03-23"], pipeline)).toEqual([]);
  });
});

/** Of a run whose source gave twice its rows: what mends it. */
function mendOfDoubled(outputs: Record<string, string>) {
  const spec = { outputs: Object.fromEntries(Object.entries(outputs).map(([name, type]) => [name, { type }])) };
  const good = { run_id: "1", sources: [{ name: "s", rows: 10 }], outputs: [] };
  const published = Object.keys(outputs).map((name) => ({ name, status: "published" }));
  const record = { run_id: "2", sources: [{ name: "s", rows: 20 }], outputs: published };
  const about = { pipeline: { spec }, good, goodRuns: [good], later: [], isFirstGood: false };
  return doubledUnseen(about as unknown as Case, record as unknown as RunRecord)?.mend;
}

test("rows that came twice are taken back from every table; what a file holds, only another run changes", () => {
  const back = { by: "rollback", outputs: ["a", "b"], to: "1" };
  expect(mendOfDoubled({ f: "file", a: "bigquery", b: "bigquery" })).toEqual(back);
  expect(mendOfDoubled({ f: "file" })).toEqual({ by: "run", mayChangeCode: true });
});
