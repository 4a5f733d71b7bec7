import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileScan } from "../../../../src/etl/connectors/connector.ts";
import { readFiles } from "../../../../src/etl/connectors/file/read.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { scanSql } from "../../../../src/etl/engine/duckdb/scan.ts";
import { explainScanError } from "../../../../src/etl/engine/duckdb/scan-error.ts";
import { EtlError } from "../../../../src/util/error.ts";
import { makeFolder, problemsOf, type Folder } from "../../../support/folder.ts";
import { columnsOf, openEngine, withReading } from "../../../support/read-rows.ts";

let folder: Folder;
let db: Database;
beforeAll(async () => {
  folder = await makeFolder();
  db = await openEngine(folder.path);
  await mkdir(join(folder.path, "work"));
});
afterAll(async () => {
  db.close();
  await folder.remove();
});

/** Writes a query's rows as Parquet. */
async function parquet(name: string, sql: string): Promise<void> {
  await db.run(`COPY (${sql}) TO '${join(folder.path, name)}' (FORMAT parquet)`);
}

async function open(path: string, columns?: Record<string, string>, more: object = {}): Promise<FileScan> {
  return readFiles({
    name: "s",
    columns: columns && columnsOf(columns),
    folder: folder.path,
    show: (name) => name,
    workFolder: join(folder.path, "work"),
    context: folder.context,
    spec: { type: "file", path, ...more },
  });
}

const rowsOf = async (path: string, columns?: Record<string, string>, more?: object) =>
  db.query(await scanSql(await open(path, columns, more), db));
const wrong = async (path: string, columns: Record<string, string>) =>
  (await problemsOf(() => rowsOf(path, columns))).map(({ message, hint }) => [message, hint]);

describe("Parquet", () => {
  const lossless: [declared: string, sql: string, value: unknown][] = [
    ["INT64", "5::TINYINT", 5],
    ["INT64", "5::UINTEGER", 5],
    ["INT64", "5::UBIGINT", 5],
    ["INT64", "5::DECIMAL(10, 0)", 5],
    ["FLOAT64", "1.5::FLOAT", 1.5],
    ["FLOAT64", "9007199254740992::BIGINT", 9007199254740992],
    ["NUMERIC", "1.5::DECIMAL(10, 2)", "1.500000000"],
    ["NUMERIC", "7::INTEGER", "7.000000000"],
    ["NUMERIC", "7::BIGINT", "7.000000000"],
    ["NUMERIC", "1.5::DECIMAL(38, 20)", "1.500000000"],
    ["NUMERIC(4, 1)", "123.4::DECIMAL(10, 2)", "123.4"],
    ["BIGNUMERIC", "1.25::DECIMAL(38, 20)", "1.25000000000000000000"],
    ["BIGNUMERIC", "'+1.5'", "1.5"],
    ["STRING", "'x'::ENUM('x', 'y')", "x"],
    ["STRING", "'6f2c1a3e-0000-4000-8000-000000000000'::UUID", "6f2c1a3e-0000-4000-8000-000000000000"],
    ["STRING(2)", "'xy'", "xy"],
    ["BOOL", "true", true],
    ["BYTES", "'hei'::BLOB", "aGVp"],
    ["DATE", "DATE '2022-01-20'", "2022-01-20"],
    ["DATETIME", "TIMESTAMP '2022-01-20 13:00:00'", "2022-01-20 13:00:00"],
    ["DATETIME", "DATE '2022-01-20'", "2022-01-20 00:00:00"],
    ["DATETIME", "TIMESTAMP_NS '2022-01-20 13:00:00.123456'", "2022-01-20 13:00:00.123456"],
    ["DATETIME", "TIMESTAMP_MS '2022-01-20 13:00:00'", "2022-01-20 13:00:00"],
    ["TIMESTAMP", "TIMESTAMPTZ '2022-01-20 13:00:00+01'", "2022-01-20 12:00:00+00"],
    ["TIMESTAMP", "TIMESTAMP '2022-01-20 13:00:00'", "2022-01-20 13:00:00+00"],
    ["TIMESTAMP", "TIMESTAMP_NS '2022-01-20 13:00:00'", "2022-01-20 13:00:00+00"],
    ["TIME", "TIME '13:00:00'", "13:00:00"],
    ["JSON", `'{"a":1}'::JSON`, '{"a":1}'],
    ["JSON", `'[1]'`, "[1]"],
    ["ARRAY<INT64>", "[1::INTEGER, 2]", [1, 2]],
    ["ARRAY<STRING>", "['a']", ["a"]],
    ["STRUCT<b STRING, a INT64>", "{'a': 1::SMALLINT, 'b': 'x', 'c': 0}", { b: "x", a: 1 }],
    ["ARRAY<STRUCT<x NUMERIC>>", "[{'x': 1.5::DECIMAL(4, 1)}]", [{ x: "1.500000000" }]],
  ];

  test.each(lossless)("%s is made of %s", async (declared, sql, value) => {
    await parquet("one.parquet", `SELECT ${sql} AS v UNION ALL SELECT NULL`);
    expect(await rowsOf("one.parquet", { v: declared })).toEqual([{ v: value }, { v: null }]);
  });

  test.each([
    ["INT64", "1.5::DOUBLE", "DOUBLE"],
    ["INT64", "1.5::DECIMAL(10, 2)", "DECIMAL(10,2)"],
    ["INT64", "'5'", "VARCHAR"],
    ["FLOAT64", "1.5::DECIMAL(10, 2)", "DECIMAL(10,2)"],
    ["NUMERIC", "1.5::DOUBLE", "DOUBLE"],
    ["STRING", "5", "INTEGER"],
    ["DATE", "'2022-01-20'", "VARCHAR"],
    ["DATE", "TIMESTAMP '2022-01-20 00:00:00'", "TIMESTAMP"],
    ["DATETIME", "TIMESTAMPTZ '2022-01-20 13:00:00+00'", "TIMESTAMP WITH TIME ZONE"],
    ["BOOL", "1", "INTEGER"],
    ["ARRAY<INT64>", "['1']", "VARCHAR[]"],
    ["ARRAY<INT64>", "5", "INTEGER"],
    ["STRUCT<a INT64>", "{'b': 1}", 'STRUCT("b" INTEGER)'],
    ["JSON", "5", "INTEGER"],
  ])("%s is not made of %s", async (declared, sql, type) => {
    await parquet("one.parquet", `SELECT ${sql} AS v`);
    expect(await wrong("one.parquet", { v: declared })).toEqual([
      [
        `column \`v\` of one.parquet is ${type}, and declared as ${declared}`,
        "Declare the type that it has, and cast it in a model.",
      ],
    ]);
  });

  test.each([
    ["INT64", "18446744073709551615::UBIGINT"],
    ["FLOAT64", "9007199254740993::BIGINT"],
    ["NUMERIC", "1.12345678901::DECIMAL(38, 20)"],
    ["NUMERIC(4, 1)", "1234::INTEGER"],
    ["DATETIME", "TIMESTAMP_NS '2022-01-20 13:00:00.123456789'"],
    ["STRING(2)", "'xyz'"],
    ["BIGNUMERIC", "'1e5'"],
    ["JSON", "'{a}'"],
    ["ARRAY<FLOAT64>", "[9007199254740993::BIGINT]"],
  ])("a value that %s cannot hold is refused by column and file: %s", async (declared, sql) => {
    await mkdir(join(folder.path, "several"), { recursive: true });
    await parquet("several/1.parquet", `SELECT NULL::${/::(\w+(\(\d+, \d+\))?)/.exec(sql)?.[1] ?? "VARCHAR"} AS v`);
    await parquet("several/2.parquet", `SELECT ${sql} AS v`);
    const scan = await open(
      declared.startsWith("ARRAY") || declared === "DATETIME" ? "several/2.parquet" : "several/*.parquet",
      { v: declared },
    );
    const error = await db.query(await scanSql(scan, db)).catch((thrown: unknown) => thrown);
    const explained = await explainScanError(error, scan, db, { showValues: false });
    expect(explained?.message).toBe(
      `[file] column \`v\` of several/2.parquet has values that are not ${declared}: too large, too long or too precise`,
    );
  });

  test("lacks a column: the nearest name is given", async () => {
    await parquet("one.parquet", "SELECT 1 AS antall, 'x' AS navn");
    expect(await wrong("one.parquet", { nvan: "STRING", annet: "INT64" })).toEqual([
      ["one.parquet has no column `nvan`", "Did you mean `navn`?"],
      ["one.parquet has no column `annet`", expect.stringMatching(/antall/)],
    ]);
  });

  test("without declared columns has those of its schema, as types of a table", async () => {
    await parquet(
      "one.parquet",
      "SELECT 1::INTEGER AS a, 1.5::DECIMAL(10, 2) AS b, TIMESTAMP_NS '2022-01-20 00:00:00' AS c, 'x' AS d",
    );
    const sql = await scanSql(await open("one.parquet"), db);
    expect((await db.describe(sql)).map(({ name, engineType }) => `${name} ${engineType}`)).toEqual([
      "a BIGINT",
      "b DECIMAL(38,9)",
      "c TIMESTAMP",
      "d VARCHAR",
    ]);
  });

  test("files of different schemas are each converted by their own", async () => {
    await mkdir(join(folder.path, "mixed"));
    await parquet("mixed/1.parquet", "SELECT 1::BIGINT AS v, 'x' AS w");
    await parquet("mixed/2.parquet", "SELECT 'y' AS w, 2.5::DECIMAL(10, 1) AS v");
    await parquet("mixed/3.parquet", "SELECT 3::TINYINT AS v, 'z' AS w");
    expect(await rowsOf("mixed/*.parquet", { v: "NUMERIC", w: "STRING" })).toEqual([
      { v: "1.000000000", w: "x" },
      { v: "2.500000000", w: "y" },
      { v: "3.000000000", w: "z" },
    ]);
  });

  test("has provenance", async () => {
    await mkdir(join(folder.path, "p"));
    await parquet("p/1.parquet", "SELECT i AS v FROM range(2) t(i)");
    await parquet("p/2.parquet", "SELECT 9::BIGINT AS v");
    expect(await rowsOf("p/*.parquet", { v: "INT64" }, { provenance: true })).toEqual([
      { v: 0, _file: "p/1.parquet", _row: 1 },
      { v: 1, _file: "p/1.parquet", _row: 2 },
      { v: 9, _file: "p/2.parquet", _row: 1 },
    ]);
    expect(await rowsOf("p/*.parquet", undefined, { provenance: true })).toHaveLength(3);
  });

  test("filters and projections reach the file", async () => {
    await parquet("one.parquet", "SELECT i AS id, i % 7 AS k, 'x' || i AS s FROM range(1000) t(i)");
    const sql = await scanSql(await open("one.parquet", { id: "INT64", k: "INT64", s: "STRING" }), db);
    await db.run(`CREATE OR REPLACE VIEW pushed AS ${sql}`);
    const [plan] = await db.query("EXPLAIN SELECT sum(id) FROM pushed WHERE k = 3");
    const text = String(plan?.["explain_value"]).replaceAll(/[│┌┐└┘─┬┴\s]+/g, " ");
    expect(text).toMatch(/PARQUET.*Filters: k=3/);
    expect(text).not.toMatch(/Projections:[^:]*\bs\b/);
  });

  test("that was not written to its end is told of by name", async () => {
    await parquet("one.parquet", "SELECT 1 AS v");
    await writeFile(join(folder.path, "cut.parquet"), "PAR1 and then nothing");
    const scan = await open("cut.parquet", { v: "INT64" });
    const error = await scanSql(scan, db).catch((thrown: unknown) => thrown);
    expect((await explainScanError(error, scan, db, { showValues: false }))?.message).toBe(
      "[file] cut.parquet cannot be read",
    );
  });
});

describe("a scan", () => {
  test("reads only what is asked for: an unwanted column's text is not converted", async () => {
    await folder.write("wide.csv", "a,b\n1,x\n");
    const sql = await scanSql(await open("wide.csv", { a: "INT64", b: "STRING" }), db);
    const [plan] = await db.query(`EXPLAIN SELECT a FROM (${sql})`);
    expect(String(plan?.["explain_value"])).toMatch(/Projections:\s*│?\s*│?\s*c0/);
  });

  test("of a large file tells the engine how many rows to expect, so that a join keeps the small side", async () => {
    await writeFile(join(folder.path, "many.csv"), `a,b\n${"1234567,2022-01-20\n".repeat(100_000)}`);
    const sql = await scanSql(await open("many.csv", { a: "INT64", b: "DATE" }), db, { isLarge: true });
    const [plan] = await db.query(`EXPLAIN FROM (${sql})`);
    const [, rows = ""] = /~([\d,]+) rows/.exec(String(plan?.["explain_value"])) ?? [];
    expect(Number(rows.replaceAll(",", ""))).toBeGreaterThan(50_000);
  });

  test("of names that the engine takes for patterns reads these files", async () => {
    for (const name of ["x[1].csv", "x*.csv", "x?.csv", "year=2022/x.csv", "it's.csv"]) {
      await folder.write(name, `v\n${name}\n`);
      expect(await rowsOf(name, { v: "STRING" })).toEqual([{ v: name }]);
    }
  });

  test("works when the engine may read nothing but its files and the work folder", async () => {
    await withReading(
      { files: { "x[1].csv": "v\n1\n", "b.csv": "v\n2\n" }, columns: { v: "INT64" }, path: "*.csv" },
      async ({ scan, db: own, folder: { path } }) => {
        await own.run(`CREATE VIEW s AS ${await scanSql(scan, own)}`);
        await own.lockDown({ files: scan.files.map((file) => file.path), folder: join(path, ".work") });
        expect(await own.query("SELECT sum(v) AS v FROM s")).toEqual([{ v: 3 }]);
      },
    );
  });

  test("is right where quoted values hold what looks like records, also between the engine's threads", async () => {
    const count = 150_000;
    const rows = Array.from({ length: count }, (_, i) => `${i},"text${"\n1,looks like a record".repeat(i % 7)}"\n`);
    await writeFile(join(folder.path, "quoted.csv"), `a,b\n${rows.join("")}`);
    const scan = await open("quoted.csv", { a: "INT64", b: "STRING" });
    expect(await db.query(`SELECT count(*) AS n, max(a) AS a FROM (${await scanSql(scan, db)})`)).toEqual([
      { n: count, a: count - 1 },
    ]);
  });

  test("of a large file begins before it is verified, and counts its rows", async () => {
    const rows = 4_500_000;
    await writeFile(join(folder.path, "large.csv"), `a,b\n${"1234567,2022-01-20\n".repeat(rows)}`);
    const scan = await open("large.csv", { a: "INT64", b: "DATE" });
    expect(await db.query(`SELECT count(*) AS n, min(b) AS b FROM (${await scanSql(scan, db)})`)).toEqual([
      { n: rows, b: "2022-01-20" },
    ]);
    expect(await scan.verified).toEqual({ rows });
  });

  test("of a large file with a bad value fails when it is verified, and explains what the engine said", async () => {
    const good = "1234567,2022-01-20\n".repeat(4_000_000);
    await writeFile(join(folder.path, "large.csv"), `a,b\n${good}1.5,2022-20-01\n`);
    const scan = await open("large.csv", { a: "INT64", b: "DATE" });
    const error = await db
      .query(`SELECT max(a), max(b) FROM (${await scanSql(scan, db)})`)
      .catch((thrown: unknown) => thrown);
    const explained = await explainScanError(error, scan, db, { showValues: true });
    expect(explained?.problems.map(({ where }) => where)).toEqual([
      { file: "large.csv", line: 4_000_002, column: 1 },
      { file: "large.csv", line: 4_000_002, column: 5 },
    ]);
    await expect(scan.verified).rejects.toBe(explained);
  });

  test("of a large file that nobody wants any more is ended", async () => {
    const scan = await open("large.csv", { a: "INT64", b: "DATE" });
    scan.stop();
    await expect(scan.verified).rejects.toThrow(/abort/i);
  });

  test("does not take an error of a model for its own", async () => {
    const scan = await open("wide.csv", { a: "INT64", b: "STRING" });
    const sql = await scanSql(scan, db);
    const error = await db.query(`SELECT CAST(b AS INTEGER) FROM (${sql})`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(await explainScanError(error, scan, db, { showValues: true })).toBeUndefined();
    expect(
      await explainScanError(new Error("Binder Error: no column x"), scan, db, { showValues: true }),
    ).toBeUndefined();
  });

  test("of a file that went away says which", async () => {
    await folder.write("gone.csv", "a\n1\n");
    const scan = await open("gone.csv", { a: "INT64" });
    const sql = await scanSql(scan, db);
    await rename(join(folder.path, "gone.csv"), join(folder.path, "elsewhere.csv"));
    const error = await db.query(sql).catch((thrown: unknown) => thrown);
    const explained = await explainScanError(error, scan, db, { showValues: false });
    expect(explained).toBeInstanceOf(EtlError);
    expect(explained?.message).toBe("[file] gone.csv cannot be read");
  });
});
