import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { join } from "node:path";
import { backfill } from "../../../src/commands/backfill.ts";
import type { Effect } from "../../../src/util/context.ts";
import { realContext } from "../context.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";
import { location } from "./world.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  // What an interval reads is too large to lie aside.
  lab = await makeBigQueryLab({ location, datasets: [{ name: "products", location }], largestResult: 20_000 });
  await lab.server.sql(`
    CREATE TABLE products.events AS
      SELECT id, dato, RPAD(CAST(id AS STRING), 200, 'x') AS tekst FROM UNNEST(GENERATE_ARRAY(1, 200)) AS id,
        UNNEST(GENERATE_DATE_ARRAY(DATE '2022-01-17', DATE '2022-01-21')) AS dato`);
});
afterAll(() => lab.remove());
beforeEach(async () => {
  await lab.next();
  const sources = {
    events: { type: "bigquery", query: "SELECT * FROM products.events WHERE dato = @interval_start" },
  };
  const output = { write: "append", partition: "dato" };
  await lab.write("SELECT dato, count(*) AS n FROM events GROUP BY dato", output, { interval: "day", sources });
});

interface Fill {
  parallel?: number;
  effect?: Effect;
  now?: Date;
}

async function fill({ parallel = 3, effect, now }: Fill = {}): Promise<string> {
  const lines: string[] = [];
  const { path: folder } = lab.folder;
  const env = { ...lab.env, NAIS_ETL_PAUSE_SECONDS: "0" };
  const context = realContext({
    folder,
    tmpdir: join(folder, "tmp"),
    env,
    write: (line) => void lines.push(line),
    ...(effect && { effect }),
  });
  const range = { from: "2022-01-18", to: "2022-01-21", target: "prod" };
  const code = await backfill({ ...range, parallel }, { ...context, ...(now && { now: () => now }) });
  expect([code, lines.join("")]).toEqual([0, expect.stringContaining("Done: 4 intervals published")]);
  return lines.join("");
}

/** One that the backfill has nothing to do with. */
const other = "2022-01-17";

async function runOther(): Promise<void> {
  expect((await lab.run({ interval: other })).code).toBe(0);
}

const days = ["2022-01-18", "2022-01-19", "2022-01-20", "2022-01-21"];
const published = () => lab.values("SELECT run_id, generation FROM DATASET._nais_etl_publishes ORDER BY published_at");
const told = () => lab.values("SELECT run_id, status FROM DATASET._nais_etl_runs ORDER BY finished_at");
const rows = () => lab.values("SELECT * FROM DATASET.t ORDER BY dato");

test("several intervals are read at the same time, and published one after the other", async () => {
  let [queries, most] = [0, 0];
  const atOnce: string[] = [];
  const gate = Promise.withResolvers<void>();
  const effect: Effect = async (name, act) => {
    if (name !== "source.query") return act();
    most = Math.max(most, ++queries);
    // None goes on before there are three, or nobody else comes.
    if (queries === 3) gate.resolve();
    else if (atOnce.push(name) < 3) await Promise.race([gate.promise, new Promise((go) => setTimeout(go, 20_000))]);
    return act().finally(() => queries--);
  };
  expect(await fill({ effect })).toContain("4 to run, 3 at a time");
  expect(most).toBe(3);
  expect(await published()).toEqual(days.map((day) => `${day} 0`));
  expect(await told()).toEqual(days.map((day) => `${day} succeeded`));
  expect(await rows()).toEqual(days.map((day) => `${day} 200`));
});

test("a large result stays until it is read, also where another run publishes meanwhile, and tidies up", async () => {
  let seen = 0;
  const effect: Effect = async (name, act) => {
    const result = await act();
    // It has been made, and is about to be read.
    if (name === "source.expire" && ++seen === 2) await runOther();
    return result;
  };
  await fill({ parallel: 2, effect });
  expect(await rows()).toEqual([other, ...days].map((day) => `${day} 200`));
  expect((await lab.tables()).filter((name) => /_nais_etl_(?:ahead|source|staging)_/.test(name))).toEqual([]);
});

test("two backfills at once bill each interval once: the second waits, and finds nothing left to do", async () => {
  let reads = 0;
  const lines: string[] = [];
  const effect: Effect = (name, act) => {
    if (name === "source.expire") reads++;
    return act();
  };
  const write = (line: string) => void lines.push(line);
  const begin = async () => {
    const { path: folder } = lab.folder;
    const env = { ...lab.env, NAIS_ETL_PAUSE_SECONDS: "0" };
    const context = realContext({ folder, tmpdir: join(folder, "tmp"), env, write, effect });
    return backfill({ from: "2022-01-18", to: "2022-01-21", target: "prod", parallel: 2 }, context);
  };
  expect(await Promise.all([begin(), begin()])).toEqual([0, 0]);
  expect(reads).toBe(4);
  expect(await told()).toEqual(days.map((day) => `${day} succeeded`));
  expect(lines.join("")).toMatch(/waiting for another backfill of pipeline lab: backfill-[^]*Nothing to do/);
});

test("a large result that nobody came to read is removed a day later, and not before", async () => {
  const name = "_nais_etl_ahead_lab_events_1";
  await lab.server.sql(`CREATE TABLE ${lab.dataset}.${name} AS SELECT 1 AS n`);
  await runOther();
  expect(await lab.tables()).toContain(name);
  await fill({ now: new Date(Date.now() + 25 * 3_600_000) });
  expect(await lab.tables()).not.toContain(name);
});
