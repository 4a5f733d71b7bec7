import { afterAll, beforeAll, expect, test } from "vitest";
import type { Effect } from "../../../src/util/context.ts";
import { bigqueryEffects, effects } from "../effects.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";
import { watchRequests, type RequestWatch } from "./outside.ts";

// So that the tests that kill the process, or break its requests, know every place where it changes something.

let lab: BigQueryLab;
let watch: RequestWatch;

beforeAll(async () => {
  lab = await makeBigQueryLab();
  watch = watchRequests();
  await runAll(watch.effect).finally(() => watch.stop());
});

afterAll(() => lab.remove());

const sql = (columns: string) => `SELECT 1 AS id, CAST('[1]' AS JSON) AS json, ${columns}`;

/** A first run, and one that has a table to change. */
async function runAll(effect: Effect): Promise<void> {
  const outputs = {
    t: { type: "bigquery", table: `${lab.dataset}.t` },
    f: { type: "file", model: "t", path: "out/t.csv" },
  };
  await lab.write(sql("'a' AS navn"), {}, { outputs });
  expect(await lab.run({}, { effect })).toMatchObject({ code: 0 });
  await lab.write(sql("'a' AS nytt"), {}, { outputs });
  expect(await lab.run({ allowSchemaChange: true }, { effect })).toMatchObject({ code: 0 });
}

test("every side effect of a run is in one of the lists, and those of BigQuery are all seen", () => {
  expect([...watch.seen].filter((name) => !(name in effects) && !(name in bigqueryEffects))).toEqual([]);
  // A lease is renewed after 20 seconds: see test/etl/publish/bigquery/lock.test.ts.
  expect(Object.keys(bigqueryEffects).filter((name) => !watch.seen.has(name))).toEqual(["lease.renew"]);
});

test("nothing is sent to BigQuery outside of a named effect, but questions that change nothing", async () => {
  expect(watch.outside).toEqual([]);
  expect((await lab.writes()).length).toBeGreaterThan(25);
  expect(await lab.server.requests({ method: "jobs.query", writes: true })).toEqual([]);
});

test("the run before has left no table but its own and those of the state", async () => {
  expect(
    (await lab.tables()).filter(
      (name) => !/^(?:t|_nais_etl_(?:publishes|cursors|runs|(?:fence|lock|files)_lab))$/.test(name),
    ),
  ).toEqual([]);
});
