import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsAt, ofEach, runWithEach } from "../run/bigquery/fault.ts";
import { makeProducts, readingRequests, readingScenario, readingServer } from "../run/bigquery/reading.ts";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { inTurn, killAt, killsInTurn, setStage, type Stage } from "../run/cases.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";

// Every effect and every request: `test/run/bigquery/reading.test.ts` has what differs most.

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

test(
  "killed before, during or after each of its effects, a run leaves the old result or the new one, and the next run ends as if nothing had been",
  { timeout },
  async () => {
    const kills = killsInTurn(stage.effects);
    expect(await killAt(kills, { stage, killer })).toEqual([]);
    expect(kills.length).toBeGreaterThan(25);
  },
);

/** What can be done to a request of either protocol; an answer that comes in parts is broken off instead of lost. */
const actions = ["drop", "lose-answer", "unavailable", "internal", "token-expired", "rate-limit"] as const;

test.each(Object.entries(readingRequests).map(([name, on], i) => ({ name, on, i })))(
  "$name meets a fault of each kind, and the run ends as if nothing had been",
  { timeout },
  async ({ on, i }) => {
    const possible = actions.filter((action) => action !== "lose-answer" || on.method !== "storage.ReadRows");
    const faults = ofEach(possible, await faultsAt(stage, server, { on, action: "drop" }));
    expect(await runWithEach(inTurn(faults, i), stage, server)).toEqual([]);
    expect(faults.flat().length).toBeGreaterThan(0);
  },
);
