import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inParallel, killAndRunAgain, killAt, killsInTurn, setStage, type Stage } from "../run/cases.ts";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { randomKills } from "../run/random.ts";
import { makeScenarios } from "../run/scenarios.ts";
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";

// Every write mode: `test/run/bigquery/kill.test.ts` leaves out what differs by nothing else.

const scenarios = makeScenarios(600);
let killer: Killer;
let server: BigQueryServer;
const stages: Stage[] = [];

beforeAll(async () => {
  killer = await buildKiller();
  server = await spawnBigQueryServer();
});

afterAll(async () => {
  await Promise.all([killer, ...stages].map((part) => part.remove()));
  await server.stop();
});

const timeout = 1_200_000;

describe.each(scenarios.map((scenario, i) => ({ ...scenario, scenario, i })))("$name", ({ scenario, i }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(scenario, bigqueryWorld(server));
    stages.push(stage);
  });

  test(
    "killed before, during or after each of its effects, a run leaves the old result or the new one, and the next run ends as if nothing had been",
    { timeout },
    async () => {
      const kills = killsInTurn(stage.effects, i);
      expect(await killAt(kills, { stage, killer })).toEqual([]);
      expect(kills.length).toBeGreaterThan(20);
    },
  );
});

test("killed at any time: 20 times by chance", { timeout }, async () => {
  const kills = await randomKills({ stages, killer, count: 20, seed: 4 });
  const results = await inParallel(kills, 2, async ({ stage, kill, again, says }) => {
    const problems = await killAndRunAgain({ stage, killer, kill, again });
    return problems.map((problem) => `${says}: ${problem}`);
  });
  expect(results.flat()).toEqual([]);
});
