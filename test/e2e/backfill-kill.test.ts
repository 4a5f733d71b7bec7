/** A backfill of 30 days that is killed again and again ends as one that was not, on disk and in BigQuery. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { killBackfill } from "../run/backfills.ts";
import { bigqueryWorld } from "../run/bigquery/world.ts";
import { buildKiller, type Killer } from "../run/children.ts";
import { localWorld } from "../run/worlds.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";

let killer: Killer;
let server: BigQueryServer;

beforeAll(async () => {
  [killer, server] = await Promise.all([buildKiller(), startBigQueryServer()]);
});
afterAll(async () => {
  await killer.remove();
  await server.stop();
});

const timeout = 600_000;

test.each(["append", "replace_partition"])("30 days in the local warehouse, by %s", { timeout }, async (write) => {
  expect(await killBackfill({ world: localWorld, killer, days: 30, kills: 5, seed: 7, write })).toEqual([]);
});

test("30 days in the in-repo BigQuery, by append", { timeout }, async () => {
  const asked = { world: bigqueryWorld(server), killer, days: 30, kills: 4, seed: 7 };
  expect(await killBackfill({ ...asked, write: "append" })).toEqual([]);
});
