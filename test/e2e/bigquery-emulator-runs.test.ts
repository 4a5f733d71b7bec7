/** Whole runs against bqemulator: a BigQuery that is not of our making reads what we load and runs what we publish. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backfill } from "../../src/commands/backfill.ts";
import { rollback } from "../../src/commands/rollback.ts";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import { EtlError } from "../../src/util/error.ts";
import { query, type World } from "../contract/bigquery/world.ts";
import { realContext } from "../run/context.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";
import { connectBigQuery } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { startEmulator, type Emulator } from "./support/bqemulator.ts";

let emulator: Emulator;
let missing: string | undefined;
let folder: Folder;
let world: World;
let made = 0;

beforeAll(async () => {
  const started = await startEmulator();
  if ("missing" in started) return void (missing = started.missing);
  emulator = started;
  folder = await makeFolder();
  await mkdir(join(folder.path, "tmp"));
}, 15 * 60_000);
afterAll(async () => {
  await emulator?.stop();
  await folder?.remove();
});

beforeEach(async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const bigquery = connectBigQuery(emulator as unknown as BigQueryServer);
  world = { ...emulator, bigquery, dataset: `runs${made++}`, location: "US", folder: folder.path } as unknown as World;
  await bigquery.createDataset(world.dataset, { location: "US" });
});

interface Trial {
  sql: string;
  output?: object;
  more?: object;
  options?: RunCommandOptions;
}

/** Runs a pipeline whose model `t` is the query. @returns its exit code and all that it said */
async function pipeline({ sql, output = {}, more = {}, options = {} }: Trial): Promise<string> {
  const bigquery = {
    project: emulator.project,
    location: "US",
    api_endpoint: emulator.endpoint,
    storage_endpoint: `http://127.0.0.1:${emulator.storagePort}`,
  };
  const outputs = { t: { type: "bigquery", table: `${world.dataset}.t`, ...output } };
  await folder.write("models/t.sql", sql);
  await folder.write("pipeline.yaml", stringify({ name: "lab", team: "nais-analyse", bigquery, outputs, ...more }));
  const lines: string[] = [];
  const context = realContext({
    folder: folder.path,
    tmpdir: join(folder.path, "tmp"),
    write: (line) => void lines.push(line),
  });
  try {
    return `${await run({ target: "prod", ...options }, context)} ${lines.join("")}`;
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return `${error.exitCode} ${lines.join("")}${JSON.stringify(error.problems)}`;
  }
}

async function publish(trial: Trial): Promise<void> {
  expect(await pipeline(trial)).toMatch(/^0 /);
}

const rows = (columns = "*") => query(world, `SELECT ${columns} FROM $d.t ORDER BY 1, 2`);
const sql = (navn: string) => `SELECT $interval_start AS dato, '${navn}' AS navn`;
const day = { interval: "day", schedule: { cron: "0 7 * * *" } };
const on = (interval: string) => ({ options: { interval } });

const everyType = {
  heltall: "INT64",
  flyt: "FLOAT64",
  tall: "NUMERIC",
  sant: "BOOL",
  dato: "DATE",
  tid: "DATETIME",
  klokke: "TIME",
  stempel: "TIMESTAMP",
  liste: "ARRAY<STRING>",
  poster: "ARRAY<STRUCT<a STRING, n INT64>>",
};

const everyValue = `
  SELECT 9223372036854775807::BIGINT AS heltall, 0.1::DOUBLE AS flyt, 1.5::DECIMAL(38, 9) AS tall, true AS sant,
    DATE '2022-01-20' AS dato, TIMESTAMP '2022-01-20 07:00:00.123456' AS tid, TIME '07:00:00.5' AS klokke,
    TIMESTAMPTZ '2022-01-20 07:00:00.123456+00' AS stempel, ['b', 'a'] AS liste, [{'a': 'x', 'n': 1}] AS poster`;

/** As the REST API writes it. */
const everyText = [
  "9223372036854775807",
  "0.1",
  "1.500000000",
  "true",
  "2022-01-20",
  "2022-01-20T07:00:00.123456",
  "07:00:00.500000",
  "1642662000123456",
  '[{"v":"b"},{"v":"a"}]',
  '[{"v":{"f":[{"v":"x"},{"v":"1"}]}}]',
];

/** The cells of the only row, as they come. */
async function cells(): Promise<string[]> {
  const { endpoint, project } = emulator;
  const body = JSON.stringify({ query: `SELECT * FROM ${world.dataset}.t`, useLegacySql: false });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${endpoint}/bigquery/v2/projects/${project}/queries`, {
    method: "POST",
    headers,
    body,
  });
  const answer = (await response.json()) as { rows: [{ f: { v: unknown }[] }] };
  return answer.rows[0].f.map(({ v }) => (typeof v === "string" ? v : JSON.stringify(v)));
}

describe("outputs:", () => {
  test("replace puts new rows in place of the old ones, and leaves no staging table", async () => {
    await publish({ sql: "SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'" });
    await publish({ sql: "SELECT 3 AS id, 'æøå ''\"\\' AS navn" });
    expect(await rows()).toEqual([{ id: 3, navn: "æøå '\"\\" }]);
    const [tables] = await world.bigquery.dataset(world.dataset).getTables();
    expect(tables.map(({ id }) => id!).filter((id) => !id.startsWith("_nais_etl_"))).toEqual(["t"]);
  });

  test("append publishes an interval once, and again in its place by force", async () => {
    const output = { write: "append", partition: "dato" };
    await publish({ sql: sql("a"), output, more: day, ...on("2022-01-20") });
    await publish({ sql: sql("b"), output, more: day, ...on("2022-01-20") });
    await publish({ sql: sql("b"), output, more: day, ...on("2022-01-21") });
    expect(await rows()).toEqual([
      { dato: "2022-01-20", navn: "a" },
      { dato: "2022-01-21", navn: "b" },
    ]);
    await publish({ sql: sql("c"), output, more: day, options: { interval: "2022-01-20", force: true } });
    expect(await rows()).toEqual([
      { dato: "2022-01-20", navn: "c" },
      { dato: "2022-01-21", navn: "b" },
    ]);
  });

  test("merge updates by key and inserts the rest", async () => {
    const output = { write: "merge", key: "id" };
    await publish({ sql: "SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'", output });
    await publish({ sql: "SELECT 2 AS id, 'c' AS navn UNION ALL SELECT 3, NULL", output });
    expect(await rows()).toEqual([
      { id: 1, navn: "a" },
      { id: 2, navn: "c" },
      { id: 3, navn: null },
    ]);
  });

  test("replace_partition replaces the rows of its interval, and of months those that the data holds", async () => {
    const output = { write: "replace_partition", partition: "dato" };
    await publish({ sql: sql("a"), output, more: day, ...on("2022-01-20") });
    await publish({ sql: sql("a"), output, more: day, ...on("2022-01-21") });
    await publish({ sql: sql("b"), output, more: day, ...on("2022-01-20") });
    expect(await rows()).toEqual([
      { dato: "2022-01-20", navn: "b" },
      { dato: "2022-01-21", navn: "a" },
    ]);
    const months = { write: "replace_partition", partition: { column: "dato", by: "month" } };
    await publish({ sql: "SELECT DATE '2022-01-31' AS dato, 'c' AS navn", output: months });
    expect(await rows()).toEqual([{ dato: "2022-01-31", navn: "c" }]);
  });

  // BIGNUMERIC it cannot hold; BYTES of NDJSON it takes for text.
  test.each([
    { by: "Parquet", more: "", columns: {}, texts: [] },
    {
      by: "NDJSON",
      more: `, '{"b":[1,null]}'::JSON AS json, 'null'::JSON AS ingen`,
      columns: { json: "JSON", ingen: "JSON" },
      texts: ['{"b":[1,null]}', "null"],
    },
  ])("values of all types that it holds itself, by $by", async ({ more, columns, texts }) => {
    const models = { t: { columns: { ...everyType, ...columns } } };
    await publish({ sql: `${everyValue}${more}`, more: { models } });
    expect(await cells()).toEqual([...everyText, ...texts]);
  });

  test("data that fails a check leaves the old rows", async () => {
    await publish({ sql: "SELECT 1 AS id, 'a' AS navn" });
    const more = {
      models: { t: { columns: { id: { type: "INT64", checks: ["not_null"] }, navn: { type: "STRING" } } } },
    };
    expect(await pipeline({ sql: "SELECT NULL::BIGINT AS id, 'b' AS navn", more })).toMatch(/^3 /);
    expect(await rows()).toEqual([{ id: 1, navn: "a" }]);
  });
});

test("a backfill runs the days that are missing", async () => {
  const output = { write: "append", partition: "dato" };
  await publish({ sql: sql("a"), output, more: day, ...on("2022-01-19") });
  const context = realContext({ folder: folder.path, tmpdir: join(folder.path, "tmp") });
  expect(await backfill({ from: "2022-01-18", to: "2022-01-20", target: "prod" }, context)).toBe(0);
  const days = ["2022-01-18", "2022-01-19", "2022-01-20"];
  expect(await rows("dato, navn")).toEqual(days.map((dato) => ({ dato, navn: "a" })));
});

const back = async (to: string) => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder: folder.path, tmpdir: join(folder.path, "tmp"), write });
  const code = await rollback({ outputs: ["t"], to, target: "prod", yes: true }, context);
  return `${code} ${lines.join("")}`;
};

const snapshots = async () => {
  const [tables] = await world.bigquery.dataset(world.dataset).getTables();
  return tables.filter(({ id, metadata }) => {
    return id!.startsWith("_nais_etl_keep_") && (metadata as { type: string }).type === "SNAPSHOT";
  });
};

describe("a rollback", () => {
  const output = { write: "append", partition: "dato" };
  const days = ["2022-01-18", "2022-01-19", "2022-01-20"];
  const loadAgain = async (output: object) => {
    for (const label of days) await publish({ sql: sql("b"), output, more: day, ...on(label) });
    return (await rows("dato, navn")).map(({ navn }) => navn);
  };

  // It remembers tables as single statements have left them, not scripts: so each publish is followed by one that changes nothing.
  test("by time travel brings back how a run left the table, with its records", async () => {
    for (const label of days) {
      await publish({ sql: sql("a"), output, more: day, ...on(label) });
      await query(world, "UPDATE $d.t SET navn = navn WHERE TRUE");
      await query(world, "UPDATE $d._nais_etl_publishes SET output = output WHERE TRUE");
    }
    expect(await back("2022-01-19")).toMatch(/^0 [^]*time travel to/);
    expect(await rows("dato, navn")).toEqual(days.slice(0, 2).map((dato) => ({ dato, navn: "a" })));
    expect(await loadAgain(output)).toEqual(["a", "a", "b"]);
  });

  // A snapshot's end it forgets (a patch of `expirationTime` is answered, and not kept); what is too old is deleted there, as here.
  test("from a snapshot of `keep` brings back how a run left the table, and can be taken back itself", async () => {
    const keeping = { ...output, keep: 2 };
    for (const label of days) await publish({ sql: sql("a"), output: keeping, more: day, ...on(label) });
    const before = await rows("dato, navn");
    expect(await snapshots()).toHaveLength(2);
    expect(await back("2022-01-18")).toMatch(/^0 [^]*the kept snapshot/);
    expect(await rows("dato, navn")).toEqual([{ dato: "2022-01-18", navn: "a" }]);
    expect(await back("2022-01-20")).toMatch(/^0 [^]*the kept snapshot/);
    expect(await rows("dato, navn")).toEqual(before);
    expect(await back("2022-01-20")).toContain("Nothing to do");
    expect(await loadAgain(keeping)).toEqual(["a", "a", "a"]);
    expect(await snapshots()).toHaveLength(2);
  });
});

// Views and queries are not read there: the table of their result has no columns (test/README.md).
describe("sources:", () => {
  const make = `CREATE TABLE $d.apps (dato DATE, navn STRING, n INT64, ts TIMESTAMP, liste ARRAY<STRING>, post STRUCT<x INT64>);
    INSERT INTO $d.apps VALUES
      (DATE '2022-01-20', 'æ', 1, TIMESTAMP '2022-01-20 06:30:00.123456+00', ['a', 'b'], STRUCT(1)),
      (DATE '2022-01-21', NULL, NULL, NULL, [], NULL)`;
  const columns = {
    dato: "DATE",
    navn: "STRING",
    n: "INT64",
    ts: "TIMESTAMP",
    liste: "ARRAY<STRING>",
    post: "STRUCT<x INT64>",
  };

  async function read(source: object): Promise<Record<string, unknown>[]> {
    for (const statement of make.split(/;\s*/)) await query(world, statement);
    const apps = { type: "bigquery", ...source };
    const output = { write: "append", partition: "dato" };
    await publish({ sql: "SELECT * FROM apps", output, more: { ...day, sources: { apps } }, ...on("2022-01-20") });
    return query(world, "SELECT * FROM $d.t ORDER BY dato");
  }

  const first = {
    dato: "2022-01-20",
    navn: "æ",
    n: 1,
    ts: "2022-01-20T06:30:00.123456000Z",
    liste: ["a", "b"],
    post: { x: 1 },
  };
  const second = { dato: "2022-01-21", navn: null, n: null, ts: null, liste: [], post: null };

  test("a table, whole", async () => {
    expect(await read({ table: `${world.dataset}.apps`, columns })).toEqual([first, second]);
  });

  test("a table, where the interval is", async () => {
    const source = { table: `${world.dataset}.apps`, columns, where: "dato = @interval_start" };
    expect(await read(source)).toEqual([first]);
  });
});
