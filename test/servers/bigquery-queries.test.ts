import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }], location: "EU" });
  await server.sql(`CREATE TABLE d.numbers AS SELECT n, MOD(n, 3) AS third FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n`);
});
afterAll(async () => {
  await server.stop();
});

const client = () => connectBigQuery(server, { location: "EU" });

const make = async (jobId: string, query: string) =>
  client().createQueryJob({ query, jobId, labels: { pipeline: "p" } });

describe("a query", () => {
  test("takes named parameters of all types", async () => {
    const [rows] = await client().query({
      query: `SELECT @i + 1 AS i, @f AS f, @s AS s, @b AS b, @d AS d, @ts AS ts, @n AS n, @l AS l, @st.x AS x, @none IS NULL AS none
        FROM d.numbers WHERE n = @i AND DATE '2020-01-02' > @d`,
      params: {
        i: 41,
        f: 1.5,
        s: "æøå '\"\\",
        b: true,
        d: client().date("2020-01-01"),
        ts: client().timestamp("2020-01-01T00:00:00.123456Z"),
        n: "12345678901234567890.123456789",
        l: [1, 2],
        st: { x: "y" },
        none: null,
      },
      types: { n: "NUMERIC", none: "STRING", l: ["INT64"], ts: "TIMESTAMP" },
    });
    expect(rows).toEqual([
      {
        i: 42,
        f: 1.5,
        s: "æøå '\"\\",
        b: true,
        d: { value: "2020-01-01" },
        ts: { value: "2020-01-01T00:00:00.123456000Z" },
        n: expect.objectContaining({}),
        l: [1, 2],
        x: "y",
        none: true,
      },
    ]);
    expect(String(rows[0].n)).toBe("12345678901234567890.123456789");
  });

  test("gives its rows page by page, in the order asked for", async () => {
    const [job] = await client().createQueryJob("SELECT n FROM d.numbers ORDER BY n DESC");
    const pages: number[][] = [];
    for (let pageToken: string | undefined, more = true; more; more = pageToken !== undefined) {
      const options = { maxResults: 300, autoPaginate: false, ...(pageToken !== undefined && { pageToken }) };
      const [rows, next] = await job.getQueryResults(options);
      pages.push(rows.map(({ n }: { n: number }) => n));
      pageToken = next?.pageToken;
    }
    expect(pages.map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    expect(pages.flat()).toEqual(Array.from({ length: 1000 }, (_, i) => 1000 - i));
  });

  test("tells in a dry run what it would read, and makes no job", async () => {
    const [job] = await client().createQueryJob({ query: "SELECT third FROM d.numbers", dryRun: true });
    expect(job.metadata.statistics).toMatchObject({ totalBytesProcessed: "8000", query: { statementType: "SELECT" } });
    const [jobs] = await client().getJobs();
    expect(jobs.map(({ id }) => id)).not.toContain(job.id);
  });

  test("reads the partitions that its conditions leave, through a view, too", async () => {
    await server.sql(`
      CREATE TABLE d.days (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE);
      INSERT INTO d.days SELECT DATE '2020-01-01' + MOD(n, 10), n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n;
      CREATE VIEW d.day_view AS SELECT day AS dag, n FROM d.days`);
    const bytes = async (query: string, params = {}) => {
      const [job] = await client().createQueryJob({ query, params, dryRun: true });
      return job.metadata.statistics.totalBytesProcessed;
    };
    expect(await bytes("SELECT n FROM d.days WHERE day = '2020-01-03'")).toBe("1600");
    const from = { from: client().date("2020-01-03") };
    expect(await bytes("SELECT n FROM d.days WHERE day >= @from AND day < DATE_ADD(@from, INTERVAL 2 DAY)", from)).toBe(
      "3200",
    );
    expect(await bytes("SELECT n FROM d.day_view WHERE dag IN ('2020-01-03')")).toBe("1600");
    expect(await bytes("DELETE FROM d.days WHERE day = '2020-01-03'")).toBe("1600");
    const without = "without a filter over column(s) 'day' that can be used for partition elimination";
    await expect(bytes("SELECT n FROM d.days WHERE n = 3")).rejects.toThrow(without);
    await expect(bytes("SELECT n FROM d.day_view WHERE EXTRACT(DAY FROM dag) = 3")).rejects.toThrow(without);
  });

  test("is stopped by maximumBytesBilled", async () => {
    const query = { query: "SELECT * FROM d.numbers", maximumBytesBilled: "1000" };
    await expect(client().query(query)).rejects.toThrow(
      "Query exceeded limit for bytes billed: 1000. 10485760 or higher",
    );
  });

  test("keeps its id, which no other job gets", async () => {
    const [job] = await make("once", "SELECT 1 AS one");
    await expect(make("once", "SELECT 2 AS two")).rejects.toMatchObject({ code: 409 });
    const [again] = await client().job("once", { location: "EU" }).get();
    expect(again.metadata.configuration.labels).toEqual({ pipeline: "p" });
    expect((await job.getQueryResults())[0]).toEqual([{ one: 1 }]);
  });

  test("that is wrong is refused at once, and its id is used up", async () => {
    await expect(make("wrong", "SELECT nope FROM d.numbers")).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining("Unrecognized name: nope at [1:8]"),
    });
    await expect(make("wrong", "SELECT 1")).rejects.toMatchObject({ code: 409 });
  });

  test("that fails while it runs is a job that failed", async () => {
    const [job] = await client().createQueryJob("SELECT 1 / (n - n) FROM d.numbers");
    await expect(job.getQueryResults()).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining("division by zero"),
    });
    const [metadata] = await job.getMetadata();
    expect(metadata.status).toMatchObject({ state: "DONE", errorResult: { reason: "invalidQuery" } });
  });

  test("is looked for where it ran", async () => {
    const other = await startBigQueryServer({ datasets: [{ name: "n", location: "europe-north1" }] });
    try {
      const [job] = await connectBigQuery(other).createQueryJob({
        query: "CREATE TABLE n.t (a INT64)",
        jobId: "north",
      });
      expect(job.metadata.jobReference.location).toBe("europe-north1");
      const look = async (location?: string) =>
        connectBigQuery(other)
          .job("north", { ...(location && { location }) })
          .getMetadata();
      await expect(look()).rejects.toMatchObject({ code: 404 });
      await expect(look("EU")).rejects.toMatchObject({ code: 404 });
      await expect(look("europe-north1")).resolves.toBeDefined();
    } finally {
      await other.stop();
    }
  });

  test("of a table elsewhere finds nothing there", async () => {
    const query = { query: "SELECT * FROM d.numbers", location: "US" };
    await expect(client().query(query)).rejects.toMatchObject({
      code: 404,
      message: expect.stringContaining("was not found in location US"),
    });
  });

  test("can be cancelled", async () => {
    await server.fault({ on: { body: "to be cancelled" }, action: "slow-job", milliseconds: 60_000 });
    const [job] = await client().createQueryJob("SELECT 1 -- to be cancelled");
    await job.cancel();
    await expect(job.promise()).rejects.toThrow("cancelled");
    const [metadata] = await job.getMetadata();
    expect(metadata.status.errorResult.reason).toBe("stopped");
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
