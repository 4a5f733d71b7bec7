import { describe, expect, test } from "vitest";
import { jobName, runJob, type Job } from "../../../../src/etl/connectors/bigquery/job.ts";
import type { Effect } from "../../../../src/util/context.ts";
import { refused, scripted, type Answer } from "./scripted.ts";

const job = (state: Job["status"]["state"], errorResult?: { reason: string; message: string }): Answer => ({
  body: {
    jobReference: { projectId: "own-project", jobId: "load-1", location: "europe-north1" },
    configuration: { load: {} },
    status: { state, ...(errorResult && { errorResult }) },
  },
});
const named = { id: "load-1", effect: "test.load", configuration: { load: { a: 1 } }, location: "europe-north1" };
const ids = (asked: { body: unknown }[]) =>
  asked.flatMap(({ body }) => (body as { jobReference?: { jobId: string } }).jobReference?.jobId ?? []);

test("a job is inserted under its id, with labels, and waited for where it runs", async () => {
  await using server = await scripted([job("PENDING"), job("RUNNING"), job("DONE")]);
  const effects: string[] = [];
  const effect: Effect = (name, act) => {
    effects.push(name);
    return act();
  };
  const context = { ...server.client.context, effect };
  const { adopted } = await runJob({ ...server.client, context }, named);
  expect(adopted).toBe(false);
  expect(effects).toEqual(["test.load"]);
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /bigquery/v2/projects/own-project/jobs",
    "GET /bigquery/v2/projects/own-project/jobs/load-1",
    "GET /bigquery/v2/projects/own-project/jobs/load-1",
  ]);
  expect(server.asked[0]!.body).toEqual({
    jobReference: { projectId: "own-project", jobId: "load-1", location: "europe-north1" },
    configuration: { load: { a: 1 }, labels: { pipeline: "trial", run: "2022-01-20" } },
  });
  expect(server.asked[1]!.query).toMatchObject({ location: "europe-north1" });
});

describe("an id that is known already", () => {
  test("is a predecessor's: its result is adopted", async () => {
    await using server = await scripted([refused(409, "duplicate"), job("RUNNING"), job("DONE")]);
    expect((await runJob(server.client, named)).adopted).toBe(true);
  });

  test("is our own where the answer was lost: no second job", async () => {
    await using server = await scripted(["drop", refused(409, "duplicate"), job("DONE")]);
    expect((await runJob(server.client, named)).job.status.state).toBe("DONE");
    expect(ids(server.asked)).toEqual(["load-1", "load-1"]);
  });

  test("whose job failed is burnt: the next attempt's id is taken", async () => {
    const failed = job("DONE", { reason: "stopped", message: "Job was stopped" });
    await using server = await scripted([refused(409, "duplicate"), failed, job("DONE")]);
    expect((await runJob(server.client, named)).adopted).toBe(false);
    expect(ids(server.asked)).toEqual(["load-1", "load-1_1"]);
  });

  test("whose result is gone is not adopted", async () => {
    await using server = await scripted([refused(409, "duplicate"), job("DONE"), job("DONE")]);
    await runJob(server.client, { ...named, adopt: async () => false });
    expect(ids(server.asked)).toEqual(["load-1", "load-1_1"]);
  });
});

test("a job that fails by something that passes is run again under another id, and not for ever", async () => {
  const failed = job("DONE", { reason: "backendError", message: "try again" });
  await using server = await scripted([failed, job("DONE")]);
  await runJob(server.client, named);
  expect(ids(server.asked)).toEqual(["load-1", "load-1_1"]);
});

test("a cancelled transaction begins anew", async () => {
  const message = "Transaction is aborted due to concurrent update against table p:d.t";
  await using server = await scripted([job("DONE", { reason: "invalidQuery", message }), job("DONE")]);
  await runJob(server.client, named);
  expect(ids(server.asked)).toEqual(["load-1", "load-1_1"]);
});

test("a job that fails for good is told at once", async () => {
  await using server = await scripted([
    job("DONE", { reason: "invalidQuery", message: "Bad int64 value: Ola Nordmann" }),
  ]);
  await expect(runJob(server.client, named)).rejects.toMatchObject({
    reason: "invalidQuery",
    message: "Bad int64 value",
  });
  expect(server.asked).toHaveLength(1);
});

test("a query that nobody waits for any more is cancelled", async () => {
  const stop = new AbortController();
  await using server = await scripted([job("RUNNING")], { signal: stop.signal });
  setTimeout(() => stop.abort(new Error("stopped")), 150);
  await expect(runJob(server.client, { ...named, cancelWhenStopped: true })).rejects.toThrow("stopped");
  expect(server.asked.at(-1)).toMatchObject({
    method: "POST",
    path: "/bigquery/v2/projects/own-project/jobs/load-1/cancel",
    query: { location: "europe-north1" },
  });
});

describe("a job's name", () => {
  const purpose = { pipeline: "apps", runId: "2022-01-20", execution: "apps-29000000", generation: 0, step: "publish" };

  test("is readable, and holds only what BigQuery takes", () => {
    expect(jobName(purpose)).toMatch(/^nais-etl_apps_2022-01-20_apps-29000000_0_publish_[0-9a-f]{12}$/);
    expect(jobName({ ...purpose, step: "query/æ" })).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test("differs whenever a part does", () => {
    const others = [
      { runId: "2022-01-21" },
      { execution: "x" },
      { generation: 1 },
      { step: "load" },
      { step: "publish." },
      { pipeline: "apps_2022-01-20", runId: "" },
    ];
    const names = [purpose, ...others.map((other) => ({ ...purpose, ...other }))].map(jobName);
    expect(new Set(names).size).toBe(names.length);
  });
});
