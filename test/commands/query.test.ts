import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { query } from "../../src/commands/query.ts";
import { openDuckdb, type Database } from "../../src/etl/engine/duckdb/duckdb.ts";
import { EtlError } from "../../src/util/error.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": "name: apps\n", ".nais-etl/runs/none": "", "secret.csv": "a\n1\n" });
});
afterEach(() => folder.remove());

/** The warehouse as another process would write it. */
async function openWarehouse(): Promise<Database> {
  return openDuckdb({
    file: join(folder.path, ".nais-etl/warehouse.duckdb"),
    limits: { memory: 128 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 },
    temporaryFolder: join(folder.path, "spill"),
  });
}

async function makeWarehouse(): Promise<void> {
  const db = await openWarehouse();
  await db.run("CREATE SCHEMA d");
  await db.run("CREATE TABLE d.per_env AS SELECT * FROM (VALUES ('dev', 2), ('prod', 3)) AS t(env, n)");
  await db.run("CREATE TABLE _nais_etl_runs (pipeline VARCHAR)");
  await db.run("CREATE TABLE _nais_etl_publishes (pipeline VARCHAR)");
  db.close();
}

const ask = (sql: string, json = false) => query({ sql, json }, folder.context);
const problemOf = async (sql: string) => (await problemsOf(() => ask(sql)))[0];

test("a query's rows are shown with their types", async () => {
  await makeWarehouse();
  await ask("FROM d.per_env ORDER BY n DESC; -- the largest first");
  expect(folder.printed[0]!.split("\n")).toEqual([
    "env         n",
    "STRING  INT64",
    "prod        3",
    "dev         2",
    "(2 rows)",
  ]);
});

test("a program gets them as JSON, however many there are", async () => {
  await makeWarehouse();
  await ask("SELECT env FROM d.per_env ORDER BY env", true);
  await ask("FROM range(1001)", true);
  expect(folder.printed.map((text) => (JSON.parse(text) as unknown[]).length)).toEqual([2, 1001]);
  expect(JSON.parse(folder.printed[0]!)).toEqual([{ env: "dev" }, { env: "prod" }]);
});

test("lists, structs and JSON are what they are, for a program and for a person", async () => {
  await makeWarehouse();
  const sql = `SELECT [1, 2] AS l, {'a': 1.5::DECIMAL(38,9), 'b': ['x', NULL]} AS s, '{"a":[1]}'::JSON AS j,
    12.5::DECIMAL(38,9) AS n, 'nan'::DOUBLE AS f, MAP {'k': [1]} AS m, [9007199254740993] AS big`;
  await ask(sql, true);
  await ask(sql);
  const m = [{ key: "k", value: [1] }];
  const expected = { l: [1, 2], s: { a: "1.5", b: ["x", null] }, j: { a: [1] }, n: "12.5", f: "NaN", m };
  expect(JSON.parse(folder.printed[0]!)).toEqual([{ ...expected, big: ["9007199254740993"] }]);
  expect(folder.printed[1]!.split("\n")[2]!.split(/ {2,}/)).toEqual([
    "[1, 2]",
    '{a: 1.5, b: ["x", NULL]}',
    '{"a":[1]}',
    "12.5",
    "NaN",
    '[{"key":"k","value":[1]}]',
    "[9007199254740993]",
  ]);
});

test("a person gets the first thousand", async () => {
  await makeWarehouse();
  await ask("FROM range(1001) ORDER BY 1 DESC");
  const lines = folder.printed[0]!.split("\n");
  expect([lines.length, lines[2], lines.at(-1)]).toEqual([1003, " 1000", "(the first 1,000 rows; all with --json)"]);
});

test.each([
  "DESCRIBE d.per_env",
  "SUMMARIZE d.per_env",
  "SHOW ALL TABLES",
  "EXPLAIN FROM d.per_env",
  "WITH x AS (SELECT 1) FROM x",
  "VALUES (1)",
  "(SELECT 1)",
])("`%s` reads only, too", async (sql) => {
  await makeWarehouse();
  await ask(sql);
  expect(folder.printed).toHaveLength(1);
});

describe("nothing but the warehouse is read, and nothing is changed", () => {
  test.each([
    ["DROP TABLE d.per_env", "`DROP` does not begin a query"],
    ["COPY d.per_env TO 'out.csv'", "`COPY` does not begin a query"],
    ["SET memory_limit = '1GB'", "`SET` does not begin a query"],
    ["  -- nothing", "there is no query"],
    ["SELECT 1; DROP TABLE d.per_env", "these are several statements"],
    ["FROM read_csv('secret.csv')", "`query` reads the warehouse and nothing else"],
    ["FROM 'secret.csv'", expect.stringMatching(/nothing else|no table/)],
    ["EXPLAIN ANALYZE INSERT INTO d.per_env VALUES ('x', 1)", "`query` only reads"],
  ])("%s", async (sql, message) => {
    await makeWarehouse();
    expect(await problemOf(sql)).toMatchObject({ message, hint: expect.any(String) });
    expect(folder.printed).toEqual([]);
    await ask("SELECT count(*) AS n FROM d.per_env", true);
    expect(JSON.parse(folder.printed[0]!)).toEqual([{ n: 2 }]);
  });
});

describe("what is not there is told with what is", () => {
  const tables = "Tables: d.per_env, _nais_etl_runs.";

  test.each([
    ["SELECT n FROM d.per_env WHERE n >", "syntax error at end of input"],
    ["SELECT n FROM d.per_env)", 'syntax error at or near ")"'],
  ])("%s: an error is one of the query as it is written", async (sql, message) => {
    await makeWarehouse();
    expect(await problemOf(sql)).toMatchObject({ message, hint: "Queries are written in DuckDB's SQL." });
  });

  test.each([
    ["FROM per_env", "there is no table `per_env` in the local warehouse", `Did you mean \`d.per_env\`?\n${tables}`],
    ["FROM d.per_en", "there is no table `per_en` in the local warehouse", `Did you mean \`d.per_env\`?\n${tables}`],
    ["FROM x.completely_other", "there is no table `x.completely_other` in the local warehouse", tables],
    ["FROM `d.per_env`", "backticks are GoogleSQL", "Write d.per_env without them."],
  ])("%s", async (sql, message, hint) => {
    await makeWarehouse();
    expect(await problemOf(sql)).toMatchObject({ message, hint });
  });

  test("a column", async () => {
    await makeWarehouse();
    expect(await problemOf("SELECT enf FROM d.per_env")).toMatchObject({
      message: expect.stringContaining('"enf" not found'),
      hint: "Did you mean `env`?",
    });
  });

  test("a warehouse that no run has made yet", async () => {
    expect(await problemOf("SELECT 1")).toMatchObject({
      message: "[warehouse] there is no .nais-etl/warehouse.duckdb yet",
      hint: "Make it with `nais-etl run`.",
    });
  });
});

test("while another process has the warehouse open, it is told who", async () => {
  await makeWarehouse();
  const file = join(folder.path, ".nais-etl/warehouse.duckdb");
  const hold = `const { DuckDBInstance } = await import("@duckdb/node-api");
    await (await DuckDBInstance.create(${JSON.stringify(file)})).connect(); console.log("open"); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", hold], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(holder.stdout, "data");
    await expect(ask("FROM d.per_env")).rejects.toMatchObject({
      code: "locked",
      message: `[warehouse] .nais-etl/warehouse.duckdb is in use by process ${holder.pid}`,
    });
  } finally {
    holder.kill("SIGKILL");
  }
});

test("a stop ends a query at once", async () => {
  await makeWarehouse();
  const stopping = new AbortController();
  const context = { ...folder.context, signal: stopping.signal };
  setTimeout(() => stopping.abort(new EtlError({ code: "interrupted", message: "stopped" })), 300);
  const endless = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r";
  await expect(query({ sql: endless }, context)).rejects.toMatchObject({ message: "stopped" });
});

test("of a table that is not in the local warehouse it is said where those of BigQuery are asked", async () => {
  await makeWarehouse();
  const outputs = "outputs: { per_env: { type: bigquery, table: d.per_env } }\n";
  await folder.write("pipeline.yaml", `name: apps\n${outputs}`);
  expect(await problemOf("SELECT count(*) FROM tickets")).toMatchObject({
    message: "there is no table `tickets` in the local warehouse",
    hint: expect.stringMatching(/asks the local warehouse only.*`bq query/),
  });
});
