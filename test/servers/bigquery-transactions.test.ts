import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }], location: "EU" });
});
beforeEach(async () => {
  await server.sql("DROP TABLE IF EXISTS d.t; DROP TABLE IF EXISTS d.log; DROP TABLE IF EXISTS d.fence");
  await server.sql(
    "CREATE TABLE d.t (id INT64 NOT NULL); CREATE TABLE d.log (id STRING); CREATE TABLE d.fence (token INT64)",
  );
  await server.sql("INSERT INTO d.t VALUES (1), (2); INSERT INTO d.fence VALUES (1)");
});
afterAll(async () => {
  await server.stop();
});

const run = async (query: string) => {
  const [job] = await connectBigQuery(server, { location: "EU" }).createQueryJob(query);
  await job.promise();
  return job;
};
const ids = async () => (await server.sql("SELECT id FROM d.t ORDER BY id")).map(({ id }) => id);

const publish = (token: number, rows = "SELECT 7") => `BEGIN TRANSACTION;
  UPDATE d.fence SET token = ${token} WHERE token <= ${token};
  SELECT IF((SELECT COUNT(*) FROM d.fence WHERE token = ${token}) = 1, 1, ERROR('fenced'));
  TRUNCATE TABLE d.t;
  INSERT INTO d.t (id) ${rows};
  INSERT INTO d.log (id) VALUES ('run');
  COMMIT TRANSACTION`;

test("a script publishes everything at once, and has a job for each statement", async () => {
  const job = await run(publish(2));
  expect(await ids()).toEqual(["7"]);
  const [metadata] = await job.getMetadata();
  expect(metadata.statistics).toMatchObject({ numChildJobs: "7", query: { statementType: "SCRIPT" } });
  const [children] = await connectBigQuery(server, { location: "EU" }).getJobs({ parentJobId: job.id! });
  expect(children.map((it) => it.metadata.statistics.query?.statementType)).toContain("TRUNCATE_TABLE");
});

test("a failing guard takes everything back", async () => {
  await run(publish(5));
  await expect(run(publish(4))).rejects.toThrow("fenced");
  expect(await ids()).toEqual(["7"]);
  expect(await server.sql("SELECT token FROM d.fence")).toEqual([{ token: "5" }]);
});

test("a row that the table does not take takes everything back", async () => {
  await expect(run(publish(2, "SELECT NULL"))).rejects.toThrow("Required field id cannot be null");
  expect(await ids()).toEqual(["1", "2"]);
  expect(await server.sql("SELECT * FROM d.log")).toEqual([]);
});

test("of two transactions that change a table one is cancelled", async () => {
  await server.fault({ on: { body: "token = 2" }, action: "hold-job", statement: 4 });
  const paused = run(publish(2));
  await expect.poll(() => server.held()).toBe(1);
  await expect(run(publish(3))).rejects.toThrow(
    "Transaction is aborted due to concurrent update against table test-project:d.fence",
  );
  await server.release();
  await paused;
  expect(await ids()).toEqual(["7"]);
});

test("a transaction that began before another ended is cancelled, too", async () => {
  await server.fault({ on: { body: "token = 2" }, action: "hold-job", statement: 2 });
  const paused = run(publish(2));
  await expect.poll(() => server.held()).toBe(1);
  await run(publish(3, "SELECT 8"));
  await server.release();
  await expect(paused).rejects.toThrow("concurrent update");
  expect(await ids()).toEqual(["8"]);
});

test("transactions that only insert do not meet", async () => {
  const scripts = ["a", "b", "c"].map((id) => `BEGIN TRANSACTION; INSERT INTO d.log (id) VALUES ('${id}'); COMMIT`);
  await Promise.all(scripts.map(run));
  expect(await server.sql("SELECT COUNT(*) AS n FROM d.log")).toEqual([{ n: "3" }]);
});

test("a table is not made in a transaction, and a lone BEGIN is no job", async () => {
  await expect(run("BEGIN TRANSACTION; CREATE TABLE d.x (a INT64); COMMIT")).rejects.toThrow("DDL statements");
  await expect(run("BEGIN TRANSACTION")).rejects.toThrow("only in scripts or sessions");
  await expect(run("BEGIN TRANSACTION; INSERT INTO d.log (id) VALUES ('left open')")).resolves.toBeDefined();
  expect(await server.sql("SELECT * FROM d.log")).toEqual([]);
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
