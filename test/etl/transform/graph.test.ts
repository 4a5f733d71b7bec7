import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { buildGraph, type Graph } from "../../../src/etl/transform/graph.ts";
import { createSessions } from "../../../src/etl/transform/program/sessions.ts";
import { loadPipeline } from "../../../src/spec/load.ts";
import { formatWhere, type Problem } from "../../../src/util/error.ts";
import { openEngine } from "../../support/engine.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let db: Database;
let folder: Folder;

beforeAll(async () => {
  db = await openEngine();
});

afterAll(() => db.close());

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

/** The graph of these models, by the names of their files. */
async function graph(models: Record<string, string>, pipeline = ""): Promise<Graph> {
  await folder.write("pipeline.yaml", `name: trial\n${pipeline}`);
  for (const [name, text] of Object.entries(models)) await folder.write(join("models", name), text);
  const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  return buildGraph(loaded, db, { sessions: createSessions(), context: folder.context });
}

const line = ({ severity, where, message, hint }: Problem) =>
  `${severity} ${formatWhere(where!)} ${message} | ${hint ?? ""}`;
const problems = async (models: Record<string, string>, pipeline?: string) =>
  (await graph(models, pipeline)).problems.map(line);

const sources = "sources:\n  apps: { type: file, path: a.csv }\n  Teams: { type: file, path: b.csv }\n";
const usesAll = 'SELECT * FROM apps, "Teams"';

async function hintOf(from: string): Promise<string> {
  const found = await problems({ "m.sql": `${usesAll}\nJOIN ${from} USING (x)` }, sources);
  expect(found).toHaveLength(1);
  return found[0]!.replace("error models/m.sql:2:6 there is no source or model ", "");
}

describe("models", () => {
  test("come each after all that it reads, whatever their names", async () => {
    const { models, problems: found } = await graph({
      "a.sql": "FROM c JOIN b USING (x)",
      "b.sql": "FROM d",
      "c.sql": "FROM d, b",
      "d.sql": "SELECT 1 AS x",
    });
    expect(found).toEqual([]);
    expect(models.map(({ name, reads }) => `${name}: ${reads.join(" ")}`)).toEqual(["d: ", "b: d", "c: d b", "a: c b"]);
  });

  test("may be none", async () => {
    expect(await graph({})).toEqual({ models: [], unusedSources: [], problems: [] });
  });

  test("other files beside them are left alone", async () => {
    const { models, problems: found } = await graph({ "a.sql": "SELECT 1", "notes.md": "x", ".hidden.sql.swp": "x" });
    expect([models.length, found]).toEqual([1, []]);
  });

  test("may have their ending in capitals, and be links", async () => {
    await folder.write("elsewhere.sql", "FROM A");
    await folder.write("models/A.SQL", "SELECT 1 AS n");
    await symlink(join(folder.path, "elsewhere.sql"), join(folder.path, "models/b.sql"));
    const { models, problems: found } = await graph({});
    expect([models.map(({ name }) => name), found]).toEqual([["A", "b"], []]);
  });

  test("in folders of their own are not read, and that is told; programs that models use may lie there", async () => {
    expect(await problems({ "a.sql": "SELECT 1", "staging/x/stg_b.sql": "SELECT 1", "lib/dates.py": "" })).toEqual([
      "warning models/staging/x/stg_b.sql no model is made of models/staging/x/stg_b.sql: it lies in a folder below models/ | Move it to models/stg_b.sql.",
    ]);
  });
});

describe("a circle is named", () => {
  test("also where a check would set rows aside by what is made of them", async () => {
    const check = "{ relationships: { to: b, column: x }, on_fail: quarantine }";
    const pipeline = `quarantine: { table: d.q }\nmodels: { a: { columns: { x: { type: INT64, checks: [${check}] } } } }`;
    expect(await problems({ "a.sql": "SELECT 1 AS x", "b.sql": "SELECT x FROM a" }, pipeline)).toContain(
      "error models/a.sql models wait for each other in a circle: a ← b ← a | A check of `a` sets rows aside by what is made of `a` later: take `on_fail: quarantine` off it.",
    );
  });

  test("with all its models", async () => {
    expect(await problems({ "a.sql": "FROM b", "b.sql": "FROM c", "c.sql": "FROM a", "d.sql": "FROM a" })).toEqual([
      "error models/a.sql models read each other in a circle: a ← b ← c ← a | Take one of these tables out of one of the queries.",
    ]);
  });

  test("also of a model that reads itself", async () => {
    expect(await problems({ "a.sql": "FROM a" })).toEqual([
      "error models/a.sql models read each other in a circle: a ← a | Take one of these tables out of one of the queries.",
    ]);
  });

  test("not where a table expression hides the model", async () => {
    expect(await problems({ "a.sql": "WITH a AS (SELECT 1) FROM a" })).toEqual([]);
  });
});

describe("an unknown table has its place and the nearest name", () => {
  test.each([
    ["app", "`app` | Did you mean `apps`?"],
    ["teams", "`teams` | Write it as it is declared: `Teams`."],
    [
      "dataset.apps",
      "`dataset.apps` | Models see sources and models by their names alone: declare the table under `sources:`.",
    ],
    ["'data/apps.csv'", "`data/apps.csv` | Declare the file under `sources:` (type: file), and name the source here."],
    ["'apps.parquet'", "`apps.parquet` | Declare the file under `sources:` (type: file), and name the source here."],
    ["blåbærsyltetøy", "`blåbærsyltetøy` | Known here: apps, Teams."],
  ])("%s", async (from, expected) => {
    expect(await hintOf(from)).toBe(expected);
  });

  test("where nothing is known yet, too", async () => {
    expect(await problems({ "m.sql": "FROM apps" })).toEqual([
      "error models/m.sql:1:6 there is no source or model `apps` | Declare it under `sources:`.",
    ]);
  });
});

describe("a query whose tables cannot be seen", () => {
  const pivot = { "m.sql": "PIVOT apps ON x USING count(*)", "n.sql": "FROM m" };

  test("needs depends_on", async () => {
    expect(await problems(pivot, sources)).toEqual([
      "error models/m.sql:1:1 which tables `m` reads cannot be seen from its query (PIVOT, for example) | Say it in pipeline.yaml: models: { m: { depends_on: [table, …] } }.",
    ]);
  });

  test("has it, and is put in order by it", async () => {
    const { models, problems: found } = await graph(pivot, "models: { m: { depends_on: [z] } }");
    expect(found.map(line)).toEqual(["error pipeline.yaml:2:28 there is no source or model `z` | Did you mean `n`?"]);
    expect(models.map(({ name, reads }) => [name, reads])).toEqual([
      ["m", ["z"]],
      ["n", ["m"]],
    ]);
  });

  test("beside what can be seen, depends_on adds to it", async () => {
    const { models } = await graph(
      { "a.sql": "SELECT 1", "b.sql": "SELECT 1", "c.sql": "FROM a" },
      "models: { c: { depends_on: [b, a] } }",
    );
    expect(models.find(({ name }) => name === "c")!.reads).toEqual(["a", "b"]);
  });
});

describe("what nobody uses is a warning", () => {
  test("a source that no model reads", async () => {
    const { unusedSources, problems: found } = await graph({ "m.sql": "FROM apps" }, sources);
    expect(unusedSources).toEqual(["Teams"]);
    expect(found.map(line)).toEqual([
      "warning pipeline.yaml:4:3 no model reads the source `Teams` | Remove it, or read it.",
    ]);
  });

  test("a model that nobody reads, publishes or checks", async () => {
    const outputs = "outputs: { a: { type: bigquery, table: d.a }, o: { type: bigquery, table: d.o, model: b } }\n";
    const checked = "models: { d: { checks: [{ row_count: { min: 1 } }] } }\n";
    const models = Object.fromEntries(["a", "b", "c", "d"].map((name) => [`${name}.sql`, "SELECT 1 AS x"]));
    expect(await problems(models, outputs + checked)).toEqual([
      "warning models/c.sql nothing reads or publishes the model `c` | Publish it under `outputs:`, or remove it.",
    ]);
  });

  test("not where nothing is published yet", async () => {
    expect(await problems({ "a.sql": "SELECT 1" })).toEqual([]);
  });

  test("nor a source that is published as it is", async () => {
    const published =
      "outputs: { apps: { type: bigquery, table: d.apps } }\nsources: { apps: { type: file, path: a.csv } }";
    expect(await problems({}, published)).toEqual([]);
  });

  test("nor where a query is broken: what it reads is not known", async () => {
    expect(await problems({ "m.sql": "FORM apps" }, sources)).toHaveLength(1);
  });
});

describe("files", () => {
  test("two of one model are refused", async () => {
    expect(await problems({ "a.sql": "SELECT 1", "a.py": "x", "b.sql": "FROM a" })).toContainEqual(
      "error models/a.sql two files make the model `a`: models/a.py and models/a.sql | Rename one of them.",
    );
  });

  test("whose names differ in the case of letters only are two of one model: the engine knows no difference", async () => {
    expect(await problems({ "Apps.sql": "SELECT 1", "apps.sql": "SELECT 2" })).toEqual([
      "error models/apps.sql two files make the model `apps`: models/Apps.sql and models/apps.sql | Rename one of them.",
    ]);
    expect(await problems({ "teams.sql": "SELECT 1" }, sources)).toContainEqual(
      "error models/teams.sql `teams` is a source and a model | Rename one of them: models see both by name.",
    );
  });

  test("that are also a source are refused", async () => {
    expect(await problems({ "apps.sql": "SELECT 1" }, sources)).toContainEqual(
      "error models/apps.sql `apps` is a source and a model | Rename one of them: models see both by name.",
    );
  });

  test.each(["my-model.sql", "1st.sql", "a b.sql"])("%s has no name of a table", async (name) => {
    expect(await problems({ [name]: "SELECT 1" })).toEqual([
      `error models/${name} \`${name.replace(".sql", "")}\` cannot be the name of a model | Rename the file: letters, digits and _, beginning with a letter.`,
    ]);
  });

  test("that an entry or an output needs and that are not there are told with the nearest", async () => {
    const pipeline =
      "models:\n  stg_app: { description: x }\noutputs:\n  o: { type: bigquery, table: d.o, model: stg_aps }";
    expect(await problems({ "stg_apps.sql": "SELECT 1" }, pipeline)).toEqual([
      "error pipeline.yaml:3:3 there is no file for the model `stg_app` | Did you mean `stg_apps`? Or write models/stg_app.sql.",
      "error pipeline.yaml:5:43 the output `o` publishes `stg_aps`, which is neither a model nor a source | Did you mean `stg_apps`? Or write models/stg_aps.sql.",
    ]);
  });

  test("are told how to begin, where there is none yet", async () => {
    expect(await problems({}, "models: { a: { description: x } }")).toEqual([
      "error pipeline.yaml:2:11 there is no file for the model `a` | Write models/a.sql.",
    ]);
  });

  test("of a BOM at their beginning nothing is seen", async () => {
    const { models, problems: found } = await graph({ "a.sql": "\uFEFFSELECT 1 AS x" });
    expect([models[0], found]).toMatchObject([{ sql: "SELECT 1 AS x" }, []]);
  });

  test("that are not UTF-8 are refused: their letters would be others", async () => {
    await folder.write("models/b.sql", "SELECT 1");
    await folder.write("models/a.sql", Buffer.from("SELECT 'blå'", "latin1"));
    expect(await problems({})).toEqual([
      "error models/a.sql models/a.sql is not UTF-8 | Save it as UTF-8 in your editor.",
    ]);
  });

  test("in TypeScript read what the parameters of `row` or `table` are named after, or the only source", async () => {
    const declared = "models: { a: { columns: { x: INT64 } }, b: { columns: { x: INT64 } } }\n";
    const { models, problems: found } = await graph(
      {
        "a.ts": "export const row = (app: { x: number }, { params }: any) => app",
        "b.ts": "export function table(a: unknown, apps: unknown) {}",
      },
      `sources: { apps: { type: file, path: a.csv } }\n${declared}`,
    );
    expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(models.map(({ name, reads }) => `${name}: ${reads.join(" ")}`)).toEqual(["a: apps", "b: a apps"]);
  });

  test("in TypeScript that cannot be loaded are all that is wrong with those that read them", async () => {
    expect(await problems({ "a.ts": "x", "b.sql": "FROM a" })).toEqual([
      "error models/a.ts:1:1 [model a] ReferenceError: x is not defined | ",
    ]);
  });

  test("in Python read what their function's parameters are named after, or the only source", async () => {
    const one = "sources: { apps: { type: file, path: a.csv } }\n";
    const { models, problems: found } = await graph(
      { "a.py": "def count(df, *, now): ...", "b.py": "def b(a, apps): ..." },
      one,
    );
    expect(found).toEqual([]);
    expect(models.map(({ name, reads }) => `${name}: ${reads.join(" ")}`)).toEqual(["a: apps", "b: a apps"]);
    expect(await problems({ "a.py": "def a(app): ..." }, sources)).toEqual([
      "error models/a.py:1:7 the parameter `app` of `a` is neither a source nor a model | Did you mean `apps`? Give it the name of what it reads, or say that in pipeline.yaml: models: { a: { inputs: [apps] } }.",
    ]);
  });

  test("are not needed by models that are programs, and those that read them are right to", async () => {
    const programs = "models: { a: { command: [./make], columns: { x: INT64 } }, c: { dbt: { project: d } } }";
    expect(await problems({ "b.sql": "FROM a, c" }, programs)).toEqual([]);
  });
});

test("all that is wrong is told at once", async () => {
  const found = await problems({
    "a.sql": "FROM b",
    "b.sql": "FROM a, nowhere",
    "c.sql": "SELECT $x",
    "d.sql": "SELEC",
  });
  expect(new Set(found.map((problem) => problem.split(" ")[1]))).toEqual(
    new Set(["models/a.sql", "models/b.sql:1:9", "models/c.sql:1:8", "models/d.sql:1:1"]),
  );
});
