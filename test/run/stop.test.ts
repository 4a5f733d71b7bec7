import { afterAll, beforeAll, expect, test } from "vitest";
import { killAt, killsOf, setStage, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import type { Kill } from "./killer.ts";
import { scenarios } from "./scenarios.ts";

let killer: Killer;
let stage: Stage;

beforeAll(async () => {
  killer = await buildKiller();
  stage = await setStage(scenarios.find(({ appends }) => appends)!);
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
});

// Both signals take the same way through the code; test/e2e/kill.test.ts sends both at each effect.
test("told to stop at any of its effects, a run ends with 143 or 130, half-publishes nothing, leaves nothing behind, and says that it was interrupted", async () => {
  const signals: Kill["signal"][] = ["SIGTERM", "SIGINT"];
  const kills = stage.effects.map((moment, i) => killsOf([moment], "before", signals[i % 2])[0]!);
  expect(await killAt(kills, { stage, killer })).toEqual([]);
});
