import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDuckdb } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { buildGraph } from "../../../src/etl/transform/graph.ts";
import { createSessions } from "../../../src/etl/transform/program/sessions.ts";
import { materialization } from "../../../src/etl/transform/run-models.ts";
import { loadPipeline } from "../../../src/spec/load.ts";
import { formatWhere } from "../../../src/util/error.ts";
import { openEngine } from "../../support/engine.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder } from "../../support/run.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

async function write(models: Record<string, string>, pipeline: string): Promise<void> {
  await folder.write("pipeline.yaml", `name: trial\n${pipeline}`);
  for (const [name, sql] of Object.entries(models)) await folder.write(`models/${name}.sql`, sql);
}

const publish = (name: string) => `outputs: { ${name}: { type: bigquery, table: d.${name} } }\n`;

/** What stands in the published table. */
async function published(table: string) {
  const file = join(folder.path, ".nais-etl/warehouse.duckdb");
  const limits = { memory: 128 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 };
  const db = await openDuckdb({ file, readOnly: true, limits, temporaryFolder: folder.path });
  try {
    return await db.query(`FROM d.${table}`);
  } finally {
    db.close();
  }
}

/** The problems of a run that fails: `place message`. */
async function problems(): Promise<string[]> {
  const { record } = await runFolder(folder);
  return record.problems.map(({ where, message }) => `${where ? formatWhere(where) : ""} ${message}`);
}

async function kinds(models: Record<string, string>, pipeline = ""): Promise<Record<string, string>> {
  await write(models, pipeline);
  const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  const db = await openEngine();
  try {
    const graph = await buildGraph(loaded, db, { sessions: createSessions(), context: folder.context });
    return Object.fromEntries(graph.models.map((node) => [node.name, materialization(node, loaded, graph.models)]));
  } finally {
    db.close();
  }
}

describe("a model is", () => {
  test("a view where one model reads it, and a table where several do, or none", async () => {
    const models = { once: "SELECT 1 AS x", twice: "FROM once", a: "FROM twice", b: "FROM twice" };
    expect(await kinds(models)).toEqual({ once: "view", twice: "table", a: "table", b: "table" });
  });

  test("what it says it is", async () => {
    const models = { a: "SELECT 1 AS x", b: "FROM a", c: "FROM a", d: "FROM c" };
    const pipeline = "models: { a: { materialize: view }, c: { materialize: table } }";
    expect(await kinds(models, pipeline)).toEqual({ a: "view", b: "table", c: "table", d: "table" });
  });

  test("a table where its rows are checked or published, whatever it says: they must be the same rows each time", async () => {
    const models = { a: "SELECT 1 AS x", b: "FROM a", c: "FROM b" };
    const checked =
      "models: { a: { materialize: view, checks: [{ row_count: { min: 1 } }] }, b: { materialize: view } }\n";
    expect(await kinds(models, checked + publish("b"))).toEqual({ a: "table", b: "table", c: "table" });
  });
});

describe("a column's name", () => {
  test("that a query makes twice is an error, and not another name in silence", async () => {
    await write({ m: "SELECT a.id, b.id\nFROM (SELECT 1 AS id) a, (SELECT 2 AS id) b" }, publish("m"));
    expect(await problems()).toEqual(["models/m.sql `m` makes two columns named `id`"]);
    await write({ m: 'SELECT 1 AS id, 2 AS "ID"' }, publish("m"));
    expect(await problems()).toEqual(["models/m.sql `m` makes two columns named `ID`"]);
  });

  test("may end in a number", async () => {
    await write({ m: "SELECT 1 AS id, 2 AS id_1, 3 AS x_2" }, publish("m"));
    expect((await runFolder(folder)).code).toBe(0);
    expect(await published("m")).toEqual([{ id: 1, id_1: 2, x_2: 3 }]);
  });
});

describe("a PIVOT whose columns depend on the data", () => {
  const models = {
    rows: "SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS v(k, n)",
    wide: "PIVOT rows ON k USING sum(n)",
    m: "SELECT b, a FROM wide",
  };

  test("runs where depends_on says what it reads, also below other models", async () => {
    await write(models, `models: { wide: { depends_on: [rows] } }\n${publish("m")}`);
    const { code, text, record } = await runFolder(folder);
    expect(code, text).toBe(0);
    expect(await published("m")).toEqual([{ b: 2, a: 1 }]);
    expect(record.models.map(({ name, kind }) => `${name} ${kind}`)).toEqual(["rows view", "wide table", "m table"]);
  });

  test("has its contract enforced", async () => {
    const columns = "columns: { a: INT64, c: INT64 }";
    await write(models, `models: { wide: { depends_on: [rows], ${columns} } }\n${publish("wide")}`);
    expect(await problems()).toEqual([
      "pipeline.yaml:2:39 `wide` makes a column `b` (INT64) that its contract does not have",
      "pipeline.yaml:2:60 `wide` does not make the column `c` (INT64) of its contract",
    ]);
  });
});

describe("an error has the place of the model that made it", () => {
  test("also where its rows are computed by another", async () => {
    await write(
      { stg: "SELECT CAST(x AS INTEGER) AS n\nFROM (SELECT 'a' AS x)", m: "SELECT n + 1 AS n FROM stg" },
      publish("m"),
    );
    expect(await problems()).toEqual([
      "models/stg.sql:1:8 [model stg] Could not convert string 'a' to INT32 when casting from source column x",
    ]);
  });

  test("a value that breaks a contract that of its declaration, also in a view", async () => {
    const pipeline = `models:\n  stg:\n    columns: { x: STRING(3) }\n${publish("m")}`;
    await write({ stg: "SELECT unnest(['abc', 'abcd']) AS x", m: "SELECT upper(x) AS x FROM stg" }, pipeline);
    expect(await problems()).toEqual([
      "pipeline.yaml:4:19 [model stg] a value of `x` is not of its declared type STRING(3)",
    ]);
  });

  test("a bare number where the contract says STRUCT, too", async () => {
    await write({ m: "SELECT 5 AS x" }, `models: { m: { columns: { x: "STRUCT<a INT64>" } } }\n${publish("m")}`);
    expect(await problems()).toEqual([
      "pipeline.yaml:2:30 [model m] a value of `x` is not of its declared type STRUCT<a INT64>",
    ]);
  });
});

describe("a model that fails", () => {
  test("skips those that need it, and names itself; others run to their end", async () => {
    const models = { a: "SELECT error('no') AS x", b: "FROM a", c: "FROM b", d: "SELECT 1 AS x" };
    await write(models, `models: { a: { materialize: table }, b: { materialize: table } }\n${publish("c")}`);
    const { code, text, record } = await runFolder(folder);
    expect(code).toBe(1);
    expect(Object.fromEntries(record.models.map(({ name, status, because }) => [name, because ?? status]))).toEqual({
      a: "failed",
      b: "a",
      c: "a",
      d: "done",
    });
    expect(text).toMatch(/- model {3}c .*skipped: a failed/);
    expect(record.status).toBe("failed");
  });

  test("all that fail are told", async () => {
    await write({ a: "SELECT error('one') AS x", b: "SELECT error('two') AS x" }, "");
    expect((await problems()).toSorted()).toEqual(["models/a.sql [model a] one", "models/b.sql [model b] two"]);
  });
});

describe("models reach nothing but what they read", () => {
  test.each([
    ["a file", "SELECT * FROM read_csv('/etc/passwd')"],
    ["the network", "SELECT * FROM read_parquet('https://example.com/a.parquet')"],
    ["names of files", "SELECT * FROM glob('/etc/*')"],
    ["the text of a file", "SELECT * FROM read_text('/etc/hostname')"],
  ])("not %s", async (_says, sql) => {
    await write({ m: sql }, publish("m"));
    const { code, record } = await runFolder(folder);
    expect(code).toBe(2);
    expect(record.problems).toHaveLength(1);
    expect(record.problems[0]!.hint).toBe("Models see sources and models only: declare the file under `sources:`.");
  });
});
