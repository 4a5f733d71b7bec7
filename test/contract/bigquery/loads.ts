/** Load jobs that bring their file. */
import { expect } from "vitest";
import {
  asJson,
  asParquet,
  create,
  jobIdOf,
  load,
  query,
  rest,
  table,
  writeNdjson,
  writeParquet,
  type Case,
} from "./world.ts";

const id = [{ name: "id", type: "INTEGER" }];

const fields = [
  { name: "i", type: "INTEGER" },
  { name: "s", type: "STRING" },
  { name: "by", type: "BYTES" },
  { name: "f", type: "FLOAT" },
  { name: "n", type: "NUMERIC" },
  { name: "b", type: "BOOLEAN" },
  { name: "d", type: "DATE" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "dt", type: "DATETIME" },
  { name: "t", type: "TIME" },
  { name: "l", type: "INTEGER", mode: "REPEATED" },
  {
    name: "r",
    type: "RECORD",
    mode: "REPEATED",
    fields: [
      { name: "x", type: "INTEGER" },
      { name: "y", type: "STRING", mode: "REPEATED" },
    ],
  },
];

const rows = [
  {
    i: 1,
    s: "æøå",
    by: "AP8=",
    f: 1.5,
    n: "-12345678901234567890123456789.123456789",
    b: true,
    d: "2020-02-29",
    ts: "1960-01-01T00:00:00.123456000Z",
    dt: "2020-01-01T01:02:03.5",
    t: "23:59:59.999999",
    l: [1, 2],
    r: [
      { x: 1, y: ["a"] },
      { x: null, y: [] },
    ],
  },
  { i: 2, s: null, by: null, f: null, n: null, b: null, d: null, ts: null, dt: null, t: null, l: [], r: [] },
];

/** Fractions have as many zeros as the writer likes. */
const seen = (all: Record<string, unknown>[]) =>
  all.map((row) => ({
    ...row,
    dt: typeof row["dt"] === "string" ? row["dt"].replace(/(\.\d*?)0+$/, "$1") : row["dt"],
  }));

export const loads: Case[] = [
  {
    name: "Parquet brings every type that it can",
    async run(world) {
      const file = await writeParquet(
        world,
        "types",
        `SELECT 1::BIGINT AS i, 'æøå' AS s, '\\x00\\xFF'::BLOB AS by, 1.5::DOUBLE AS f,
          '-12345678901234567890123456789.123456789'::DECIMAL(38,9) AS n, true AS b, DATE '2020-02-29' AS d,
          TIMESTAMPTZ '1960-01-01 00:00:00.123456+00' AS ts, TIMESTAMP '2020-01-01 01:02:03.5' AS dt,
          TIME '23:59:59.999999' AS t, [1, 2]::BIGINT[] AS l,
          [{x: 1::BIGINT, y: ['a']}, {x: NULL, y: []}]::STRUCT(x BIGINT, y VARCHAR[])[] AS r
         UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`,
      );
      await load(world, "types", file, { ...asParquet, schema: { fields } });
      expect(seen(await query(world, "SELECT * FROM $d.types ORDER BY i"))).toEqual(rows);
    },
  },
  {
    name: "NDJSON brings every type",
    async run(world) {
      const schema = { fields: [...fields, { name: "bn", type: "BIGNUMERIC" }, { name: "j", type: "JSON" }] };
      const more = { bn: "0.12345678901234567890123456789012345678", j: { a: [1, null] } };
      const file = await writeNdjson(world, "types_json", [
        { ...rows[0], ...more, ts: "1960-01-01 00:00:00.123456 UTC" },
        { i: 2 },
      ]);
      await load(world, "types_json", file, { ...asJson, schema });
      const sql = "SELECT * EXCEPT (j), TO_JSON_STRING(j) AS j FROM $d.types_json ORDER BY i";
      expect(seen(await query(world, sql))).toEqual([
        { ...rows[0], bn: more.bn, j: '{"a":[1,null]}' },
        { ...rows[1], bn: null, j: "null" },
      ]);
    },
  },
  {
    name: "lists are empty without list inference",
    async run(world) {
      const file = await writeParquet(world, "lists", "SELECT [1, 2]::BIGINT[] AS l");
      const schema = { fields: [{ name: "l", type: "INTEGER", mode: "REPEATED" }] };
      await load(world, "lists", file, { sourceFormat: "PARQUET", schema });
      expect(await query(world, "SELECT l FROM $d.lists")).toEqual([{ l: [] }]);
    },
  },
  {
    name: "a JSON column takes no Parquet",
    async run(world) {
      const file = await writeParquet(world, "json", "SELECT '{}' AS j");
      const loading = load(world, "json", file, { ...asParquet, schema: { fields: [{ name: "j", type: "JSON" }] } });
      await expect(loading).rejects.toThrow("JSON");
    },
  },
  {
    name: "a Parquet column of another type is refused",
    async run(world) {
      const file = await writeParquet(world, "other", "SELECT 'x' AS id");
      await expect(load(world, "other", file, { ...asParquet, schema: { fields: id } })).rejects.toThrow(
        "which does not match",
      );
    },
  },
  {
    name: "a REQUIRED column takes no NULL from a load",
    async run(world) {
      const file = await writeParquet(world, "required_load", "SELECT NULL::BIGINT AS id");
      const schema = { fields: [{ name: "id", type: "INTEGER", mode: "REQUIRED" }] };
      await expect(load(world, "required_load", file, { ...asParquet, schema })).rejects.toThrow("null");
    },
  },
  {
    name: "a field that the schema does not have is refused",
    async run(world) {
      const file = await writeNdjson(world, "unknown", [{ id: 1, more: 2 }]);
      await expect(load(world, "unknown", file, { ...asJson, schema: { fields: id } })).rejects.toThrow(
        "No such field: more",
      );
    },
  },
  {
    name: "a load's own job id is kept, and used once",
    async run(world) {
      const file = await writeNdjson(world, "own_id", [{ id: 1 }]);
      const jobId = jobIdOf(world, "load_once");
      const begin = () => table(world, "own_id").createLoadJob(file, { ...asJson, schema: { fields: id }, jobId });
      const [job] = await begin();
      expect(job.id).toBe(jobId);
      await job.promise();
      await expect(begin()).rejects.toMatchObject({ code: 409 });
    },
  },
  {
    name: "a load adds, replaces, or is refused where there are rows",
    async run(world) {
      const [one, two] = [await writeNdjson(world, "one", [{ id: 1 }]), await writeNdjson(world, "two", [{ id: 2 }])];
      const options = { ...asJson, schema: { fields: id } };
      await load(world, "written", one, options);
      await load(world, "written", two, { ...options, writeDisposition: "WRITE_APPEND" });
      expect(await query(world, "SELECT id FROM $d.written ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
      const empty = load(world, "written", two, { ...options, writeDisposition: "WRITE_EMPTY" });
      await expect(empty).rejects.toThrow("Already Exists");
      await load(world, "written", two, { ...options, writeDisposition: "WRITE_TRUNCATE" });
      expect(await query(world, "SELECT id FROM $d.written")).toEqual([{ id: 2 }]);
    },
  },
  {
    name: "a load makes no table where it may not",
    async run(world) {
      const file = await writeNdjson(world, "never", [{ id: 1 }]);
      const options = { ...asJson, schema: { fields: id }, createDisposition: "CREATE_NEVER" };
      await expect(load(world, "never", file, options)).rejects.toThrow("Not found");
    },
  },
  {
    name: "a load adds a column where it may",
    async run(world) {
      await create(world, "widened", id);
      const file = await writeNdjson(world, "widened", [{ id: 1, more: "x" }]);
      const schema = { fields: [...id, { name: "more", type: "STRING" }] };
      await expect(load(world, "widened", file, { ...asJson, schema })).rejects.toThrow("Cannot add fields");
      await load(world, "widened", file, { ...asJson, schema, schemaUpdateOptions: ["ALLOW_FIELD_ADDITION"] });
      expect(await query(world, "SELECT * FROM $d.widened")).toEqual([{ id: 1, more: "x" }]);
    },
  },
  {
    name: "a load tells its rows and bytes",
    async run(world) {
      const file = await writeNdjson(world, "counted", [{ id: 1 }, { id: 2 }]);
      const { statistics } = await load(world, "counted", file, { ...asJson, schema: { fields: id } });
      expect(statistics.load).toMatchObject({
        inputFiles: "1",
        inputFileBytes: "18",
        outputRows: "2",
        outputBytes: "16",
      });
    },
  },
  {
    name: "a wrong token is refused",
    async run(world) {
      const headers = { authorization: "Bearer nobody gave this one out" };
      expect(await rest(world, "GET", `/datasets/${world.dataset}`, { headers })).toMatchObject({ status: 401 });
    },
  },
];
