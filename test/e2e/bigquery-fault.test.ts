import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { faultsAt, runWithEach } from "../run/bigquery/fault.ts";
import { setStage, type Stage } from "../run/cases.ts";
import { makeScenarios } from "../run/scenarios.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";

// All of it: `test/run/bigquery/fault.test.ts` leaves out what differs by nothing but the write mode.

const timeout = 600_000;
const scenarios = makeScenarios(600);
let server: BigQueryServer;

beforeAll(async () => {
  server = await startBigQueryServer();
});

afterAll(() => server.stop());

describe.each(scenarios)("$name", (scenario) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage(scenario, bigqueryWorld(server));
  });

  afterAll(() => stage.remove());

  test.each(["drop", "lose-answer", "unavailable"] as const)(
    "each of its requests that change something meets the fault `%s`, and the run ends as if nothing had been",
    { timeout },
    async (action) => {
      const faults = await faultsAt(stage, server, { action });
      expect(await runWithEach(faults, stage, server)).toEqual([]);
      expect(faults.length).toBeGreaterThan(10);
    },
  );
});

test.each(["token-expired", "too-many-requests", "rate-limit", "internal", "bad-gateway"] as const)(
  "what differs by nothing but the answer: %s",
  { timeout },
  async (action) => {
    const stage = await setStage(
      scenarios.find(({ appends }) => appends)!,
      bigqueryWorld(server),
    );
    expect(await runWithEach(await faultsAt(stage, server, { action }), stage, server)).toEqual([]);
    await stage.remove();
  },
);
