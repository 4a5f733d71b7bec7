import { afterAll, beforeAll, expect, test } from "vitest";
import { setStage, type Stage } from "../cases.ts";
import { makeScenarios } from "../scenarios.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { faultsAt, runWithEach } from "./fault.ts";
import { bigqueryWorld } from "./world.ts";

// Every write mode and every fault: test/e2e/bigquery-fault.test.ts.

let server: BigQueryServer;
let stage: Stage;

beforeAll(async () => {
  server = await startBigQueryServer();
  stage = await setStage(
    makeScenarios(60).find(({ appends }) => appends)!,
    bigqueryWorld(server),
  );
});

afterAll(async () => {
  await stage.remove();
  await server.stop();
});

test("each request that changes something is done, and its answer lost: the run ends as if nothing had been", async () => {
  const faults = await faultsAt(stage, server, { action: "lose-answer" });
  expect(await runWithEach(faults, stage, server)).toEqual([]);
  expect(faults.length).toBeGreaterThan(10);
});

test("each load and the publish fails once for a reason that passes: another one is made, and the run ends as if nothing had been", async () => {
  const error = { reason: "backendError", message: "An internal error occurred" };
  const on = { writes: true, method: "jobs.insert", target: "_(?:load|publish)_" };
  const faults = await faultsAt(stage, server, { on, action: "fail-job", error });
  expect(await runWithEach(faults, stage, server)).toEqual([]);
  // Two tables, the rows set aside, and the publish.
  expect(faults).toHaveLength(4);
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await server.violations()).toEqual([]);
});
