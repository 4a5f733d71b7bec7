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

const ways = [
  { write: "append", parallel: 1 },
  { write: "replace_partition", parallel: 3 },
];

test.each(ways)("30 days in the local warehouse, by $write, $parallel at a time", { timeout }, async (way) => {
  expect(await killBackfill({ world: localWorld, killer, days: 30, kills: 5, seed: 7, ...way })).toEqual([]);
});

test.each([1, 3])("30 days in the in-repo BigQuery, by append, %i at a time", { timeout }, async (parallel) => {
  const asked = { world: bigqueryWorld(server), killer, days: 30, kills: 4, seed: 7, parallel };
  expect(await killBackfill({ ...asked, write: "append" })).toEqual([]);
});
