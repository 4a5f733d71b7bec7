import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { faultsAt, ofEach, runWithEach } from "../run/bigquery/fault.ts";
import { inTurn, setStage, type Stage } from "../run/cases.ts";
import { makeScenarios } from "../run/scenarios.ts";
import type { Fault } from "../servers/bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";

// Every write mode: `test/run/bigquery/fault.test.ts` leaves out what differs by nothing else.

const timeout = 600_000;
const scenarios = makeScenarios(600);
let server: BigQueryServer;

beforeAll(async () => {
  server = await startBigQueryServer();
});

afterAll(() => server.stop());

describe.each(scenarios.map((scenario, i) => ({ ...scenario, scenario, i })))("$name", ({ scenario, i }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(scenario, bigqueryWorld(server));
  });

  afterAll(() => stage.remove());

  test(
    "each of its requests that change something is dropped, loses its answer or finds nobody, and the run ends as if nothing had been",
    { timeout },
    async () => {
      const faults = await eachFault(stage, ["drop", "lose-answer", "unavailable"], i);
      expect(await runWithEach(faults, stage, server)).toEqual([]);
      expect(faults.length).toBeGreaterThan(10);
    },
  );
});

test(
  "what differs by nothing but the answer: a token that has expired, too many requests, errors within",
  { timeout },
  async () => {
    const stage = await setStage(
      scenarios.find(({ appends }) => appends)!,
      bigqueryWorld(server),
    );
    const actions = ["token-expired", "too-many-requests", "rate-limit", "internal", "bad-gateway"] as const;
    expect(await runWithEach(await eachFault(stage, actions, 0), stage, server)).toEqual([]);
    await stage.remove();
  },
);

async function eachFault(stage: Stage, actions: readonly Fault["action"][], first: number): Promise<Fault[]> {
  return inTurn(ofEach(actions, await faultsAt(stage, server, { action: actions[0]! })), first);
}
