import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckdb, type Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { duckdbType } from "../../../src/etl/engine/duckdb/duckdb-type.ts";
import { copyStatement, existingColumns, readStatement } from "../../../src/etl/publish/file-format.ts";
import type { OutputFormat as Format } from "../../../src/spec/connectors/file-format.ts";
import { parseType } from "../../../src/spec/type.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

// A later run reads the rows of a file that it keeps. They must come back as they were, to the last digit.

let folder: Folder;
let db: Database;

beforeAll(async () => {
  folder = await makeFolder();
  const limits = { memory: 256 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 };
  db = await openDuckdb({ limits, temporaryFolder: folder.path });
});

afterAll(async () => {
  db.close();
  await folder.remove();
});

/** By type: values as DuckDB's SQL; NULL is tried with each. */
const values: Record<string, string[]> = {
  STRING: [
    `'plain'`,
    `''`,
    `'NULL'`,
    `E'two\\nlines, a "quote"'`,
    `E'cr\\r\\nlf\\ttab \\\\ '`,
    `'  spaces  '`,
    `'# æøå'`,
    `'='`,
  ],
  BYTES: [`'abc'::BLOB`, `''::BLOB`, `'\\x00\\xFF\\x22'::BLOB`],
  INT64: ["0", "9223372036854775807", "(-9223372036854775808)"],
  FLOAT64: ["0.1", "1e308", "5e-324", "-0.0", "'nan'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE"],
  NUMERIC: ["12345678901234567890123456789.123456789::DECIMAL(38,9)", "-0.000000001::DECIMAL(38,9)", "0"],
  BIGNUMERIC: [`'123456789012345678901234567890123456789.00000000000000000000000000000000000001'`],
  BOOL: ["true", "false"],
  DATE: ["DATE '0001-01-01'", "DATE '1969-12-31'", "DATE '9999-12-31'"],
  DATETIME: ["TIMESTAMP '9999-12-31 23:59:59.999999'", "TIMESTAMP '1969-12-31 00:00:00'"],
  TIME: ["TIME '23:59:59.999999'", "TIME '00:00:00'"],
  TIMESTAMP: ["TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '2022-03-27 03:00:00.000001+02'"],
  JSON: [`'{"a":[1,null,"x"]}'::JSON`, `'"text"'::JSON`, `'[]'::JSON`, `'123456789012345678901234567890'::JSON`],
  "ARRAY<STRING>": [`['a', 'b,c', 'd"e', '']`, "[]"],
  "ARRAY<INT64>": ["[1, 9223372036854775807]"],
  "ARRAY<FLOAT64>": ["[0.1, 'nan'::DOUBLE, '-inf'::DOUBLE]"],
  "STRUCT<`x y` INT64, z ARRAY<DATE>>": [`{'x y': 1, z: [DATE '2022-01-01']}`, `{'x y': NULL, z: NULL}`],
  "ARRAY<STRUCT<n NUMERIC, b BYTES, s STRUCT<l ARRAY<BYTES>>>>": [
    `[{n: 12345678901234567890123456789.123456789::DECIMAL(38,9), b: '\\x00a'::BLOB, s: {l: ['\\xFF'::BLOB, ''::BLOB]}}]`,
    `[{n: NULL, b: NULL, s: NULL}, {n: 1, b: ''::BLOB, s: {l: []}}]`,
    "[]",
  ],
};

const formats: Format[] = ["parquet", "csv", "ndjson"];
const cases = formats.flatMap((format) => Object.keys(values).map((type) => [format, type] as const));

describe("rows of a file come back as they were written", () => {
  test.each(cases)("%s: %s", async (format, name) => {
    const type = parseType(name);
    const columns = [
      { name: 'a "column", quoted', type },
      { name: "n", type: parseType("INT64") },
    ];
    const path = join(folder.path, `${cases.findIndex(([f, t]) => f === format && t === name)}.${format}`);
    const rows = [...values[name]!, "NULL"].map((value, n) => `(CAST(${value} AS ${duckdbType(type)}), ${n}::BIGINT)`);
    await db.run(`CREATE OR REPLACE TABLE written AS FROM (VALUES ${rows.join(", ")}) AS v("a ""column"", quoted", n)`);
    await db.run(copyStatement({ query: "FROM written", columns, format, path }));
    const existing = await existingColumns(db, format, path);
    expect(existing.map((column) => column.name)).toEqual(columns.map((column) => column.name));

    const read = await db.query(`${readStatement({ columns, existing, format, path })} ORDER BY n`);
    expect(read).toEqual(await db.query("FROM written ORDER BY n"));
    expect(await readFile(path, "utf8")).not.toMatch(/\bNaN,|\bInfinity,/);
  });
});

test.each(formats)("%s: a file without rows has its columns, or none, and can be written again", async (format) => {
  const path = join(folder.path, `empty.${format}`);
  const columns = [{ name: "n", type: parseType("INT64") }];
  await db.run(copyStatement({ query: "SELECT 1::BIGINT AS n WHERE false", columns, format, path }));
  const existing = await existingColumns(db, format, path);

  expect(existing.map(({ name }) => name)).toEqual(format === "ndjson" ? [] : ["n"]);
});

test.each([
  ["csv", '12.5,100,0,-0.05,"{""n"":""1.5""}",7'],
  ["ndjson", '{"a":"12.5","b":"100","c":"0","d":"-0.05","e":{"n":"1.5"},"f":"7"}'],
] as const)("%s: NUMERIC is written without zeros that say nothing, and to its last digit", async (format, line) => {
  const path = join(folder.path, `numeric.${format}`);
  const types = ["NUMERIC", "NUMERIC", "NUMERIC", "NUMERIC(10,2)", "STRUCT<n NUMERIC>", "NUMERIC(20)"].map(parseType);
  const columns = types.map((type, i) => ({ name: "abcdef"[i]!, type }));
  const values = ["12.5", "100", "0", "-0.05", "{n: 1.5}", "7"].map(
    (value, i) => `CAST(${value} AS ${duckdbType(types[i]!)})`,
  );
  const query = `SELECT ${values.map((value, i) => `${value} AS ${columns[i]!.name}`).join(", ")}`;
  await db.run(copyStatement({ query, columns, format, path }));
  expect((await readFile(path, "utf8")).trim().split("\n").at(-1)).toBe(line);
});

test("a column of texts alone keeps NULL apart from the empty text in csv", async () => {
  const path = join(folder.path, "texts.csv");
  const columns = [{ name: "s", type: parseType("STRING") }];
  await db.run(copyStatement({ query: "FROM (VALUES ('a'), (NULL), ('')) AS v(s)", columns, format: "csv", path }));
  const existing = await existingColumns(db, "csv", path);

  const read = await db.query(readStatement({ columns, existing, format: "csv", path }));
  expect(read).toEqual([{ s: "a" }, { s: null }, { s: "" }]);
});
