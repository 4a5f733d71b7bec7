import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inParallel, killAndRunAgain, killAt, killsOf, setStage, type Moment, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import { randomKills } from "./random.ts";
import { makeScenarios } from "./scenarios.ts";

// Before one effect is after the one before it: nothing happens in between (see effects.test.ts). And until rows are
// published, and after it, all write modes do the same. What leads to a state on disk that was seen already is left to
// test/e2e/kill.test.ts, to `npm run test:thorough`, which leaves out nothing, and to `npm run test:soak`.

const scenarios = makeScenarios(600);
let killer: Killer;
let stages: Stage[];

beforeAll(async () => {
  killer = await buildKiller();
  stages = await inParallel(scenarios, 2, (scenario) => setStage(scenario));
});

afterAll(async () => {
  await Promise.all([killer, ...stages].map((part) => part.remove()));
});

const timeout = 300_000;

describe("a run that is killed leaves the old result or the new one, and the next run ends as if nothing had been", () => {
  test(
    "killed during any of its effects, or after it, in a warehouse that is still to be made",
    { timeout },
    async () => {
      const [stage] = stages as [Stage];
      const kills = [
        ...killsOf(stage.effects, "during"),
        ...killsOf(
          stage.effects.filter(({ effect }) => /^(?:file|lock|places|warehouse|record|work)\./.test(effect)),
          "after",
        ),
      ];
      expect(await killAt(kills, { stage, killer })).toEqual([]);
      expect(kills.length).toBeGreaterThan(35);
    },
  );

  test.each(scenarios.slice(1).map(({ name }, i) => [name, i + 1] as const))(
    "killed while it publishes: %s",
    { timeout },
    async (_name, i) => {
      const stage = stages[i]!;
      const kills = [
        ...killsOf(stage.effects.filter(isPublishing), "during"),
        ...killsOf(stage.effects.filter(isCommitted), "after"),
      ];
      expect(await killAt(kills, { stage, killer })).toEqual([]);
      expect(kills.length).toBeGreaterThan(10);
    },
  );

  test("killed at any time: 50 times by chance", { timeout }, async () => {
    const kills = await randomKills({ stages, killer, count: 50, seed: 3 });
    const results = await inParallel(kills, 2, async ({ stage, kill, again, says }) => {
      const problems = await killAndRunAgain({ stage, killer, kill, again });
      return problems.map((problem) => `${says}: ${problem}`);
    });
    expect(results.flat()).toEqual([]);
  });
});

/** What differs by write mode, and the closing of the warehouse, which writes it. */
function isPublishing({ effect, nth }: Moment): boolean {
  return /^(?:file\.|publish\.(?:table|commit))/.test(effect) || (effect === "warehouse.close" && nth === 1);
}

/** Committed, and not all files have their names; or all have. */
function isCommitted({ effect, nth }: Moment): boolean {
  return effect === "publish.commit" || (effect === "file.rename" && nth !== 1);
}
