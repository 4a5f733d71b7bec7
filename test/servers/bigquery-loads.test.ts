import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobLoadMetadata } from "@google-cloud/bigquery";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
let folder: Folder;
beforeAll(async () => {
  folder = await makeFolder();
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }], location: "EU" });
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

const table = (name: string) => connectBigQuery(server, { location: "EU" }).dataset("d").table(name);

/** Loads a file and waits; rejects with what the job says. */
async function load(name: string, file: string, metadata: JobLoadMetadata) {
  const [job] = await table(name).createLoadJob(file, metadata);
  await job.promise();
  return (await job.getMetadata())[0];
}

async function parquet(name: string, query: string): Promise<string> {
  const file = join(folder.path, `${name}.parquet`);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  return file;
}

async function ndjson(name: string, rows: string[]): Promise<string> {
  const file = join(folder.path, `${name}.json`);
  await writeFile(file, rows.map((row) => `${row}\n`).join(""));
  return file;
}

const asParquet: JobLoadMetadata = { sourceFormat: "PARQUET", parquetOptions: { enableListInference: true } };
const asJson: JobLoadMetadata = { sourceFormat: "NEWLINE_DELIMITED_JSON" };

const everyType = [
  { name: "i", type: "INT64", mode: "REQUIRED" },
  { name: "s", type: "STRING" },
  { name: "by", type: "BYTES" },
  { name: "f", type: "FLOAT64" },
  { name: "n", type: "NUMERIC" },
  { name: "b", type: "BOOL" },
  { name: "d", type: "DATE" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "dt", type: "DATETIME" },
  { name: "t", type: "TIME" },
  { name: "l", type: "INT64", mode: "REPEATED" },
  {
    name: "r",
    type: "RECORD",
    mode: "REPEATED",
    fields: [
      { name: "x", type: "INT64" },
      { name: "y", type: "STRING", mode: "REPEATED" },
    ],
  },
];

const everyRow = [
  {
    i: "-9223372036854775808",
    s: "æøå",
    by: "AP8=",
    f: "1.5",
    n: "-12345678901234567890123456789.123456789",
    b: "true",
    d: "0001-01-01",
    ts: "1960-01-01T00:00:00.123456000000Z",
    dt: "2020-01-01T01:02:03.500",
    t: "23:59:59.999999",
    l: ["1", "2"],
    r: [
      { x: "1", y: ["a"] },
      { x: null, y: [] },
    ],
  },
  { i: "2", s: null, by: null, f: null, n: null, b: null, d: null, ts: null, dt: null, t: null, l: [], r: [] },
];

describe("Parquet", () => {
  test("brings every type that it can", async () => {
    const file = await parquet(
      "types",
      `SELECT (-9223372036854775808)::BIGINT AS i, 'æøå' AS s, '\\x00\\xFF'::BLOB AS by, 1.5::DOUBLE AS f,
        '-12345678901234567890123456789.123456789'::DECIMAL(38,9) AS n, true AS b, DATE '0001-01-01' AS d,
        TIMESTAMPTZ '1960-01-01 00:00:00.123456+00' AS ts, TIMESTAMP '2020-01-01 01:02:03.5' AS dt, TIME '23:59:59.999999' AS t,
        [1, 2]::BIGINT[] AS l, [{x: 1::BIGINT, y: ['a']}, {x: NULL, y: []}]::STRUCT(x BIGINT, y VARCHAR[])[] AS r
       UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`,
    );
    const { statistics } = await load("types", file, { ...asParquet, schema: { fields: everyType } });
    expect(statistics.load).toMatchObject({ inputFiles: "1", outputRows: "2" });
    expect(await server.sql("SELECT * FROM d.types ORDER BY i")).toEqual(everyRow);
  });

  test("without list inference brings empty lists", async () => {
    const file = await parquet("lists", "SELECT [1, 2]::BIGINT[] AS l");
    const schema = { fields: [{ name: "l", type: "INT64", mode: "REPEATED" }] };
    await load("lists", file, { sourceFormat: "PARQUET", schema });
    expect(await server.sql("SELECT l FROM d.lists")).toEqual([{ l: [] }]);
  });

  test.for([
    [
      "a type that is not the column's",
      "SELECT 1::BIGINT AS c",
      { type: "FLOAT64" },
      "has type INT64 which does not match",
    ],
    ["a JSON column", "SELECT '{}' AS c", { type: "JSON" }, "JSON columns cannot be loaded from Parquet"],
    ["text for BIGNUMERIC", "SELECT '1' AS c", { type: "BIGNUMERIC" }, "has type BYTE_ARRAY which does not match"],
    [
      "NULL in a REQUIRED column",
      "SELECT NULL::BIGINT AS c",
      { type: "INT64", mode: "REQUIRED" },
      "Required field c cannot be null",
    ],
    ["a text that is too long", "SELECT 'four' AS c", { type: "STRING", maxLength: "3" }, "maximum length 3"],
    [
      "too many digits",
      "SELECT 1000::DECIMAL(38,9) AS c",
      { type: "NUMERIC", precision: "5", scale: "2" },
      "not in range",
    ],
  ] as const)("is refused for %s", async ([what, query, column, message]) => {
    const name = `refused_${what.replaceAll(/\W/g, "_")}`;
    const loading = load(name, await parquet(name, query), {
      ...asParquet,
      schema: { fields: [{ name: "c", ...column }] },
    });
    await expect(loading).rejects.toThrow(message);
    await expect(server.sql(`SELECT * FROM d.${name}`)).rejects.toThrow("Not found");
  });
});

describe("NDJSON", () => {
  test("brings every type", async () => {
    const fields = [...everyType, { name: "bn", type: "BIGNUMERIC" }, { name: "j", type: "JSON" }];
    const file = await ndjson("types", [
      `{"i": -9223372036854775808, "s": "æøå", "by": "AP8=", "f": 1.5, "n": -12345678901234567890123456789.123456789, "b": true,
        "d": "0001-01-01", "ts": "1960-01-01 00:00:00.123456 UTC", "dt": "2020-01-01T01:02:03.5", "t": "23:59:59.999999",
        "l": [1, "2"], "r": [{"x": 1, "y": ["a"]}, {}], "bn": 0.12345678901234567890123456789012345678, "j": {"b": [1, null], "a": "x"}}`.replaceAll(
        "\n",
        "",
      ),
      '{"i": "2", "j": null}',
    ]);
    await load("types_json", file, { ...asJson, schema: { fields } });
    expect(await server.sql("SELECT * FROM d.types_json ORDER BY i")).toEqual([
      { ...everyRow[0], bn: "0.12345678901234567890123456789012345678", j: '{"a":"x","b":[1,null]}' },
      { ...everyRow[1], bn: null, j: null },
    ]);
  });

  test.for<[string, string, string]>([
    ["a wrong value", '{"c": "x"}', 'Could not cast literal "x" to type INT64'],
    ["an unknown field", '{"c": 1, "e": 2}', "No such field: e"],
    ["a missing REQUIRED one", "{}", "Missing required field: c"],
    ["no JSON", "{", "Parser terminated"],
  ])("is refused for %s, in the errors beside", async ([what, row, message]) => {
    const file = await ndjson(what, ['{"c": 1}', row]);
    const schema = { fields: [{ name: "c", type: "INT64", mode: "REQUIRED" }] };
    await expect(load("refused_json", file, { ...asJson, schema })).rejects.toThrow(message);
    await expect(server.sql("SELECT * FROM d.refused_json")).rejects.toThrow("Not found");
  });
});

const ids = async (name: string) => (await server.sql(`SELECT c FROM d.${name} ORDER BY c`)).map(({ c }) => c);

describe("a load into a table", () => {
  const fields = [{ name: "c", type: "INT64", mode: "REQUIRED" }];
  const schema = { fields };

  test("adds, replaces, or is refused where there are rows, as it is told", async () => {
    await load("target", await ndjson("one", ['{"c": 1}']), { ...asJson, schema });
    const two = await ndjson("two", ['{"c": 2}']);
    await load("target", two, { ...asJson, schema });
    expect(await ids("target")).toEqual(["1", "2"]);
    await expect(load("target", two, { ...asJson, schema, writeDisposition: "WRITE_EMPTY" })).rejects.toThrow(
      "Already Exists",
    );
    await load("target", two, { ...asJson, schema, writeDisposition: "WRITE_TRUNCATE" });
    expect(await ids("target")).toEqual(["2"]);
  });

  test("gives it a new column only where that is allowed", async () => {
    await server.sql("CREATE TABLE d.grows (c INT64 NOT NULL OPTIONS(description='kept'))");
    const file = await ndjson("grows", ['{"c": 1, "e": "new"}']);
    const wider = { fields: [...fields, { name: "e", type: "STRING" }] };
    await expect(load("grows", file, { ...asJson, schema: wider })).rejects.toThrow("Cannot add fields (field: e)");
    await load("grows", file, { ...asJson, schema: wider, schemaUpdateOptions: ["ALLOW_FIELD_ADDITION"] });
    const [metadata] = await table("grows").getMetadata();
    expect(metadata.schema.fields).toMatchObject([{ name: "c", description: "kept" }, { name: "e" }]);
  });

  test("is refused where a type differs, where the table may not be made, and where its dataset is missing", async () => {
    const file = await ndjson("differs", ['{"c": "x"}']);
    await server.sql("CREATE TABLE d.differs (c INT64)");
    const text = { fields: [{ name: "c", type: "STRING" }] };
    await expect(load("differs", file, { ...asJson, schema: text })).rejects.toThrow(
      "Field c has changed type from INTEGER to STRING",
    );
    await expect(load("never", file, { ...asJson, schema: text, createDisposition: "CREATE_NEVER" })).rejects.toThrow(
      "Not found: Table",
    );
    const elsewhere = connectBigQuery(server, { location: "EU" }).dataset("nowhere").table("t");
    await expect(elsewhere.createLoadJob(file, { ...asJson, schema: text })).rejects.toMatchObject({ code: 404 });
    const inUs = connectBigQuery(server, { location: "US" }).dataset("d").table("differs");
    await expect(inUs.createLoadJob(file, { ...asJson, location: "US" })).rejects.toMatchObject({ code: 404 });
  });

  test("makes it with partitions, clusters, labels and descriptions", async () => {
    const file = await ndjson("made", ['{"day": "2020-01-01", "c": 1}']);
    await load("made", file, {
      ...asJson,
      schema: {
        fields: [
          { name: "day", type: "DATE", description: "The day" },
          { name: "c", type: "INT64" },
        ],
      },
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["c"] },
      destinationTableProperties: { description: "A table", labels: { pipeline: "p" } },
    });
    const [metadata] = await table("made").getMetadata();
    expect(metadata).toMatchObject({
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["c"] },
      description: "A table",
      labels: { pipeline: "p" },
      schema: { fields: [{ name: "day", description: "The day" }, { name: "c" }] },
    });
  });
});

test("a resumable upload goes on where it broke, and is one job", async () => {
  const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => `{"c": ${i}}\n`).join(""));
  const job = {
    jobReference: { projectId: server.project, jobId: "resumed", location: "EU" },
    configuration: {
      load: {
        destinationTable: { projectId: server.project, datasetId: "d", tableId: "resumed" },
        sourceFormat: "NEWLINE_DELIMITED_JSON",
        schema: { fields: [{ name: "c", type: "INTEGER" }] },
      },
    },
  };
  const begin = await fetch(
    `${server.endpoint}/upload/bigquery/v2/projects/${server.project}/jobs?uploadType=resumable`,
    {
      method: "POST",
      headers: { "content-type": "application/json", "x-upload-content-type": "*/*" },
      body: JSON.stringify(job),
    },
  );
  const put = async (range: string, body?: Buffer) =>
    fetch(begin.headers.get("location")!, {
      method: "PUT",
      headers: { "content-range": range },
      ...(body && { body: Buffer.from(body) as never }),
    });
  const first = await put(`bytes 0-499/${bytes.length}`, bytes.subarray(0, 500));
  expect([first.status, first.headers.get("range")]).toEqual([308, "bytes=0-499"]);
  await server.fault({ on: { kind: "upload-chunk" }, action: "lose-answer" });
  await expect(put(`bytes 500-599/${bytes.length}`, bytes.subarray(500, 600))).rejects.toThrow("fetch failed");
  const asked = await put(`bytes */${bytes.length}`);
  expect(asked.headers.get("range")).toBe("bytes=0-599");
  const last = await put(`bytes 600-${bytes.length - 1}/${bytes.length}`, bytes.subarray(600));
  expect(await last.json()).toMatchObject({ jobReference: { jobId: "resumed" } });
  await connectBigQuery(server).job("resumed", { location: "EU" }).promise();
  expect(await server.sql("SELECT COUNT(*) AS n, SUM(c) AS sum FROM d.resumed")).toEqual([{ n: "100", sum: "4950" }]);
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
