/** A rollback that is killed at any of its effects, or whose requests meet a fault, on disk and in BigQuery. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ofEach } from "../run/bigquery/fault.ts";
import { faultsOfRollback, rollbackStageIn, rollBackWithEach } from "../run/bigquery/rollback-fault.ts";
import { inTurn, killsInTurn, type Moment } from "../run/cases.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { killRollbacks, setRollback, type RollbackStage } from "../run/rollbacks.ts";
import { localWorld } from "../run/worlds.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";

const timeout = 600_000;
let killer: Killer;
let server: BigQueryServer;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), startBigQueryServer({ timeTravel: true })]);
});
afterAll(async () => {
  await killer.remove();
  await server.stop();
});

// Before, during or after each of its effects, in turn. Folders and locks on disk are those of every run: test/e2e/kill.test.ts.

function isOfStore({ effect }: Moment): boolean {
  return process.env["NAIS_ETL_THOROUGH"] !== undefined || /^(?:bigquery|publish|record)\./.test(effect);
}

test(
  "in the local warehouse, killed anywhere it did all or nothing, and the same command ends as if nothing had been",
  { timeout },
  async () => {
    const stage = await setRollback({ world: localWorld, write: "replace_partition", keep: { rows: 1, days: 2 } });
    const kills = killsInTurn(stage.effects.filter(isOfStore));
    expect(await killRollbacks(kills, stage, killer)).toEqual([]);
    expect(kills.length).toBeGreaterThan(7);
    await stage.remove();
  },
);

describe("in the in-repo BigQuery, from a snapshot and by time travel", () => {
  let stage: RollbackStage;

  beforeAll(async () => {
    stage = await rollbackStageIn(server, "append");
  }, timeout);
  afterAll(() => stage.remove());

  test(
    "killed anywhere it did all or nothing, and the same command ends as if nothing had been",
    { timeout },
    async () => {
      const kills = killsInTurn(stage.effects.filter(isOfStore));
      expect(await killRollbacks(kills, stage, killer)).toEqual([]);
      expect(kills.length).toBeGreaterThan(7);
    },
  );

  test(
    "each of its requests that change something is dropped, loses its answer or finds nobody: it ends as if nothing had been",
    { timeout },
    async () => {
      const actions = ["drop", "lose-answer", "unavailable"] as const;
      const faults = ofEach(actions, await faultsOfRollback(stage, server, "drop"));
      expect(await rollBackWithEach(inTurn(faults, 0), stage, server)).toEqual([]);
      expect(faults[0]!.length).toBeGreaterThan(8);
    },
  );
});
