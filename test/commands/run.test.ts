import { afterEach, expect, test } from "vitest";
import { run } from "../../src/commands/run.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const files = {
  "pipeline.yaml": `
name: orders
interval: { every: day, sample: 2022-01-20 }
sources: { apps: { type: file, path: apps.csv, columns: { name: STRING } } }
outputs: { daily: { type: bigquery, table: orders.daily, write: append } }
`,
  "models/daily.sql": "SELECT name, $interval_start AS day FROM apps",
  "apps.csv": "name\na\n",
};

test.each([
  [{}, {}, "2022-01-20"],
  [{ NAIS_ETL_INTERVAL: "2022-02-03" }, {}, "2022-02-03"],
  [{ NAIS_ETL_INTERVAL: "" }, {}, "2022-01-20"],
  [{ NAIS_ETL_INTERVAL: "2022-02-03" }, { interval: "2022-02-04" }, "2022-02-04"],
])("with %j in the environment and %j asked for, its interval is %s", async (env, options, interval) => {
  folder = await makeFolder(files);
  folder.context = { ...folder.context, env };
  expect(await run({ ...options, json: true }, folder.context)).toBe(0);
  expect(JSON.parse(folder.printed.join(""))).toMatchObject({ run_id: interval, interval: { start: interval } });
});
