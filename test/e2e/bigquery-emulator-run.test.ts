/** Whole runs that publish to bqemulator, which knows nothing of our own server. What it does otherwise stands in test/README.md. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import { realContext } from "../run/context.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { startEmulator, type Emulator } from "./support/bqemulator.ts";

let emulator: Emulator | undefined;
let missing = "";
let folder: Folder;
let dataset: string;
let made = 0;

beforeAll(async () => {
  const started = await startEmulator();
  if ("missing" in started) missing = started.missing;
  else emulator = started;
}, 15 * 60_000);

afterAll(() => emulator?.stop());

beforeEach(async ({ skip }) => {
  if (!emulator) skip(missing);
  folder = await makeFolder();
  await mkdir(join(folder.path, "tmp"));
  dataset = `runs${made++}`;
  await post("datasets", { datasetReference: { projectId: emulator!.project, datasetId: dataset }, location: "EU" });
  return () => folder.remove();
});

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const { endpoint, project } = emulator!;
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}/bigquery/v2/projects/${project}/${path}`, init);
  return (await response.json()) as Record<string, unknown>;
}

/** The rows of the table, the values of each as one text. */
async function rows(order = "1"): Promise<string[]> {
  const query = `SELECT * FROM ${dataset}.t ORDER BY ${order}`;
  const answer = (await post("queries", { query, useLegacySql: false })) as { rows?: { f: { v: unknown }[] }[] };
  return (answer.rows ?? []).map(({ f }) =>
    f.map(({ v }) => (typeof v === "string" ? v : JSON.stringify(v))).join(" "),
  );
}

interface Trial {
  sql: string;
  output?: object;
  more?: object;
  options?: RunCommandOptions;
}

async function publish({ sql, output = {}, more = {}, options = {} }: Trial): Promise<void> {
  const { endpoint, project } = emulator!;
  await folder.write("models/t.sql", sql);
  const outputs = { t: { type: "bigquery", table: `${dataset}.t`, ...output } };
  await folder.write(
    "pipeline.yaml",
    stringify({ name: "lab", bigquery: { project, api_endpoint: endpoint }, outputs, ...more }),
  );
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder: folder.path, tmpdir: join(folder.path, "tmp"), write });
  const code = await run({ target: "prod", ...options }, context);
  expect(lines.join("") + code).toMatch(/0$/);
}

test("replace", async () => {
  await publish({ sql: "SELECT 1 AS id, 'a' AS navn" });
  await publish({ sql: "SELECT 2 AS id, 'æøå ''\"\\' AS navn" });
  expect(await rows()).toEqual(["2 æøå '\"\\"]);
});

const trial = (navn: string, force: boolean): Trial => ({
  sql: `SELECT $interval_start AS dato, '${navn}' AS navn`,
  output: { write: "append", partition: "dato" },
  more: { interval: "day" },
  options: { interval: "2022-01-20", force },
});

test("append, once for a run id, and again in its place by force", async () => {
  await publish(trial("a", false));
  await publish(trial("b", false));
  expect(await rows()).toEqual(["2022-01-20 a"]);
  await publish(trial("c", true));
  expect(await rows()).toEqual(["2022-01-20 c"]);
});

test("merge", async () => {
  const output = { write: "merge", key: "id" };
  await publish({ sql: "SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'", output });
  await publish({ sql: "SELECT 2 AS id, 'c' AS navn UNION ALL SELECT 3, 'd'", output });
  expect(await rows()).toEqual(["1 a", "2 c", "3 d"]);
});

test("replace_partition, of an interval and of months", async () => {
  const day = { output: { write: "replace_partition", partition: "dato" }, more: { interval: "day" } };
  for (const [interval, navn] of [
    ["2022-01-20", "a"],
    ["2022-01-21", "a"],
    ["2022-01-20", "b"],
  ] as const)
    await publish({ sql: `SELECT $interval_start AS dato, '${navn}' AS navn`, ...day, options: { interval } });
  expect(await rows()).toEqual(["2022-01-20 b", "2022-01-21 a"]);
  const output = { write: "replace_partition", partition: { column: "dato", by: "month" } };
  await publish({ sql: "SELECT DATE '2022-01-31' AS dato, 'c' AS navn", output });
  expect(await rows()).toEqual(["2022-01-31 c"]);
});

test("values of all types that it holds itself, by Parquet and by NDJSON", async () => {
  // BIGNUMERIC it cannot hold; BYTES of NDJSON it takes for text.
  const columns = {
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
  const sql = `SELECT 9223372036854775807::BIGINT AS heltall, 0.1::DOUBLE AS flyt, 1.5::DECIMAL(38, 9) AS tall, true AS sant,
    DATE '2022-01-20' AS dato, TIMESTAMP '2022-01-20 07:00:00.123456' AS tid, TIME '07:00:00.5' AS klokke,
    TIMESTAMPTZ '2022-01-20 07:00:00.123456+00' AS stempel, ['b', 'a'] AS liste, [{'a': 'x', 'n': 1}] AS poster`;
  const expected =
    '9223372036854775807 0.1 1.500000000 true 2022-01-20 2022-01-20T07:00:00.123456 07:00:00.500000 1642662000123456 [{"v":"b"},{"v":"a"}] [{"v":{"f":[{"v":"x"},{"v":"1"}]}}]';
  await publish({ sql, more: { models: { t: { columns } } } });
  expect(await rows()).toEqual([expected]);

  dataset = `runs${made++}`;
  await post("datasets", { datasetReference: { projectId: emulator!.project, datasetId: dataset }, location: "EU" });
  const json = { ...columns, json: "JSON", ingen: "JSON" };
  await publish({
    sql: `${sql}, '{"b":[1,null]}'::JSON AS json, 'null'::JSON AS ingen`,
    more: { models: { t: { columns: json } } },
  });
  expect(await rows()).toEqual([`${expected} {"b":[1,null]} null`]);
});
