import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsAt, runWithEach } from "../run/bigquery/fault.ts";
import { makeProducts, readingRequests, readingScenario, readingServer } from "../run/bigquery/reading.ts";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { killAt, killsOf, setStage, type Stage } from "../run/cases.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";

// All of it: `test/run/bigquery/reading.test.ts` has what differs most.

const timeout = 600_000;
let killer: Killer;
let server: BigQueryServer;
let stage: Stage;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), spawnBigQueryServer(readingServer)]);
  await makeProducts(server);
  stage = await setStage(readingScenario, bigqueryWorld(server));
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
  await server.stop();
});

test.each(["before", "during", "after"] as const)(
  "killed %s each of its effects, a run leaves the old result or the new one, and the next run ends as if nothing had been",
  { timeout },
  async (when) => {
    const kills = killsOf(stage.effects, when);
    expect(await killAt(kills, { stage, killer })).toEqual([]);
    expect(kills.length).toBeGreaterThan(25);
  },
);

/** What can be done to a request of either protocol; an answer that comes in parts is broken off instead of lost. */
const actions = ["drop", "lose-answer", "unavailable", "internal", "token-expired", "rate-limit"] as const;

describe.each(Object.entries(readingRequests))("%s", (_, on) => {
  test.each(actions.filter((action) => action !== "lose-answer" || on.method !== "storage.ReadRows"))(
    "meets the fault `%s`, and the run ends as if nothing had been",
    { timeout },
    async (action) => {
      const faults = await faultsAt(stage, server, { on, action });
      expect(await runWithEach(faults, stage, server)).toEqual([]);
      expect(faults.length).toBeGreaterThan(0);
    },
  );
});
