import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makePlan } from "../../../src/commands/plan.ts";
import { planText } from "../../../src/commands/plan-text.ts";
import { planMarkdown } from "../../../src/commands/plan-markdown.ts";
import { realContext } from "../context.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

const usual = {
  egress: ["bigquery.example.com"],
  schedule: { cron: "30 7 * * *", timeZone: "Europe/Oslo" },
  budget: { run: "5 GB" },
};

function sources(query: object) {
  return { rows: { type: "bigquery", columns: { id: "INT64", town: "STRING" }, sample: "rows.csv", ...query } };
}

async function prepare(model: string, query: object = { table: `${lab.dataset}.v` }, more: object = {}): Promise<void> {
  await lab.folder.write("rows.csv", "id,town\n1,Tromsø4711\n2,\n");
  await lab.server.sql(`CREATE OR REPLACE TABLE ${lab.dataset}.rows AS SELECT 1 AS id, 'Tromsø4711' AS town;
    CREATE OR REPLACE VIEW ${lab.dataset}.v AS SELECT * FROM ${lab.dataset}.rows`);
  await lab.write(model, {}, { ...usual, sources: sources(query), ...more });
}

function plan() {
  const { path: folder } = lab.folder;
  return makePlan(
    { target: "prod" },
    realContext({ folder, tmpdir: folder, env: { ...lab.env, PATH: process.env["PATH"]! } }),
  );
}

test("before the first run: new tables, and what a run and a month will be billed", async () => {
  await prepare("FROM rows");
  const found = await plan();
  expect(found.problems).toEqual([]);
  expect(found).toMatchObject({
    offline: false,
    schema: [{ output: "t", change: "new", compared_with: "destination", needs_allow_schema_change: false }],
    queries: [{ name: "rows", bytes: expect.any(Number) as number, budget: 5_000_000_000 }],
    month: { past_runs: 0, next_runs: 30 },
  });
  const bytes = found.queries[0]!.bytes!;
  expect(bytes).toBeGreaterThan(0);
  expect(found.month!.next_bytes).toBe(30 * bytes);
});

test("a small query is billed 10 MB for each table it refers to; the plan says so, and the run's record the same", async () => {
  await prepare("FROM rows", { query: `SELECT id, town FROM ${lab.dataset}.rows JOIN ${lab.dataset}.more USING (id)` });
  await lab.server.sql(`CREATE OR REPLACE TABLE ${lab.dataset}.more AS SELECT 1 AS id`);
  const found = await plan();
  expect(found.queries).toMatchObject([{ name: "rows", bytes: 20 * 1024 * 1024 }]);
  expect((await lab.run()).code).toBe(0);
  expect((await plan()).month).toMatchObject({ past_runs: 1, past_bytes: 20 * 1024 * 1024 });
  // Pods of one Job are one run, and a rollback is none; each is billed what it has read.
  for (const pod of ["aaaaa", "bbbbb"])
    expect((await lab.run({}, { env: { NAIS_POD_NAME: `lab-one-${pod}` } })).code).toBe(0);
  const runs = `${lab.dataset}._nais_etl_runs`;
  const record = `REPLACE(TO_JSON_STRING(record), '"version":1', '"version":1,"rollback":{"to":"1","outputs":[]}')`;
  await lab.server.sql(`INSERT INTO ${runs} SELECT * REPLACE (PARSE_JSON(${record}) AS record) FROM ${runs}`);
  expect((await plan()).month).toMatchObject({ past_runs: 2, past_bytes: 80 * 1024 * 1024 });
});

test("a query that processes nothing is billed nothing", async () => {
  await prepare("FROM rows", { query: "SELECT 1 AS id, 'a' AS town" });
  expect((await plan()).queries).toMatchObject([{ name: "rows", bytes: 0 }]);
});

test("after a run: columns that are added, and those that need leave; what was billed, and how many rows came", async () => {
  await prepare("FROM rows");
  expect((await lab.run()).code).toBe(0);
  await prepare("SELECT CAST(id AS DOUBLE) AS id, 1 AS n FROM rows");
  await lab.server.clearRequests();
  const found = await plan();
  expect(found.schema).toMatchObject([
    {
      change: "changed",
      added: [{ name: "n", type: "INT64" }],
      removed: [{ name: "town", type: "STRING" }],
      retyped: [{ name: "id", was: "INT64", type: "FLOAT64" }],
      needs_allow_schema_change: true,
      rows: 1,
    },
  ]);
  expect(found.month).toMatchObject({ past_runs: 1 });
  expect(planText(found, (_style, text) => text)).toContain("run it once with --allow-schema-change");
  expect(planMarkdown(found)).not.toContain("4711");
  expect(planMarkdown(found)).toContain("run it once with `--allow-schema-change` |");
  // A dry run is no change.
  const writes = (await lab.writes()).filter(({ body }) => !JSON.stringify(body ?? "").includes("dryRun"));
  expect(writes).toEqual([]);
});

test("columns that BigQuery cannot change so, and partitions that stay as they are, are told before any run", async () => {
  await prepare("FROM rows");
  await lab.server.sql(`CREATE TABLE ${lab.dataset}.t (id FLOAT64, town STRING, dato DATE) PARTITION BY dato`);
  const outputs = {
    t: { type: "bigquery", table: `${lab.dataset}.t`, partition: { column: "dato", by: "month" }, cluster: ["town"] },
  };
  await prepare("SELECT id, town, DATE '2022-01-20' AS dato FROM rows", undefined, { outputs });
  const found = await plan();
  expect(found.schema).toMatchObject([
    { retyped: [{ name: "id" }], impossible: true, needs_allow_schema_change: false },
  ]);
  expect(found.problems).toMatchObject([
    {
      severity: "error",
      message: expect.stringContaining("BigQuery cannot turn `id` from FLOAT64 into INT64") as string,
      where: { file: "pipeline.yaml" },
    },
    {
      severity: "warning",
      message: expect.stringContaining(
        ".t is partitioned by day of `dato`, and not by month of `dato`: it stays so",
      ) as string,
    },
    {
      severity: "warning",
      message: expect.stringContaining(".t is not clustered: the next run sets town") as string,
    },
  ]);
  const text = planText(found, (_style, shown) => shown);
  expect(text).toContain("id FLOAT64 → INT64; BigQuery cannot change it so");
  expect(text).not.toContain("run it once with");
});

test("a column that the source lost, and a budget that is too small, are told before any run", async () => {
  await prepare("FROM rows", { table: `${lab.dataset}.v` }, { budget: { run: "1 B" } });
  expect((await plan()).problems).toMatchObject([{ message: expect.stringContaining("its budget is 1 B") as string }]);
  await lab.server.sql(`CREATE OR REPLACE VIEW ${lab.dataset}.v AS SELECT id FROM ${lab.dataset}.rows`);
  expect((await plan()).problems).toMatchObject([{ message: expect.stringContaining("town") as string }]);
});
