import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

/** The model `t`, of one day, whose rows below `min` are set aside. */
async function write(min: number, more: object = {}): Promise<void> {
  await lab.write(
    `SELECT $interval_start AS dag, n::BIGINT AS n, 'Kari4711' AS navn, 12345678901234.123456789::DECIMAL(38,9) AS sum
     FROM range(5) AS v(n)`,
    { write: "replace_partition", partition: "dag" },
    {
      interval: "day",
      schedule: { cron: "0 7 * * *" },
      quarantine: { table: `${lab.dataset}.aside`, expire: "10d" },
      models: {
        t: {
          columns: {
            dag: "DATE",
            n: { type: "INT64", checks: [{ range: { min }, on_fail: "quarantine" }] },
            navn: "STRING",
            sum: "NUMERIC",
          },
        },
      },
      ...more,
    },
  );
}

const day = { interval: "2022-01-20" };
const kept = () =>
  lab.values(`
    SELECT run_id, table_name, reasons[0].name, reasons[0].kind, TO_JSON_STRING(content) AS content
    FROM DATASET.aside ORDER BY run_id, JSON_VALUE(content, '$.n')`);

test("rows are published beside the outputs, in their transaction, and nobody's values are told", async () => {
  await write(2);
  const { code, text } = await lab.run(day);
  expect(code, text).toBe(0);
  expect(await lab.values("SELECT n FROM DATASET.t ORDER BY n")).toEqual(["2", "3", "4"]);
  const row =
    '2022-01-20 t range(n) range {"dag":"2022-01-20","n":0,"navn":"Kari4711","sum":"12345678901234.123456789"}';
  expect(await kept()).toEqual([row, row.replace('"n":0', '"n":1')]);
  expect(await lab.server.requests({ method: "jobs.insert", target: "_publish_" })).toHaveLength(1);
  expect(text).toMatch(/range\(n\): 2 of 5 rows, set aside/);
  expect(text).not.toMatch(/(?<![\d.a-f])4711(?![\da-f])/);
  const [record] = await lab.values("SELECT TO_JSON_STRING(record) AS record FROM DATASET._nais_etl_runs");
  expect(record).toContain('"status":"quarantined"');
  expect(record).toContain(`"quarantine":{"rows":2,"table":"${lab.dataset}.aside"}`);
  expect(record).not.toMatch(/(?<![\d.a-f])4711(?![\da-f])/);
  expect(text).toContain(`look: SELECT table_name, reasons, content FROM \`${lab.dataset}.aside\``);
});

test("the table expires by partition, and is described", async () => {
  await write(2);
  await lab.run(day);
  expect(await lab.table("aside")).toMatchObject({
    description: expect.stringContaining("set aside"),
    timePartitioning: { type: "DAY", field: "quarantined_at", expirationMs: String(10 * 24 * 3_600_000) },
    clustering: { fields: ["pipeline", "run_id"] },
  });
});

test("a run id's rows stand there once, however often it runs", async () => {
  await write(2);
  await lab.run(day);
  await lab.run({ interval: "2022-01-21" });
  await write(1);
  await lab.run(day);
  expect((await kept()).map((row) => row.slice(0, 10))).toEqual(["2022-01-20", "2022-01-21", "2022-01-21"]);
  await write(0);
  await lab.run(day);
  expect((await kept()).map((row) => row.slice(0, 10))).toEqual(["2022-01-21", "2022-01-21"]);
});

test("a run that sets nothing aside makes no table", async () => {
  await write(0);
  const { code, text } = await lab.run(day);
  expect(code, text).toBe(0);
  expect(await lab.tables()).not.toContain("aside");
});
