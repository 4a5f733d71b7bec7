import { afterEach, beforeEach, expect, test } from "vitest";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
  await lab.folder.write("data/people.csv", "id,name\n1,Åse\n2,Ola\n2,Kari\n,Per\n");
});

afterEach(() => lab.remove());

const sources = {
  people: {
    type: "file",
    path: "data/people.csv",
    columns: { id: { type: "INT64", checks: [{ not_null: true, on_fail: "quarantine" }] }, name: "STRING" },
  },
};
const quarantine = { table: "lab.set_aside" };
const sql = "SELECT id, count(*) AS times FROM names GROUP BY id ORDER BY id";

/** Models one after another, so that their lines come in one order. */
async function write(checks: unknown[], models: object = {}): Promise<void> {
  await lab.folder.write("models/names.sql", "SELECT id, name FROM people");
  const columns = { id: "INT64", times: { type: "INT64", checks } };
  const outputs = { t: { type: "bigquery", table: "lab.t" }, csv: { type: "file", path: "out/t.csv", model: "t" } };
  await lab.write(sql, {}, { sources, quarantine, models: { t: { columns }, ...models }, outputs });
}

/** Without what differs from run to run. */
function masked(text: string): string {
  return text
    .replaceAll(/\d+\.\d\d s\b/g, "#.## s")
    .replaceAll(/\d{4}\d{4}T\d{6}Z-[0-9a-f]{8}/g, "RUN")
    .replaceAll(/ {1,2}\d+ B\b/g, " ### B")
    .replace(/^nais-etl \S+/, "nais-etl VERSION");
}

test("a good run", async () => {
  await write([
    { range: { max: 2 } },
    { range: { max: 1 }, severity: "warn" },
    { range: { max: 1 }, tolerate: 0.5, name: "few" },
  ]);
  const { code, text } = await lab.run();
  expect(code).toBe(0);
  await expect(masked(text)).toMatchFileSnapshot("../golden/console/good.txt");
});

test("a failed check: what reads the model is skipped, and the exit code says that it was a check", async () => {
  await write(["unique", { range: { max: 1 } }]);
  await lab.folder.write("models/uu.sql", "SELECT max(times) AS most FROM t");
  await lab.folder.write("models/v.sql", "SELECT most FROM uu UNION ALL SELECT most FROM uu");
  const { code, text } = await lab.run();
  expect(code).toBe(3);
  await expect(masked(text)).toMatchFileSnapshot("../golden/console/failed-check.txt");
});

test("a failed model: what reads it is skipped, and the exit code is 1", async () => {
  await write([]);
  await lab.folder.write("models/names.sql", "SELECT CAST(name AS INTEGER) AS id FROM people");
  await lab.folder.write("models/u.sql", "SELECT id FROM names");
  const { code, text } = await lab.run();
  expect(code).toBe(1);
  await expect(masked(text)).toMatchFileSnapshot("../golden/console/failed-model.txt");
});

test("the first line names the interval, where there is one: that of the night, or the one that is asked for", async () => {
  await lab.write(
    "SELECT $interval_start AS dag",
    { write: "replace_partition", partition: "dag" },
    { interval: "day" },
  );
  const first = async (interval?: string, env: Record<string, string> = {}) =>
    (await lab.run(interval === undefined ? {} : { interval }, { env })).text
      .split("\n")[0]!
      .replace(/^nais-etl \S+/, "nais-etl VERSION");
  expect(await first("2026-11-21")).toBe("nais-etl VERSION · lab · target local · 2026-11-21");
  expect(await first(undefined, { NAIS_ETL_INTERVAL: "2026-11-20" })).toMatch(/ · 2026-11-20$/);
  expect(await first()).toMatch(/ · \d{4}-\d\d-\d\d$/);
  await expect(first("yesterday")).rejects.toThrow("--interval yesterday is not a day");
});
