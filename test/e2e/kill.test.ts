import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTurn, killAt, killsInTurn, killsOf, setStage, type Stage } from "../run/cases.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { makeScenarios } from "../run/scenarios.ts";

// With more rows, and after every effect too: `test/run/kill.test.ts` leaves out what leads to a state on disk that it has seen.

const scenarios = makeScenarios(6000);
let killer: Killer;

beforeAll(async () => {
  killer = await buildKiller();
});

afterAll(() => killer.remove());

describe.each(scenarios.map((scenario, i) => ({ ...scenario, scenario, i })))("$name", ({ scenario, i }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(scenario);
  });

  afterAll(() => stage.remove());

  test(
    "killed before, during or after each of its effects, a run leaves the old result or the new one, and the next run ends as if nothing had been",
    { timeout: 600_000 },
    async () => {
      const kills = killsInTurn(stage.effects, i);
      expect(await killAt(kills, { stage, killer })).toEqual([]);
      expect(kills.length).toBeGreaterThan(20);
    },
  );
});

// The other signal than test/run/stop.test.ts sends there: both take the same way through the code.
test(
  "told to stop at any of its effects, a run half-publishes nothing, leaves nothing behind, and says that it was interrupted",
  { timeout: 600_000 },
  async () => {
    const stage = await setStage(scenarios.find(({ appends }) => appends)!);
    // Such a signal is heard a moment later, in the midst of the effect.
    const ways = (["SIGINT", "SIGTERM"] as const).map((signal) => killsOf(stage.effects, "before", signal));
    const kills = inTurn(ways, 0);
    const problems = await killAt(kills, { stage, killer });
    await stage.remove();
    expect(problems).toEqual([]);
    expect(kills.length).toBeGreaterThan(20);
  },
);
