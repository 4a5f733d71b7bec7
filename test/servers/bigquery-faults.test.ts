import type { BigQuery } from "@google-cloud/bigquery";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import type { FaultAction } from "./bigquery/options.ts";
import { spawnBigQueryServer } from "./bigquery/spawn.ts";
import type { BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
let client: BigQuery;

beforeAll(async () => {
  // In a process of its own: what is told it goes over the wire, too.
  server = await spawnBigQueryServer({ datasets: [{ name: "d" }] });
  client = connectBigQuery(server);
});
beforeEach(async () => {
  await server.clearFaults();
  await server.sql("DROP TABLE IF EXISTS d.t; CREATE TABLE d.t (n INT64)");
  await server.clearRequests();
});
afterAll(async () => {
  await server.stop();
});

/** One request, without the client's own retries. */
async function call(path: string, body?: object): Promise<{ status: number; reason?: string }> {
  const reply = await fetch(`${server.endpoint}/bigquery/v2/projects/${server.project}${path}`, {
    ...(body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await reply.text();
  const reason = text.startsWith("{")
    ? (JSON.parse(text) as { error?: { errors: { reason: string }[] } }).error?.errors[0]?.reason
    : text;
  return { status: reply.status, ...(reason !== undefined && { reason }) };
}

const insert = (jobId: string, query = "INSERT INTO d.t (n) VALUES (1)") =>
  call("/jobs", {
    jobReference: { jobId, projectId: server.project },
    configuration: { query: { query, useLegacySql: false } },
  });
const count = async () => (await server.sql("SELECT COUNT(*) AS n FROM d.t"))[0]!["n"];

test.for<[FaultAction, number, string | undefined]>([
  ["unavailable", 503, "backendError"],
  ["internal", 500, "internalError"],
  ["too-many-requests", 429, "rateLimitExceeded"],
  ["rate-limit", 403, "rateLimitExceeded"],
  ["quota", 403, "quotaExceeded"],
  ["token-expired", 401, "authError"],
  ["bad-gateway", 502, "<html><title>502 Bad Gateway</title></html>"],
])("%s is answered with %i, without any work", async ([action, status, reason]) => {
  await server.fault({ on: { method: "jobs.insert" }, action });
  expect(await insert(`refused-${action}`)).toEqual({ status, reason });
  expect(await count()).toBe("0");
  expect(await insert(`refused-${action}`)).toEqual({ status: 200 });
});

test("a connection drops before the work, or after it", async () => {
  await server.fault({ on: { method: "jobs.insert" }, action: "drop" });
  await expect(insert("dropped")).rejects.toThrow("fetch failed");
  expect(await count()).toBe("0");
  await server.fault({ on: { method: "jobs.insert" }, action: "lose-answer" });
  await expect(insert("lost")).rejects.toThrow("fetch failed");
  await expect.poll(count).toBe("1");
  expect(await insert("lost")).toMatchObject({ status: 409, reason: "duplicate" });
});

test("the n-th of the requests that match is hit, as often as is said", async () => {
  const fault = await server.fault({
    on: { method: "tables.get", target: "d\\.t$" },
    nth: 2,
    times: 2,
    action: "internal",
  });
  const statuses = [];
  for (let i = 0; i < 5; i += 1) statuses.push((await call("/datasets/d/tables/t")).status);
  expect(statuses).toEqual([200, 500, 500, 200, 200]);
  expect(await server.hits(fault)).toBe(2);
});

test("a request is held before its work, or before its answer", async () => {
  await server.fault({ on: { method: "jobs.insert", body: "INTO d.t" }, action: "hold" });
  const held = insert("held");
  await expect.poll(() => server.held()).toBe(1);
  expect(await count()).toBe("0");
  await server.release();
  expect(await held).toEqual({ status: 200 });
  await server.fault({ on: { method: "jobs.insert" }, action: "hold-after" });
  const waiting = insert("held-after");
  await expect.poll(count).toBe("2");
  await server.release();
  expect(await waiting).toEqual({ status: 200 });
});

test("a job fails of its own", async () => {
  const error = {
    reason: "backendError",
    message: "Error encountered during execution. Retrying may solve the problem.",
  };
  await server.fault({ on: { kind: "query" }, action: "fail-job", error });
  const [job] = await client.createQueryJob("INSERT INTO d.t (n) VALUES (1)");
  await expect(job.promise()).rejects.toThrow("Error encountered during execution");
  expect(await count()).toBe("0");
});

describe("the list of requests", () => {
  test("says of each what it was about, whether it writes, and what became of it", async () => {
    await client.query("SELECT 1 AS one");
    await client.createQueryJob({ query: "DELETE FROM d.t WHERE TRUE", dryRun: true, jobId: "dry" });
    await insert("listed", "BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; COMMIT");
    await call("/datasets/d/tables/nope");
    const seen = (await server.requests()).filter(({ method }) => method !== "jobs.getQueryResults");
    expect(
      seen.map(({ method, target, statement, writes, status }) => [method, target ?? statement, writes, status]),
    ).toEqual([
      ["jobs.query", "SELECT", false, 200],
      ["jobs.insert", "dry", false, 200],
      ["jobs.insert", "listed", true, 200],
      ["tables.get", "test-project.d.nope", false, 404],
    ]);
    expect((await server.requests({ writes: true })).map(({ statement }) => statement)).toEqual(["BEGIN TRANSACTION"]);
  });

  test("holds the text of each query", async () => {
    await client.query({ query: "SELECT @a AS a", params: { a: 1 } });
    const [{ body } = { body: undefined }] = await server.requests({ body: "SELECT @a" });
    expect(body).toMatchObject({ query: "SELECT @a AS a", queryParameters: [{ name: "a" }] });
  });
});
