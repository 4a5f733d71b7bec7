import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Effect } from "../../../src/util/context.ts";
import { bigqueryEffects, effects } from "../effects.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

// So that the tests that kill the process, or break its requests, know every place where it changes something.

let lab: BigQueryLab;
const seen = new Set<string>();
/** Requests that may change something and were sent outside of an effect. */
const outside: string[] = [];

beforeAll(async () => {
  lab = await makeBigQueryLab();
  let running = 0;
  const effect: Effect = async (name, act) => {
    seen.add(name);
    running++;
    return act().finally(() => running--);
  };
  const send = globalThis.fetch;
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation((address, init) => {
    const method = init?.method ?? "GET";
    const to = address instanceof Request ? address.url : address.toString();
    // `jobs.query` is only asked what changes nothing: see below.
    if (method !== "GET" && !/\/queries\?/.test(to) && running === 0) outside.push(`${method} ${to}`);
    return send(address, init);
  });
  await runAll(effect);
  spy.mockRestore();
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
  expect([...seen].filter((name) => !(name in effects) && !(name in bigqueryEffects))).toEqual([]);
  // A lease is renewed after 20 seconds: see test/etl/publish/bigquery/lock.test.ts.
  expect(Object.keys(bigqueryEffects).filter((name) => !seen.has(name))).toEqual(["lease.renew"]);
});

test("nothing is sent to BigQuery outside of a named effect, but questions that change nothing", async () => {
  expect(outside).toEqual([]);
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
