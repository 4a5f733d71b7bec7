import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explainResourceError, openDuckdb, type Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { writeParquet, type TypedColumn } from "../../../../src/etl/engine/duckdb/materialize.ts";
import { holdsRows } from "../../../../src/etl/engine/duckdb/holds-rows.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

const mebibyte = 1024 ** 2;
const limits = { memory: 72 * mebibyte, threads: 2, temporary: 1024 * mebibyte };
const columns: TypedColumn[] = [
  { name: "id", type: { kind: "INT64" }, cast: "exact" },
  { name: "pad", type: { kind: "STRING" }, cast: "exact" },
];
const rows =
  "(SELECT i AS id, md5(i::VARCHAR) || md5((7 * i)::VARCHAR) || md5((3 * i)::VARCHAR) AS pad FROM range(300000) AS t (i))";
const joined = `SELECT a.id, a.pad || b.pad AS pad FROM ${rows} AS a JOIN ${rows} AS b ON a.id = b.id`;
const gathered = `SELECT 1 AS id, string_agg(pad, '') AS pad FROM ${rows}`;

let folder: Folder;
let db: Database;

beforeEach(async () => {
  folder = await makeFolder();
  db = await openDuckdb({ limits, temporaryFolder: join(folder.path, "spill") });
  await db.lockDown({ files: [], folder: folder.path });
});

afterEach(async () => {
  db.close();
  await folder.remove();
});

/** @returns its rows, and how often memory was short */
async function write(sql: string): Promise<{ written: number; short: number }> {
  let short = 0;
  const file = join(folder.path, `${sql.length}.parquet`);
  const { rows: written } = await writeParquet(db, { sql, columns, file, onShort: () => short++ });
  return { written, short };
}

const settings = () =>
  db.query("SELECT current_setting('threads') AS threads, current_setting('debug_force_external') AS external");

describe("where the memory is too little for a query", () => {
  test("that joins many rows, it is run once more with less, and the engine is as it was", async () => {
    expect(await write(joined)).toEqual({ written: 300_000, short: 1 });
    const file = join(folder.path, `${joined.length}.parquet`);
    const sums = "count(DISTINCT id) AS ids, sum(length(pad)) AS length";
    const read = await db.query(`SELECT ${sums} FROM read_parquet('${file}')`);
    expect(read).toEqual([{ ids: 300_000, length: 300_000 * 192 }]);
    expect(await settings()).toEqual([{ threads: 2, external: false }]);
  });

  test("that holds all in one value, that is told after the second time, and the engine is as it was", async () => {
    const error = await write(gathered).catch((thrown: unknown) => thrown);
    expect(explainResourceError(error)?.message).toContain("ran out of memory");
    expect(await settings()).toEqual([{ threads: 2, external: false }]);
  });
});

test.each([
  [gathered, "string_agg of all rows of a group is held in memory"],
  [
    `SELECT a.id FROM ${rows} AS a JOIN ${rows} AS b USING (id) ORDER BY a.pad`,
    "2 joins, sorts and groups hold rows at once",
  ],
  [
    `PIVOT (SELECT 1 AS a, 2 AS b) ON b IN (${Array.from({ length: 25 }, (_, i) => i).join(", ")}) USING sum(a)`,
    "PIVOT holds all its rows in memory",
  ],
  ["SELECT 1 AS id", undefined],
  ["SELEKT", undefined],
])("what holds its rows is told: %s", async (sql, told) => {
  expect(await holdsRows(db, sql)).toBe(told);
});

test("a query that has enough memory is run once", async () => {
  expect(await write("SELECT 1 AS id, 'a' AS pad")).toEqual({ written: 1, short: 0 });
});
