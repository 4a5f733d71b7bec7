import { afterAll, beforeAll, expect, test } from "vitest";
import { rangeOf } from "../../../src/etl/publish/partition-range.ts";
import type { WritePlan } from "../../../src/etl/publish/statements.ts";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { parseType } from "../../../src/spec/type.ts";
import { openEngine } from "../../support/engine.ts";

let db: Database;

beforeAll(async () => {
  db = await openEngine();
});

afterAll(() => db.close());

interface Asked extends Partial<WritePlan> {
  type: string;
  by: "hour" | "day" | "month" | "year";
  values: string[];
}

async function range({ type, by, values, ...plan }: Asked): Promise<string | undefined> {
  const engineType = { DATE: "DATE", DATETIME: "TIMESTAMP", TIMESTAMP: "TIMESTAMPTZ" }[type]!;
  const rows = values.map((value) => `(CAST('${value}' AS ${engineType}))`);
  await db.run(`CREATE OR REPLACE TABLE rows AS SELECT * FROM (VALUES ${rows.join(", ")}) AS v(x)`);
  const found = await rangeOf({
    plan: {
      mode: "replace_partition",
      columns: [{ name: "x", type: parseType(type) }],
      key: [],
      partition: { column: "x", by },
      interval: undefined,
      forced: false,
      ...plan,
    },
    relation: "rows",
    db,
  });
  return found && `${found.start} .. ${found.end}`;
}

test.each<[Asked, string]>([
  [{ type: "DATE", by: "day", values: ["2022-01-31", "2022-01-20"] }, "2022-01-20 .. 2022-02-01"],
  [{ type: "DATE", by: "month", values: ["2021-12-31"] }, "2021-12-01 .. 2022-01-01"],
  [{ type: "DATE", by: "year", values: ["0001-06-01", "2022-06-01"] }, "0001-01-01 .. 2023-01-01"],
  [
    { type: "DATETIME", by: "hour", values: ["2022-01-20 23:59:59.999999"] },
    "2022-01-20 23:00:00 .. 2022-01-21 00:00:00",
  ],
  // A day in UTC, as BigQuery's partitions are, wherever the clock hangs.
  [
    { type: "TIMESTAMP", by: "day", values: ["2022-01-20 00:30:00+01"] },
    "2022-01-19 00:00:00+00 .. 2022-01-20 00:00:00+00",
  ],
])("of %j", async (asked, expected) => {
  expect(await range(asked)).toBe(expected);
});

const day = { type: "DATE", by: "day", values: ["2022-01-20"] } as const;

test("is asked for where a key says the partition, and not where it says nothing of it", async () => {
  expect(await range({ ...day, mode: "merge", key: ["x"], values: ["2022-01-20"] })).toBe("2022-01-20 .. 2022-01-21");
  expect(await range({ ...day, mode: "merge", key: ["id"], values: ["2022-01-20"] })).toBeUndefined();
  expect(await range({ ...day, mode: "replace", values: ["2022-01-20"] })).toBeUndefined();
});

test("there is none without rows", async () => {
  await db.run("CREATE OR REPLACE TABLE none (x DATE)");
  const plan = {
    mode: "replace_partition",
    columns: [{ name: "x", type: parseType("DATE") }],
    key: [],
    partition: { column: "x", by: "day" },
    interval: undefined,
    forced: false,
  } as const;
  expect(
    await rangeOf({ plan: { ...plan, columns: [...plan.columns], key: [] }, relation: "none", db }),
  ).toBeUndefined();
});
