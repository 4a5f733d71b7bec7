import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killAt, killsOf, setStage, type Stage } from "../run/cases.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { makeScenarios } from "../run/scenarios.ts";

// All of it: `test/run/kill.test.ts` leaves out what leads to a state on disk that it has seen already.

let killer: Killer;

beforeAll(async () => {
  killer = await buildKiller();
});

afterAll(() => killer.remove());

describe.each(makeScenarios(6000))("$name", (scenario) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(scenario);
  });

  afterAll(() => stage.remove());

  test.each(["before", "during", "after"] as const)(
    "killed %s each of its effects, a run leaves the old result or the new one, and the next run ends as if nothing had been",
    { timeout: 300_000 },
    async (when) => {
      const kills = killsOf(stage.effects, when);
      expect(await killAt(kills, { stage, killer })).toEqual([]);
      expect(kills.length).toBeGreaterThan(20);
    },
  );

  test.each(["SIGTERM", "SIGINT"] as const)(
    "told to stop by %s at any of its effects, a run half-publishes nothing, leaves nothing behind, and says that it was interrupted",
    { timeout: 300_000 },
    async (signal) => {
      const kills = killsOf(stage.effects, "before", signal);
      expect(await killAt(kills, { stage, killer })).toEqual([]);
    },
  );
});
