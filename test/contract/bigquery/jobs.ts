/** Queries as jobs. */
import { expect } from "vitest";
import { create, jobIdOf, query, table, type Case } from "./world.ts";

const numbers = "UNNEST(GENERATE_ARRAY(1, 1000)) AS n";

export const jobs: Case[] = [
  {
    name: "a query's job id is used once: the second time is 409",
    async run(world) {
      const { bigquery } = world;
      const jobId = jobIdOf(world, "used_once");
      const [job] = await bigquery.createQueryJob({ query: "SELECT 1 AS one", jobId });
      await job.promise();
      await expect(bigquery.createQueryJob({ query: "SELECT 2 AS two", jobId })).rejects.toMatchObject({
        code: 409,
      });
    },
  },
  {
    name: "a job keeps its labels",
    async run({ bigquery }) {
      const [job] = await bigquery.createQueryJob({ query: "SELECT 1 AS one", labels: { pipeline: "p" } });
      await job.promise();
      const [metadata] = await job.getMetadata();
      expect(metadata.configuration.labels).toEqual({ pipeline: "p" });
    },
  },
  {
    name: "a job is looked for where it ran",
    async run(world) {
      const { bigquery, location } = world;
      const jobId = jobIdOf(world, "somewhere_else");
      const [job] = await bigquery.createQueryJob({ query: "SELECT 1 AS one", jobId });
      await job.promise();
      expect(job.metadata.jobReference.location).toBe(location);
      const elsewhere = bigquery.job(jobId, {
        location: location === "europe-west4" ? "europe-north1" : "europe-west4",
      });
      await expect(elsewhere.getMetadata()).rejects.toMatchObject({ code: 404 });
    },
  },
  {
    name: "a query takes named parameters",
    async run(world) {
      const options = {
        params: {
          i: 41,
          f: 1.5,
          s: "æøå '\"\\",
          b: true,
          l: [1, 2],
          d: world.bigquery.date("2020-01-01"),
          n: "1.123456789",
          none: null,
        },
        types: { n: "NUMERIC", none: "STRING", l: ["INT64"] },
      };
      const sql = "SELECT @i + 1 AS i, @f AS f, @s AS s, @b AS b, @l AS l, @d AS d, @n AS n, @none AS none";
      expect(await query(world, sql, options)).toEqual([
        { i: 42, f: 1.5, s: "æøå '\"\\", b: true, l: [1, 2], d: "2020-01-01", n: "1.123456789", none: null },
      ]);
    },
  },
  {
    name: "a query's rows come page by page, in their order",
    async run({ bigquery }) {
      const [job] = await bigquery.createQueryJob(`SELECT n FROM ${numbers} ORDER BY n DESC`);
      await job.promise();
      const [first, next] = await job.getQueryResults({ maxResults: 300, autoPaginate: false });
      const [second] = await job.getQueryResults({ ...next, maxResults: 300, autoPaginate: false });
      const values = [...first, ...second].map(({ n }: { n: number }) => n);
      expect(values).toEqual(Array.from({ length: 600 }, (_, i) => 1000 - i));
    },
  },
  {
    name: "a query that fails rejects, as a job and when it is read at once",
    async run(world) {
      await expect(query(world, `SELECT 1 / (n - n) AS x FROM ${numbers}`)).rejects.toThrow("division by zero");
      await expect(world.bigquery.query(`SELECT 1 / (n - n) AS x FROM ${numbers}`)).rejects.toThrow("division by zero");
    },
  },
  {
    name: "a dry run tells the bytes of the columns that are read",
    async run(world) {
      await query(world, `CREATE TABLE $d.sized AS SELECT n, CAST(n AS STRING) AS text FROM ${numbers}`);
      const [job] = await world.bigquery.createQueryJob({
        query: `SELECT n FROM ${world.dataset}.sized`,
        dryRun: true,
      });
      expect(job.metadata.statistics.totalBytesProcessed).toBe("8000");
    },
  },
  {
    name: "a dry run tells the columns of the result",
    async run({ bigquery }) {
      const [job] = await bigquery.createQueryJob({ query: "SELECT 1 AS a, 'x' AS b", dryRun: true });
      expect(job.metadata.statistics.query.schema.fields).toMatchObject([
        { name: "a", type: "INTEGER" },
        { name: "b", type: "STRING" },
      ]);
    },
  },
  {
    name: "a query's result is a table with columns, whatever the job's id",
    async run(world) {
      const { bigquery } = world;
      const jobId = jobIdOf(world, "pipeline_2022-01-20T063000Z_0_source_apps_a7a14de688da");
      const [job] = await bigquery.createQueryJob({ query: "SELECT 1 AS a", jobId });
      await job.promise();
      const { datasetId, tableId } = (await job.getMetadata())[0].configuration.query.destinationTable;
      const [{ schema }] = await bigquery.dataset(datasetId).table(tableId).getMetadata();
      expect(schema.fields).toMatchObject([{ name: "a", type: "INTEGER" }]);
    },
  },
  {
    name: "a query is stopped where it would be billed for more than it may",
    async run(world) {
      await query(world, `CREATE TABLE $d.costly AS SELECT n FROM ${numbers}`);
      await expect(query(world, "SELECT n FROM $d.costly", { maximumBytesBilled: "1000" })).rejects.toThrow(
        "bytes billed",
      );
    },
  },
  {
    name: "a query's rows go into the table that it names",
    async run(world) {
      await query(world, "SELECT 1 AS a", {
        destination: table(world, "destination"),
        writeDisposition: "WRITE_TRUNCATE",
      });
      await query(world, "SELECT 2 AS a", {
        destination: table(world, "destination"),
        writeDisposition: "WRITE_APPEND",
      });
      expect(await query(world, "SELECT a FROM $d.destination ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }]);
      const again = query(world, "SELECT 3 AS a", {
        destination: table(world, "destination"),
        writeDisposition: "WRITE_EMPTY",
      });
      await expect(again).rejects.toThrow("Already Exists");
    },
  },
  {
    name: "a view is read by a query",
    async run(world) {
      const view = { query: "SELECT 5 AS five", useLegacySql: false };
      await world.bigquery.dataset(world.dataset).createTable("a_view", { view } as never);
      expect(await query(world, "SELECT five FROM $d.a_view")).toEqual([{ five: 5 }]);
      expect((await table(world, "a_view").getMetadata())[0].type).toBe("VIEW");
    },
  },
  {
    name: "a column is added by ALTER TABLE, and is NULL",
    async run(world) {
      await query(world, "CREATE TABLE $d.altered AS SELECT 1 AS a");
      await query(world, "ALTER TABLE $d.altered ADD COLUMN IF NOT EXISTS b STRING");
      expect(await query(world, "SELECT a, b FROM $d.altered")).toEqual([{ a: 1, b: null }]);
    },
  },
  {
    name: "a list is never NULL",
    async run(world) {
      await create(world, "listless", [
        { name: "a", type: "INT64" },
        { name: "l", type: "STRING", mode: "REPEATED" },
      ]);
      await query(world, "INSERT INTO $d.listless (a, l) VALUES (1, NULL)");
      await query(world, "INSERT INTO $d.listless (a) VALUES (2)");
      expect(await query(world, "SELECT a, l, ARRAY_LENGTH(l) AS n FROM $d.listless ORDER BY a")).toEqual([
        { a: 1, l: [], n: 0 },
        { a: 2, l: [], n: 0 },
      ]);
    },
  },
  {
    name: "a REQUIRED column takes no NULL",
    async run(world) {
      await create(world, "required", [{ name: "a", type: "INT64", mode: "REQUIRED" }]);
      await expect(query(world, "INSERT INTO $d.required (a) SELECT CAST(NULL AS INT64)")).rejects.toThrow(
        "cannot be null",
      );
    },
  },
  {
    name: "a column with a length takes no longer text",
    async run(world) {
      await create(world, "short", [{ name: "a", type: "STRING", maxLength: "3" }]);
      await expect(query(world, "INSERT INTO $d.short (a) VALUES ('four')")).rejects.toThrow("maximum length 3");
    },
  },
];
