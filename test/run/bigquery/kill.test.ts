import { afterAll, beforeAll, expect, test } from "vitest";
import { killBackfill } from "../backfills.ts";
import { killAt, killsOf, setStage, type Stage } from "../cases.ts";
import { buildKiller, type Killer } from "../children.ts";
import { makeScenarios } from "../scenarios.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { bigqueryWorld } from "./world.ts";

// Every write mode, and before, during and after each effect, on disk too: test/e2e/bigquery-kill.test.ts.

let killer: Killer;
let server: BigQueryServer;
let stage: Stage;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), startBigQueryServer()]);
  stage = await setStage(
    makeScenarios(60).find(({ appends }) => appends)!,
    bigqueryWorld(server),
  );
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
  await server.stop();
});

test(
  "killed after each thing that it changes in BigQuery, a run leaves the old result or the new one, and the next run ends as if nothing had been",
  { timeout: 300_000 },
  async () => {
    const kills = killsOf(
      stage.effects.filter(({ effect }) => /^(?:bigquery|lease)\./.test(effect)),
      "after",
    );
    expect(await killAt(kills, { stage, killer })).toEqual([]);
    expect(kills.length).toBeGreaterThan(9);
  },
);

// 30 days: test/e2e/backfill-kill.test.ts.
test("a backfill that is killed twice, at any effect, ends as one that was not", { timeout: 300_000 }, async () => {
  const asked = { world: bigqueryWorld(server), killer, days: 5, kills: 2 };
  expect(await killBackfill({ ...asked, write: "append", seed: 1 })).toEqual([]);
});
