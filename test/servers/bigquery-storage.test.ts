import type { v1 } from "@google-cloud/bigquery-storage";
import { tableFromIPC, type Table } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectStorage, openSession, readStream, type ReadOptions } from "../support/bigquery.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
let client: v1.BigQueryReadClient;
beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }], location: "EU" });
  client = connectStorage(server);
  await server.sql(
    "CREATE TABLE d.numbers AS SELECT n, CAST(n AS STRING) AS text FROM UNNEST(GENERATE_ARRAY(1, 30000)) AS n",
  );
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

const open = (name: string, options?: ReadOptions) => openSession(client, server.project, name, options);

async function readAll(name: string, options?: ReadOptions): Promise<Table> {
  const session = await open(name, options);
  const batches = await Promise.all(session.streams!.map(({ name: stream }) => readStream(client, stream!)));
  return tableFromIPC([session.arrowSchema!.serializedSchema as Uint8Array, ...batches.flat()]);
}
const column = (table: Table, name: string) => [...table.getChild(name)!].map(Number);

test("a table comes in several streams, each row once", async () => {
  const session = await open("d.numbers", { streams: 4 });
  expect(session.streams).toHaveLength(4);
  const numbers = column(await readAll("d.numbers", { streams: 4, selectedFields: ["n"] }), "n");
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30_000 }, (_, i) => i + 1));
});

test("columns come in the table's order, and rows that the restriction leaves", async () => {
  const table = await readAll("d.numbers", {
    selectedFields: ["text", "n"],
    rowRestriction: "n > 29998 OR text = '5'",
  });
  expect(table.schema.names).toEqual(["n", "text"]);
  expect(column(table, "n")).toEqual([5, 29_999, 30_000]);
});

test("a stream that breaks goes on from an offset", async () => {
  const session = await open("d.numbers", { selectedFields: ["n"] });
  const [{ name } = { name: "" }] = session.streams!;
  await server.fault({ on: { method: "storage.ReadRows" }, action: "unavailable", afterMessages: 2 });
  const first = await readStream(client, name!).catch((error: { code: number; batches: Uint8Array[] }) => error);
  if (Array.isArray(first)) throw new Error("the stream did not break");
  expect(first.code).toBe(14);
  const schema = session.arrowSchema!.serializedSchema as Uint8Array;
  const before = column(tableFromIPC([schema, ...first.batches]), "n");
  expect(before.length).toBeGreaterThan(0);
  const after = column(tableFromIPC([schema, ...(await readStream(client, name!, before.length))]), "n");
  expect([...before, ...after]).toEqual(Array.from({ length: 30_000 }, (_, i) => i + 1));
});

test("a session keeps the rows that were there when it was made", async () => {
  await server.sql("CREATE TABLE d.changing AS SELECT 1 AS n");
  const session = await open("d.changing");
  await server.sql("UPDATE d.changing SET n = 2 WHERE TRUE");
  const batches = await readStream(client, session.streams![0]!.name!);
  expect(column(tableFromIPC([session.arrowSchema!.serializedSchema as Uint8Array, ...batches]), "n")).toEqual([1]);
});

test("an empty table has no streams", async () => {
  await server.sql("CREATE TABLE d.empty (n INT64)");
  expect((await open("d.empty")).streams).toEqual([]);
});

test("every type comes as BigQuery sends it", async () => {
  await server.sql(`CREATE TABLE d.types AS SELECT
    -5 AS i, 'æ' AS s, b'\\x00\\xff' AS by_, 1.5 AS f, NUMERIC '-1.5' AS n,
    BIGNUMERIC '-12345678901234567890123456789012345678.12345678901234567890123456789012345678' AS bn, TRUE AS b,
    DATE '1969-12-31' AS d, TIMESTAMP '1960-01-01 00:00:00.123456' AS ts, DATETIME '2020-01-01 01:02:03.5' AS dt,
    TIME '23:59:59.999999' AS t, JSON '{"b": 1, "a": null}' AS j, [1, 2] AS l, [STRUCT(1 AS x, ['a'] AS y)] AS st
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`);
  const table = await readAll("d.types");
  expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
    "Int64",
    "Utf8",
    "Binary",
    "Float64",
    "Decimal[38e+9]",
    "Decimal[76e+38]",
    "Bool",
    "Date32<DAY>",
    "Timestamp<MICROSECOND, UTC>",
    "Timestamp<MICROSECOND>",
    "Time64<MICROSECOND>",
    "Utf8",
    "List<Int64>",
    "List<Struct<{x:Int64, y:List<Utf8>}>>",
  ]);
  const extensions = table.schema.fields.map(({ name, metadata }) => [name, metadata.get("ARROW:extension:name")]);
  expect(extensions.filter(([, extension]) => extension !== undefined)).toEqual([
    ["dt", "google:sqlType:datetime"],
    ["j", "google:sqlType:json"],
  ]);
  const values = (name: string) => table.getChild(name)!.data[0]!.values as Iterable<number | bigint>;
  expect([...values("ts")][0]).toBe(-315_619_199_876_544n);
  expect([...values("d")][0]).toBe(-1);
  expect(readDecimal(values("n") as Uint32Array, 4)).toBe(-1_500_000_000n);
  expect(readDecimal(values("bn") as Uint32Array, 8)).toBe(
    -1234567890123456789012345678901234567812345678901234567890123456789012345678n,
  );
  expect(table.getChild("by_")!.get(0)).toEqual(new Uint8Array([0, 255]));
  expect(table.getChild("j")!.get(0)).toBe('{"a":null,"b":1}');
  const second = table.get(1)!.toJSON();
  expect(
    Object.entries(second)
      .filter(([, value]) => value !== null)
      .map(([name]) => name),
  ).toEqual(["l", "st"]);
  expect([second["l"].length, second["st"].length]).toEqual([0, 0]);
});

function readDecimal(words: Uint32Array, count: number): bigint {
  const whole = [...words.subarray(0, count)].reduceRight((value, word) => (value << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(32 * count, whole);
}

describe("is refused:", () => {
  test("a view", async () => {
    await server.sql("CREATE VIEW d.view AS SELECT 1 AS one");
    await expect(open("d.view")).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining("non-table entities cannot be read"),
    });
  });

  test("an external table", async () => {
    await server.sql("CREATE TABLE d.external (n INT64)");
    await server.setKind("d.external", "EXTERNAL");
    await expect(open("d.external")).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining("non-table entities"),
    });
  });

  test("a sub-query, a parameter or an unknown column in the restriction", async () => {
    for (const rowRestriction of ["n IN (SELECT 1)", "n = @n", "nope = 1"]) {
      await expect(open("d.numbers", { rowRestriction })).rejects.toMatchObject({ code: 3 });
    }
  });

  test("an offset behind the end", async () => {
    const session = await open("d.numbers");
    await expect(readStream(client, session.streams![0]!.name!, 30_001)).rejects.toMatchObject({ code: 11 });
  });

  test("a reader without grants, by the permission that is missing", async () => {
    const grants = [{ member: "anonymous", role: "roles/bigquery.dataViewer" as const }];
    await server.setGrants(grants);
    await expect(open("d.numbers")).rejects.toMatchObject({
      code: 7,
      details: expect.stringContaining("'bigquery.readsessions.create' permission"),
    });
    await server.setGrants([{ member: "anonymous", role: "roles/bigquery.readSessionUser" }]);
    await expect(open("d.numbers")).rejects.toMatchObject({
      code: 7,
      details: expect.stringContaining("'bigquery.tables.getData' permission"),
    });
    await server.setGrants(undefined);
  });
});

test("a replayed table sends the batches that were made for it", async () => {
  const query = "SELECT n, CAST(n AS STRING) AS text FROM UNNEST(GENERATE_ARRAY(1, 100)) AS n";
  await server.replay({ table: "d.replayed", rows: 1_005, query, batchRows: 50 });
  const numbers = column(await readAll("d.replayed", { selectedFields: ["n"], streams: 2 }), "n");
  expect(numbers).toHaveLength(1_005);
  expect(numbers.slice(0, 51)).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
});
