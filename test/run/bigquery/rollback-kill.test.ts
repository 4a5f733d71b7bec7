import { afterAll, beforeAll, expect, test } from "vitest";
import { killsOf } from "../cases.ts";
import { buildKiller, type Killer } from "../children.ts";
import { killRollbacks, type RollbackStage } from "../rollbacks.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { ownRequests, rollbackStageIn, rollBackWithEach } from "./rollback-fault.ts";

// Every effect and every fault, on disk too: test/e2e/rollback-kill.test.ts.

let killer: Killer;
let server: BigQueryServer;
let stage: RollbackStage;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), startBigQueryServer({ timeTravel: true })]);
  stage = await rollbackStageIn(server, "append");
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
  await server.stop();
});

const timeout = 300_000;

test(
  "killed after each thing that only a rollback does, it did all or nothing, and the same command ends it",
  { timeout },
  async () => {
    const kills = killsOf(
      stage.effects.filter(({ effect }) => /^bigquery\.(?:keep|hold|publish|forget)$/.test(effect)),
      "after",
    );
    expect(kills.map(({ effect }) => effect)).toEqual([
      "bigquery.hold",
      "bigquery.keep",
      "bigquery.publish",
      "bigquery.forget",
    ]);
    expect(await killRollbacks(kills, stage, killer)).toEqual([]);
  },
);

test("each of its own requests is done, and its answer lost: it ends as if nothing had been", { timeout }, async () => {
  const faults = ownRequests.map((on) => ({ on, action: "lose-answer" }) as const);
  expect(await rollBackWithEach(faults, stage, server)).toEqual([]);
});
