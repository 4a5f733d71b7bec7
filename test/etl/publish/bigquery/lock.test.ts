import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBigQuery, type BigQueryClient } from "../../../../src/etl/connectors/bigquery/client.ts";
import { takeLock } from "../../../../src/etl/publish/bigquery/lock.ts";
import type { LockOptions } from "../../../../src/etl/publish/bigquery/lock-table.ts";
import type { Context } from "../../../../src/util/context.ts";
import { realContext } from "../../../run/context.ts";
import { startBigQueryServer, type BigQueryServer } from "../../../servers/bigquery/start.ts";

let server: BigQueryServer;

beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }] });
});

afterAll(() => server.stop());

async function connect(host: Context["host"]): Promise<BigQueryClient> {
  const context = { ...realContext({ folder: tmpdir(), tmpdir: tmpdir() }), host };
  const settings = { project: server.project, api_endpoint: server.endpoint };
  return openBigQuery({ settings, context, labels: {}, where: () => ({ file: "pipeline.yaml" }) });
}

interface Pod extends Partial<Omit<LockOptions, "client" | "pipeline">> {
  host?: Context["host"];
}

/** A run of a pod of its own, on a host of its own. */
async function take(pipeline: string, pod: Pod = {}) {
  const session = pod.session ?? crypto.randomUUID().slice(0, 13);
  const lost: Error[] = [];
  const { host = { name: `pod-${session}`, pid: 7 }, ...options } = pod;
  const release = await takeLock({
    client: await connect(host),
    name: { project: server.project, dataset: "d", table: `_nais_etl_lock_${pipeline}` },
    pipeline,
    execution: `job-${session}`,
    session,
    wait: 0,
    onLost: (reason) => lost.push(reason),
    ...options,
  });
  return { release, lost };
}

/** As if its holder had not been heard of for long. */
async function runOut(pipeline: string): Promise<void> {
  const path = `projects/${server.project}/datasets/d/tables/_nais_etl_lock_${pipeline}`;
  const client = await connect({ name: "clock", pid: 1 });
  await client.send({ method: "PATCH", path, body: { labels: { lease: "1" } } });
}

const quick = { lease: 10_000, renewEvery: 20, pollEvery: 20 };

test("of two that come at once, one gets it, and the other is told who holds it", async () => {
  const both = await Promise.allSettled([take("two", { execution: "A-1" }), take("two", { execution: "A-1b" })]);
  const refused = both.find((it) => it.status === "rejected")!;
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(refused.reason).toMatchObject({ code: "locked", message: expect.stringContaining("another run holds") });
  expect(String(refused.reason)).toMatch(/a-1b? on pod-/);
});

test("given back, the next one has it at once, though the first table is still there", async () => {
  const first = await take("again");
  await first.release();
  const second = await take("again");
  await expect(take("again")).rejects.toMatchObject({ code: "locked" });
  await second.release();
});

test("who waits, gets it when it is given back", async () => {
  const first = await take("wait");
  const second = take("wait", { wait: 60_000, pace: quick });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await first.release();
  expect((await second).lost).toEqual([]);
});

test("past its lease anyone may take it over; who has lost it is told so, and gives nothing back", async () => {
  const first = await take("late", { pace: { ...quick, renewEvery: 150 } });
  await runOut("late");
  const second = await take("late");
  await expect.poll(() => first.lost).toMatchObject([{ code: "locked" }]);
  await first.release();
  await expect(take("late")).rejects.toMatchObject({ code: "locked" });
  await second.release();
});

test("a later pod of the same Job takes it over at once", async () => {
  await take("job", { execution: "apps-28912345" });
  await take("job", { execution: "apps-28912345" });
});

test("a start on a host where its holder's process is dead takes it over at once, and not where it lives", async () => {
  await take("dead", { host: { name: "Laptop.local", pid: 2 ** 22 + 1 } });
  const living = { name: "Laptop.local", pid: process.pid };
  const second = await take("dead", { host: living });
  await expect(take("dead", { host: { ...living, pid: 1 } })).rejects.toMatchObject({ code: "locked" });
  await second.release();
});

test.each(["drop", "lose-answer", "unavailable"] as const)("taken in spite of a fault: %s", async (action) => {
  const pipeline = `fault-${action}`;
  await server.fault({ on: { method: "tables.insert", target: pipeline }, action });
  const first = await take(pipeline);
  await first.release();
  await server.fault({ on: { method: "tables.patch", target: pipeline }, action });
  const second = await take(pipeline);
  await expect(take(pipeline)).rejects.toMatchObject({ code: "locked" });
  await second.release();
  expect(second.lost).toEqual([]);
});

test("a renewal whose answer is lost is a renewal", async () => {
  const first = await take("renewed", { pace: quick });
  await server.fault({ on: { method: "tables.patch", target: "renewed" }, action: "lose-answer", times: 2 });
  await expect
    .poll(() => server.requests({ method: "tables.patch", target: "renewed" }).then((it) => it.length))
    .toBeGreaterThan(4);
  await expect(take("renewed")).rejects.toMatchObject({ code: "locked" });
  await first.release();
  expect(first.lost).toEqual([]);
});

test("all of this is as Google's description of the API has it", async () => {
  expect(await server.violations()).toEqual([]);
  expect((await server.requests()).length).toBeGreaterThan(50);
});

test("who has not said how long, waits two leases for a run, and for a backfill until its interval has ended", async () => {
  const impatient = { wait: undefined, pace: { ...quick, lease: 1 } };
  const run = await take("patience", { execution: "job-1", pace: quick });
  await expect(take("patience", impatient)).rejects.toThrow("another run holds");
  await run.release();

  const fill = await take("patience", { execution: "backfill-job-2", pace: quick });
  const waiting = take("patience", impatient);
  const ended = waiting.then(
    () => "ended",
    () => "ended",
  );
  expect(await Promise.race([ended, sleep(300, "waits")])).toBe("waits");
  await fill.release();
  await (await waiting).release();
});
