import { afterAll, beforeAll, expect, test } from "vitest";
import { jobAtHand, killAndRunAgain, killAt, killsOf, runHere, setStage, type Stage } from "../cases.ts";
import { buildKiller, type Killer } from "../children.ts";
import { bigqueryEffects, effects, readingEffects } from "../effects.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { faultsAt, runWithEach } from "./fault.ts";
import { watchRequests } from "./outside.ts";
import { makeProducts, readingRequests, readingScenario, readingServer } from "./reading.ts";
import { bigqueryWorld } from "./world.ts";

// Before and during each effect, on disk too, and every fault: test/e2e/bigquery-reading.test.ts.

let killer: Killer;
let server: BigQueryServer;
let stage: Stage;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), startBigQueryServer(readingServer)]);
  await makeProducts(server);
  stage = await setStage(readingScenario, bigqueryWorld(server));
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
  await server.stop();
});

test(
  "killed after each thing that its reading changes, a run leaves the old result or the new one, and the next run ends as if nothing had been",
  { timeout: 300_000 },
  async () => {
    const kills = killsOf(
      stage.effects.filter(({ effect }) => effect.startsWith("source.")),
      "after",
    );
    const names = kills.map(({ effect }) => effect).toSorted();
    // A query of which the result is too large runs twice.
    expect(names.join(" ")).toBe(
      "source.drop source.expire source.keep source.look source.look source.query source.query source.query",
    );
    expect(await killAt(kills, { stage, killer })).toEqual([]);
  },
);

test("a later pod of the same Job takes up the queries of one that was killed, and another Job makes its own", async () => {
  const kill = { signal: "SIGKILL", effect: "source.keep", nth: 0, when: "before", delay: 0 } as const;
  const statusesAfter = async (again: string) => {
    await server.clearRequests();
    expect(await killAndRunAgain({ stage, killer, kill, again })).toEqual([]);
    const requests = await server.requests({ method: "jobs.insert", target: "_source_rows_" });
    return requests.map(({ status }) => status);
  };
  expect(await statusesAfter(jobAtHand)).toEqual([200, 409]);
  expect(await statusesAfter("another")).toEqual([200, 200]);
});

test("stopped while BigQuery works for it, and killed before or after it says so there, the next run ends as if nothing had been", async () => {
  const stop = { signal: "SIGTERM", effect: "source.look", nth: 0, when: "after", delay: 0 } as const;
  for (const when of ["before", "after"] as const) {
    await server.fault({ on: { target: "freshness_" }, action: "slow-job", times: 2, milliseconds: 2000 });
    const kill = { signal: "SIGKILL", effect: "job.cancel", nth: 0, when, delay: 0 } as const;
    expect(await killAndRunAgain({ stage, killer, stop, kill })).toEqual([]);
    await server.clearFaults();
  }
});

test.each(["a job that asks or reads", "a table for a large result"])(
  "the answer is lost to %s: the run ends as if nothing had been",
  async (which) => {
    const faults = await faultsAt(stage, server, { on: readingRequests[which]!, action: "lose-answer" });
    expect(await runWithEach(faults, stage, server)).toEqual([]);
    expect(faults.length).toBeGreaterThan(1);
  },
);

test("nothing is sent to BigQuery while it reads outside of a named effect, but questions that change nothing", async () => {
  const { world, scenario } = stage;
  const place = await world.copy(stage.place);
  await server.clearRequests();
  const watch = watchRequests();
  await runHere({ world, place, interval: scenario.interval, effect: watch.effect }).finally(() => watch.stop());
  expect(watch.outside).toEqual([]);
  expect([...watch.seen].filter((name) => !(name in { ...effects, ...bigqueryEffects, ...readingEffects }))).toEqual(
    [],
  );
  expect(Object.keys(readingEffects).filter((name) => !watch.seen.has(name))).toEqual(["job.cancel"]);
  expect(await server.requests({ method: "jobs.query", writes: true })).toEqual([]);
  await world.remove(place);
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await server.violations()).toEqual([]);
});
