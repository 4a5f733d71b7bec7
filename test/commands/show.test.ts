import { afterEach, expect, test } from "vitest";
import { show } from "../../src/commands/show.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const files = {
  "pipeline.yaml": `
name: apps
interval: { every: day, sample: 2022-01-20 }
params: { least: { type: INT64, default: 0 } }
sources:
  apps:
    type: bigquery
    table: d.t
    columns: { dato: DATE, name: STRING, owner: { type: STRING, sensitive: true } }
    sample: data/apps.csv
models:
  per_name: { columns: { name: { type: STRING, checks: [unique] }, n: INT64 }, checks: [row_count: { min: 100 }] }
outputs:
  per_name: { type: bigquery, table: d.per_name, write: replace_partition, partition: name }
`,
  "data/apps.csv": "dato,name,owner\n2022-01-20,a,kari\n2022-01-20,b,ola\n2022-01-19,b,\n",
  "models/stg.sql": "SELECT *, dato = $interval_start AS today FROM apps",
  "models/per_name.sql": "SELECT name, count(*) AS n FROM stg GROUP BY name HAVING count(*) > $least ORDER BY name",
  "models/broken.sql": "SELECT CAST(name AS INTEGER) AS n FROM stg",
};
const output = () => folder.printed.join("\n").split("\n");

test("the first rows of a model, with types; checks do not stand in the way", async () => {
  folder = await makeFolder(files);
  await show({ model: "per_name" }, folder.context);
  expect(output()).toEqual(["name        n", "STRING  INT64", "a           1", "b           2", "(2 rows)"]);
});

test("so many rows as asked for, and whether there are more", async () => {
  folder = await makeFolder(files);
  await show({ model: "per_name", limit: 1 }, folder.context);
  expect(output().slice(2)).toEqual(["a           1", "(the first 1 row; more with --limit)"]);
});

test("an interval that the samples are not of is told", async () => {
  folder = await makeFolder(files);
  const warnings: string[] = [];
  const problem = ({ message }: { message: string }) => void warnings.push(message);
  const context = { ...folder.context, log: { ...folder.context.log, problem } };
  await show({ model: "per_name", interval: "2022-01-20" }, context);
  expect(warnings).toEqual([]);
  await show({ model: "per_name", interval: "2022-01-19" }, context);
  expect(warnings).toEqual(["these rows are made of samples of 2022-01-20, not of 2022-01-19"]);
});

test("a source's rows too, without what is sensitive", async () => {
  folder = await makeFolder(files);
  await show({ model: "apps" }, folder.context);
  expect(output()).toEqual([
    "dato        name    owner",
    "DATE        STRING  STRING",
    "2022-01-20  a       (sensitive)",
    "2022-01-20  b       (sensitive)",
    "2022-01-19  b       NULL",
    "(3 rows)",
  ]);
});

test("nor in a model that declares no columns, nor in JSON", async () => {
  folder = await makeFolder(files);
  await show({ model: "stg", json: true }, folder.context);
  expect(JSON.parse(output().join("\n"))).toEqual([
    { dato: "2022-01-20", name: "a", owner: "(sensitive)", today: true },
    { dato: "2022-01-20", name: "b", owner: "(sensitive)", today: true },
    { dato: "2022-01-19", name: "b", owner: null, today: false },
  ]);
});

test("for an interval and with parameters", async () => {
  folder = await makeFolder(files);
  await show({ model: "stg", interval: "2022-01-19", json: true }, folder.context);
  await show({ model: "per_name", param: { least: "1" }, json: true }, folder.context);
  const [days, names] = folder.printed.map((text) => JSON.parse(text) as Record<string, unknown>[]);
  expect(days!.map((row) => row["today"])).toEqual([false, false, true]);
  expect(names).toEqual([{ name: "b", n: 2 }]);
});

test("nothing is published, recorded or logged", async () => {
  folder = await makeFolder(files);
  await show({ model: "per_name" }, folder.context);
  expect(folder.effects.filter((name) => !/^(work|source|model)\./.test(name))).toEqual([]);
  expect(folder.logged).toEqual([]);
});

test.each([
  ["nme = 'a'", 'Referenced column "nme" not found in FROM clause!', "Did you mean `name`?"],
  ["n >", "syntax error at end of input", "--where is written in DuckDB's SQL."],
])("a condition that is wrong is told as such: %s", async (where, message, hint) => {
  folder = await makeFolder(files);
  expect(await problemsOf(() => show({ model: "per_name", where }, folder.context))).toEqual([
    { severity: "error", message: `[--where] ${message}`, hint },
  ]);
});

test("a model that fails says where", async () => {
  folder = await makeFolder(files);
  expect(await problemsOf(() => show({ model: "broken" }, folder.context))).toMatchObject([
    { message: expect.stringContaining("[model broken]"), where: { file: "models/broken.sql" } },
  ]);
});

test("an unknown name gets the nearest one", async () => {
  folder = await makeFolder(files);
  expect(await problemsOf(() => show({ model: "per_nam" }, folder.context))).toEqual([
    { severity: "error", message: "there is no model `per_nam`", hint: "Did you mean `per_name`?" },
  ]);
});
