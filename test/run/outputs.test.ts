import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exists } from "../../src/util/files.ts";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const inFolder = (path: string) => join(lab.folder.path, path);
const tableAndFile = (path: string) => ({
  outputs: { t: { type: "bigquery", table: "lab.t" }, f: { type: "file", model: "t", path } },
});
const fileNamedBy = (variable: string) => ({ type: "file", model: "t", path: `out/\${env:${variable}}.csv` });
const describedBy = (text: string) => ({ models: { t: { columns: { n: { type: "INT64", description: text } } } } });

describe("a check that fails", () => {
  test("leaves tables and files as they were, and ends with 3", async () => {
    const file = {
      outputs: { t: { type: "bigquery", table: "lab.t" }, f: { type: "file", model: "t", path: "out/t.csv" } },
    };
    const models = { t: { columns: { n: { type: "INT64", checks: [{ range: { max: 1 } }] } } } };
    await lab.write("SELECT 1::BIGINT AS n", {}, { ...file, models });
    await lab.run();
    await lab.write("SELECT 2::BIGINT AS n", {}, { ...file, models });
    const failed = await lab.run();

    expect(failed.code).toBe(3);
    expect(failed.effects.filter((name) => /^file\.|publish\.(?:table|commit)/.test(name))).toEqual([]);
    expect(await lab.values("FROM lab.t")).toEqual(["1"]);
    expect(await lab.folder.read("out/t.csv")).toBe("n\n1\n");
  });
});

describe("several outputs", () => {
  test("are published all or none: a table whose columns would change keeps the file from being written too", async () => {
    await lab.write("SELECT 1 AS n, 1 AS m", {}, tableAndFile("out/t.csv"));
    await lab.run();
    await lab.write("SELECT 2 AS n", {}, tableAndFile("out/other.csv"));
    const refused = await lab.run();

    expect(refused.code).toBe(1);
    expect(refused.effects).toContain("file.stage");
    expect(await exists(join(lab.folder.path, "out/other.csv"))).toBe(false);
    expect(await lab.values("FROM lab.t")).toEqual(["1 1"]);
    expect(refused.effects).toContain("file.discard");
  });

  test("with one place once their references are filled in are refused", async () => {
    await lab.write("SELECT 1 AS n", {}, { outputs: { a: fileNamedBy("A"), b: fileNamedBy("B") } });
    const refused = await lab.run({}, { env: { A: "same", B: "same" } });

    expect(refused.code).toBe(2);
    expect(refused.text).toContain("writes to out/same.csv, as `outputs.a` does");
  });
});

describe("descriptions", () => {
  const comments = `SELECT comment FROM duckdb_tables() WHERE table_name = 't' AND schema_name = 'lab'
    UNION ALL SELECT comment FROM duckdb_columns() WHERE table_name = 't' AND schema_name = 'lab'`;

  test("of table and columns are written, survive runs that say nothing of them, and follow the pipeline", async () => {
    await lab.write("SELECT 1::BIGINT AS n", { description: "It's a table" }, describedBy("A number"));
    await lab.run();
    expect(await lab.values(comments)).toEqual(["It's a table", "A number"]);

    await lab.write("SELECT 2::BIGINT AS n");
    await lab.run();
    expect(await lab.values(comments)).toEqual(["It's a table", "A number"]);

    await lab.write("SELECT 3::BIGINT AS n", { description: "Another" }, describedBy("Another number"));
    await lab.run();
    expect(await lab.values(comments)).toEqual(["Another", "Another number"]);
  });
});

test("columns of a Parquet file have the types of the model, and the file is there only when it is whole", async () => {
  await lab.write(
    "SELECT DATE '2022-01-20' AS dag, 1.5::DOUBLE AS n",
    {},
    { outputs: { t: { type: "file", path: "out/t.parquet" } } },
  );
  const path = join(lab.folder.path, "out/t.parquet");
  const { effects } = await lab.run();

  expect(effects.indexOf("file.stage")).toBeLessThan(effects.indexOf("file.rename"));
  const columns = await lab.engine.describe(`SELECT * FROM read_parquet('${path}')`);
  expect(columns.map(({ name, engineType }) => `${name} ${engineType}`)).toEqual(["dag DATE", "n DOUBLE"]);
});

describe("file outputs of a target that has no warehouse", () => {
  const targets = { targets: { "dev-gcp": {} } };
  const dev = { target: "dev-gcp" };

  test("keep their state beside the first of them, in the part of its path that no run changes", async () => {
    const outputs = { t: { type: "file", path: "${env:OUT}/${interval:start}/t.csv", write: "append" } };
    await lab.write("SELECT $interval_start AS dag", {}, { outputs, interval: "day", ...targets });
    const env = { OUT: "out" };
    for (const interval of ["2022-01-20", "2022-01-21", "2022-01-21"]) await lab.run({ ...dev, interval }, { env });

    expect(await exists(inFolder("out/.nais-etl/state.duckdb"))).toBe(true);
    expect(await lab.folder.read("out/2022-01-20/t.csv")).toBe("dag\n2022-01-20\n");
    expect(await lab.folder.read("out/2022-01-21/t.csv")).toBe("dag\n2022-01-21\n");
  });

  test("may lie anywhere", async () => {
    const outputs = { t: { type: "file", path: "${env:OUT}/t.csv" } };
    await lab.write("SELECT 1 AS n", {}, { outputs, ...targets });
    expect((await lab.run(dev, { env: { OUT: inFolder("elsewhere") } })).code).toBe(0);

    expect(await lab.folder.read("elsewhere/t.csv")).toBe("n\n1\n");
    expect(await exists(inFolder("elsewhere/.nais-etl/state.duckdb"))).toBe(true);
  });
});

describe("a place that cannot be written", () => {
  test("of the state is named", async () => {
    await lab.write("SELECT 1 AS n");
    await lab.folder.write(".nais-etl", "a file");
    await expect(lab.run()).rejects.toThrow("the folder of the pipeline's state cannot be made: ENOTDIR");
  });

  test("of an output is named, and the next run finishes what is published", async () => {
    await lab.write("SELECT 1 AS n", {}, tableAndFile("out/t.csv"));
    const inTheWay = join(lab.folder.path, "out/t.csv");
    const failed = await lab.run(
      {},
      {
        effect: async (name, act) => {
          if (name === "file.rename") await mkdir(inTheWay);
          return act();
        },
      },
    );
    await rm(inTheWay, { recursive: true });
    await lab.write("SELECT 2 AS n", {}, tableAndFile("out/t.csv"));
    const stopped = await lab.run(
      {},
      {
        effect: async (name, act) => {
          if (name === "model.write") throw new Error("the engine gave up");
          return act();
        },
      },
    );

    expect(failed.code).toBe(1);
    expect(failed.text).toContain("its file is published, but cannot get its name");
    expect(failed.text).toContain("when 2 outputs had been published");
    expect(stopped.code).toBe(1);
    expect(await lab.folder.read("out/t.csv")).toBe("n\n1\n");
  });
});
