import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { selectParquet } from "../../../src/etl/engine/duckdb/materialize.ts";
import type { TableProfile } from "../../../src/etl/record/table-profile.ts";
import { withoutValues } from "../../../src/etl/record/table-profile.ts";
import { profileTables, type KeptTable } from "../../../src/etl/report/profile.ts";
import { plainContext } from "../../support/context.ts";
import { openEngine } from "../../support/engine.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

const rows = 5000;
const everyType = `
  SELECT
    i AS whole,
    CASE WHEN i % 10 = 0 THEN NULL ELSE i * 0.5 END AS "float and a half",
    CASE WHEN i = 7 THEN 'NaN'::DOUBLE WHEN i = 8 THEN 'inf'::DOUBLE ELSE i END AS nans,
    (i / 4)::DECIMAL(38, 9) AS money,
    CASE WHEN i % 4 = 0 THEN NULL WHEN i % 4 = 1 THEN 'prod' ELSE 'dev' END AS env,
    'name ' || i AS name,
    i % 2 = 0 AS flag,
    DATE '2022-01-01' + (i % 100)::INTEGER AS day,
    TIMESTAMPTZ '2022-01-01 00:00:00+00' + to_seconds(i) AS at,
    TIME '07:30:00' AS clock,
    [i] AS list,
    {'a': i} AS struct,
    NULL::BIGINT AS nothing,
    'secret' AS hidden
  FROM range(${rows}) t(i)`;

let db: Database;
let folder: Folder;

/** As the models of a run: each in a file, with a view over it. */
const queries = {
  every: everyType,
  large: "SELECT i, i % 1000 AS k, 'x' || i % 3 AS s FROM range(1200000) t(i)",
  middle: "SELECT i, i % 1000 AS k FROM range(300000) t(i)",
  empty: "SELECT CAST(NULL AS BIGINT) AS n, '' AS s WHERE false",
};
const kept = new Map<string, KeptTable>();

beforeAll(async () => {
  folder = await makeFolder();
  db = await openEngine();
  for (const [name, query] of Object.entries(queries)) {
    const file = join(folder.path, `${name}.parquet`);
    const columns = (await db.describe(query)).map((column) => ({ name: column.name, type: column.type! }));
    const rows = await db.run(`COPY (${query}) TO '${file}'`);
    await db.run(`CREATE VIEW ${name} AS ${selectParquet(file, columns)}`);
    kept.set(name, { name, columns, rows, file });
  }
});

afterAll(async () => {
  db.close();
  await folder.remove();
});

interface Asked {
  seconds?: number;
  patience?: number;
  showValues?: boolean;
  except?: string[];
}

const nowhere: KeptTable = { name: "nowhere", columns: [], rows: 1, file: "/nowhere" };

function profileOf(names: string[], { seconds = 600, patience = 600, showValues = true, except = [] }: Asked = {}) {
  const shown = { showValues, except: new Set(except) };
  const tables = names.map((name) => kept.get(name) ?? nowhere);
  return profileTables({ tables, seconds, patience, shown, db, context: plainContext() });
}

function columnOf([table]: TableProfile[], name: string) {
  return table!.columns.find((column) => column.name === name)!;
}

/** What plain SQL says of a column. */
async function plain(column: string, table = "every") {
  const [row] = await db.query(`
    SELECT count(*) - count(${column}) AS nulls, count(DISTINCT ${column}) AS distinct_values,
      min(${column})::VARCHAR AS least, max(${column})::VARCHAR AS most, avg(${column}) AS mean,
      quantile_disc(${column}, 0.5)::VARCHAR AS median
    FROM ${table}`);
  return row!;
}

describe("of a small table the figures are those of plain SQL", () => {
  test.each(["whole", '"float and a half"', "money"])("%s", async (column) => {
    const found = columnOf(await profileOf(["every"]), column.replaceAll('"', ""));
    const said = await plain(column);
    expect(found).toMatchObject({ nulls: said["nulls"], distinct: said["distinct_values"] });
    expect(Number(found.values!.min)).toBe(Number(said["least"]));
    expect(Number(found.values!.max)).toBe(Number(said["most"]));
    expect(Number(found.values!.quartiles![1])).toBe(Number(said["median"]));
    expect(Number(found.values!.mean)).toBeCloseTo(Number(said["mean"]), 1);
    expect(found.values!.histogram!.reduce((a, b) => a + b, 0)).toBe(rows - Number(said["nulls"]));
  });

  test("a histogram counts what lies in each of twenty steps", async () => {
    const { values } = columnOf(await profileOf(["every"]), "whole");
    const counted = await db.query(
      "SELECT count(*) AS n FROM every GROUP BY least(19, floor(whole / 4999 * 20)) ORDER BY min(whole)",
    );
    expect(values!.histogram).toEqual(counted.map(({ n }) => n));
  });

  test("NaN and infinity stand on no line", async () => {
    const { values, nulls } = columnOf(await profileOf(["every"]), "nans");
    expect([nulls, values!.min, values!.max]).toEqual([0, "0", String(rows - 1)]);
  });

  test("dates and times have their place, texts and truths their shares", async () => {
    const profile = await profileOf(["every"]);
    expect(columnOf(profile, "day").values).toMatchObject({ min: "2022-01-01", max: "2022-04-10" });
    expect(columnOf(profile, "day").values!.histogram!.reduce((a, b) => a + b, 0)).toBe(rows);
    expect(columnOf(profile, "at").values).toMatchObject({ min: "2022-01-01 00:00:00+00" });
    expect(columnOf(profile, "clock").values).toEqual({ min: "07:30:00", max: "07:30:00" });
    expect(columnOf(profile, "env")).toMatchObject({ nulls: 1250, distinct: 2 });
    expect(columnOf(profile, "env").values!.top).toEqual([
      { value: "dev", count: 2500 },
      { value: "prod", count: 1250 },
    ]);
    expect(columnOf(profile, "flag").values!.top).toEqual([
      { value: "false", count: 2500 },
      { value: "true", count: 2500 },
    ]);
    expect(columnOf(profile, "name").values!.top).toBeUndefined();
  });

  test("lists, structs and columns of nothing but NULL have counts alone", async () => {
    const profile = await profileOf(["every"]);
    expect(columnOf(profile, "list")).toEqual({ name: "list", type: "ARRAY<INT64>", nulls: 0, values: {} });
    expect(columnOf(profile, "struct").values).toEqual({});
    expect(columnOf(profile, "nothing")).toMatchObject({ nulls: rows, distinct: 0, values: {} });
  });

  test("an empty table has a profile, too", async () => {
    const [table] = await profileOf(["empty"]);
    expect(table).toMatchObject({ rows: 0, looked: 0 });
    expect(table!.columns.map(({ nulls, distinct }) => [nulls, distinct])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("of a larger table", () => {
  test("with up to a million rows all are looked at, and quartiles estimated", async () => {
    const [table] = await profileOf(["middle"]);
    expect(table).toMatchObject({ rows: 300_000, looked: 300_000 });
    const column = table!.columns[1]!;
    expect([column.distinct, column.values!.min, column.values!.max]).toEqual([1000, "0", "999"]);
    expect(Math.abs(Number(column.values!.quartiles![1]) - 500)).toBeLessThan(25);
  });

  test("with more rows, a sample is looked at", async () => {
    const [table] = await profileOf(["large"]);
    expect(table!.rows).toBe(1_200_000);
    expect(table!.looked).toBe(100_000);
    const column = columnOf([table!], "k");
    expect(column).toMatchObject({ nulls: 0, distinct: 1000 });
    // Its rows come from all over the table.
    const { min, max, quartiles } = columnOf([table!], "i").values!;
    expect([Number(min), Number(max) > 1_080_000, Math.abs(Number(quartiles![1]) - 600_000) < 150_000]).toEqual([
      0,
      true,
      true,
    ]);
    expect(Math.abs(Number(column.values!.quartiles![1]) - 500)).toBeLessThan(25);
    expect(await db.query("SELECT * FROM duckdb_tables() WHERE table_name LIKE '%sample%'")).toEqual([]);
  });

  test("where the time does not suffice for all, a sample is looked at", async () => {
    const [table] = await profileOf(["middle"], { seconds: 0.05 });
    expect(table!.looked).toBeLessThan(table!.rows);
  });
});

describe("the profile takes no longer than it may", () => {
  test("where there is no time at all, nothing is looked at, and nothing is thrown", async () => {
    expect(await profileOf(["large", "middle"], { patience: 0 })).toEqual([]);
    // The connection of the run is as it was.
    expect(await db.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("where a table cannot be read, those before it stay", async () => {
    const profile = await profileOf(["empty", "nowhere", "middle"]);
    expect(profile.map(({ table }) => table)).toEqual(["empty"]);
  });

  test("who is told to stop looks at nothing", async () => {
    const context = { ...plainContext(), signal: AbortSignal.abort() };
    const shown = { showValues: true, except: new Set<string>() };
    expect(
      await profileTables({ tables: [kept.get("middle")!], seconds: 600, patience: 600, shown, db, context }),
    ).toEqual([]);
  });
});

describe("values are kept", () => {
  test("of no column outside of target local: counts alone", async () => {
    const profile = await profileOf(["every"], { showValues: false });
    expect(profile).toEqual(withoutValues(profile));
    expect(JSON.stringify(profile)).not.toMatch(/prod|2022|secret|4999/);
    expect(columnOf(profile, "env")).toEqual({ name: "env", type: "STRING", nulls: 1250, distinct: 2 });
  });

  test("nowhere of a sensitive column", async () => {
    const profile = await profileOf(["every"], { except: ["Hidden", "whole"] });
    expect(columnOf(profile, "hidden")).toEqual({ name: "hidden", type: "STRING", nulls: 0, distinct: 1 });
    expect(columnOf(profile, "whole").values).toBeUndefined();
    expect(columnOf(profile, "env").values).toBeDefined();
  });

  test("in no record", async () => {
    const text = JSON.stringify(withoutValues(await profileOf(["every"])));
    expect(text).not.toMatch(/prod|2022|"secret"|histogram|values/);
    expect(text).toContain('"nulls":1250');
  });
});
