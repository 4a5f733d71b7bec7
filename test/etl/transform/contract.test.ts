import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { selectTyped, viewParquet, writeParquet } from "../../../src/etl/engine/duckdb/materialize.ts";
import type { Row } from "../../../src/etl/engine/engine.ts";
import { applyContract, type Contract } from "../../../src/etl/transform/contract.ts";
import type { Columns } from "../../../src/spec/column.ts";
import { formatType, parseType } from "../../../src/spec/type.ts";
import { openEngine } from "../../support/engine.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let db: Database;

beforeAll(async () => {
  db = await openEngine();
});

afterAll(() => db.close());

const columnsOf = (types: Record<string, string>): Columns =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type: parseType(type) }]));

async function contract(sql: string, declared?: Record<string, string>): Promise<Contract> {
  return applyContract({
    name: "m",
    declared: declared && columnsOf(declared),
    computed: await db.describe(`SELECT * FROM (\n${sql}\n)`),
    where: (column) => ({ file: column ? `columns.${column}` : "columns" }),
  });
}

/** `place: message | hint` of each problem. */
async function problems(sql: string, declared?: Record<string, string>): Promise<string[]> {
  const found = await contract(sql, declared);
  return found.problems.map(({ where, message, hint }) => `${where!.file}: ${message} | ${hint}`);
}

/** The rows of a query, as its contract has them. */
async function rows(sql: string, declared: Record<string, string>): Promise<Row[]> {
  const { columns, problems: found } = await contract(sql, declared);
  expect(found).toEqual([]);
  return db.query(selectTyped(sql, columns));
}

/** The value of one column `x`, declared with a type. */
const value = async (expression: string, type: string) =>
  (await rows(`SELECT ${expression} AS x`, { x: type }))[0]!["x"];

describe("the columns are exactly the declared ones", () => {
  test("in declared order", async () => {
    expect(await rows("SELECT 'a' AS b, 1::BIGINT AS a", { a: "INT64", b: "STRING" })).toEqual([{ a: 1, b: "a" }]);
    expect(Object.keys((await rows("SELECT 'a' AS b, 1::BIGINT AS a", { a: "INT64", b: "STRING" }))[0]!)).toEqual([
      "a",
      "b",
    ]);
  });

  test("one too many is told with its type", async () => {
    expect(await problems("SELECT 1 AS a, DATE '2022-01-20' AS dato", { a: "INT64" })).toEqual([
      "columns: `m` makes a column `dato` (DATE) that its contract does not have | Declare it under `columns:`, or take it out of the query.",
    ]);
    expect(await problems("SELECT 1 AS a, INTERVAL 1 DAY AS constructor", { a: "INT64" })).toEqual([
      "columns: `m` makes a column `constructor` (INTERVAL) that its contract does not have | Declare it under `columns:`, or take it out of the query.",
    ]);
  });

  test("one too few is told at its declaration", async () => {
    expect(await problems("SELECT 1 AS a", { a: "INT64", b: "DATE" })).toEqual([
      "columns.b: `m` does not make the column `b` (DATE) of its contract | Add it to the query.",
    ]);
  });

  test("a misspelt one is told from both sides", async () => {
    expect(await problems("SELECT 1 AS antal", { antall: "INT64" })).toEqual([
      "columns: `m` makes a column `antal` (INT64) that its contract does not have | Did you mean `antall`? Declare it under `columns:`, or take it out of the query.",
      "columns.antall: `m` does not make the column `antall` (INT64) of its contract | Did you mean `antal`?",
    ]);
  });

  test("all that is wrong is told at once", async () => {
    expect(await problems("SELECT 'a' AS a, 1 AS c", { a: "DATE", b: "DATE" })).toHaveLength(3);
  });
});

describe("a value becomes the declared type where nothing is lost", () => {
  test.each([
    ["INT64", "1::TINYINT", 1],
    ["INT64", "1::UBIGINT", 1],
    ["INT64", "(SELECT sum(x) FROM range(4) AS r(x))", 6],
    ["INT64", "(SELECT sum(x) FROM (VALUES (1::DECIMAL(18, 0))) AS v(x))", 1],
    ["INT64", "9007199254740993::HUGEINT", 9007199254740993n],
    ["NUMERIC", "7::BIGINT", "7.000000000"],
    ["NUMERIC", "1.25::DECIMAL(9, 2)", "1.250000000"],
    ["NUMERIC", "12345678901234567890123456789.123456789::DECIMAL(38, 9)", "12345678901234567890123456789.123456789"],
    ["NUMERIC(10, 2)", "1.2::DECIMAL(9, 1)", "1.20"],
    ["NUMERIC(10, 2)", "1.2::DECIMAL(38, 9)", "1.20"],
    ["BIGNUMERIC", "7::BIGINT", "7"],
    ["BIGNUMERIC", "1.25::DECIMAL(9, 2)", "1.25"],
    ["BIGNUMERIC", "1.25::DECIMAL(38, 20)", "1.25000000000000000000"],
    ["BIGNUMERIC", "'12345678901234567890123456789012345678.5'", "12345678901234567890123456789012345678.5"],
    ["FLOAT64", "7::BIGINT", 7],
    ["FLOAT64", "1.5::FLOAT", 1.5],
    ["STRING", "'a'::ENUM('a', 'b')", "a"],
    ["STRING", "'blåbær'", "blåbær"],
    ["STRING", "'7d444840-9dc0-11d1-b245-5ffdce74fad2'::UUID", "7d444840-9dc0-11d1-b245-5ffdce74fad2"],
    ["BYTES", "'\\xAA'::BLOB", "qg=="],
    ["BOOL", "true", true],
    ["DATE", "DATE '2022-01-20'", "2022-01-20"],
    ["DATETIME", "DATE '2022-01-20'", "2022-01-20 00:00:00"],
    ["DATETIME", "TIMESTAMPTZ '2022-01-20 07:30:00+01'", "2022-01-20 06:30:00"],
    ["TIMESTAMP", "DATE '2022-01-20'", "2022-01-20 00:00:00+00"],
    ["TIMESTAMP", "TIMESTAMP '2022-01-20 07:30:00.123456'", "2022-01-20 07:30:00.123456+00"],
    ["TIME", "TIME '07:30'", "07:30:00"],
    ["JSON", "{'a': [1]}::JSON", '{"a":[1]}'],
    ["JSON", "'{\"a\": 1}'", '{"a": 1}'],
    ["ARRAY<INT64>", "[1, 2]", [1, 2]],
    ["ARRAY<NUMERIC>", "[1::BIGINT, NULL]", ["1.000000000", null]],
    ["STRUCT<a STRING, b INT64>", "{'b': 1, 'a': 'x'}", { a: "x", b: 1 }],
    ["ARRAY<STRUCT<n INT64, tags ARRAY<STRING>>>", "[{'n': 1, 'tags': ['x', NULL]}]", [{ n: 1, tags: ["x", null] }]],
    ["ARRAY<STRUCT<at TIMESTAMP>>", "[{'at': DATE '2022-01-20'}]", [{ at: "2022-01-20 00:00:00+00" }]],
  ])("%s from %s", async (type, expression, expected) => {
    expect(await value(expression, type)).toEqual(expected);
  });
});

describe("a type that would lose something is refused, with a cast that the engine takes", () => {
  const refusals: [string, string, string][] = [
    ["INT64", "1.5::DOUBLE", "CAST(round(x) AS BIGINT)"],
    ["INT64", "1.5::DECIMAL(9, 2)", "CAST(round(x) AS BIGINT)"],
    ["INT64", "'1'", "CAST(x AS BIGINT)"],
    ["INT64", "true", "CAST(x AS BIGINT)"],
    ["INT64", "1::BIGINT::BIT::VARCHAR", "CAST(x AS BIGINT)"],
    ["FLOAT64", "'1.5'", "CAST(x AS DOUBLE)"],
    ["FLOAT64", "1.5::DECIMAL(9, 2)", "CAST(x AS DOUBLE)"],
    ["NUMERIC", "1.5::DOUBLE", "CAST(x AS DECIMAL(38, 9))"],
    ["NUMERIC", "'1.5'", "CAST(x AS DECIMAL(38, 9))"],
    ["NUMERIC", "1.5::DECIMAL(38, 20)", "CAST(x AS DECIMAL(38, 9))"],
    ["NUMERIC(10, 2)", "1.5::DOUBLE", "CAST(x AS DECIMAL(10, 2))"],
    ["BIGNUMERIC", "1.5::DOUBLE", "CAST(x AS VARCHAR)"],
    ["BOOL", "'true'", "CAST(x AS BOOLEAN)"],
    ["BOOL", "1::BIGINT", "CAST(x AS BOOLEAN)"],
    ["STRING", "7::BIGINT", "CAST(x AS VARCHAR)"],
    ["STRING", "DATE '2022-01-20'", "CAST(x AS VARCHAR)"],
    ["STRING", "'a'::BLOB", "CAST(x AS VARCHAR)"],
    ["BYTES", "'a'", "CAST(x AS BLOB)"],
    ["DATE", "'2022-01-20'", "CAST(x AS DATE)"],
    ["DATE", "TIMESTAMP '2022-01-20 07:30:00'", "CAST(x AS DATE)"],
    ["DATE", "TIMESTAMPTZ '2022-01-20 07:30:00+00'", "CAST(x AS DATE)"],
    ["DATETIME", "'2022-01-20'", "CAST(x AS TIMESTAMP)"],
    ["TIMESTAMP", "'2022-01-20'", "CAST(x AS TIMESTAMPTZ)"],
    ["TIME", "TIMESTAMP '2022-01-20 07:30:00'", "CAST(x AS TIME)"],
    ["JSON", "{'a': 1}", "to_json(x)"],
    ["INT64", "DATE '2022-01-20'", "Write the query so that `x` is INT64"],
    ["ARRAY<STRING>", "'a'", "CAST(x AS VARCHAR[])"],
    ["ARRAY<INT64>", "[1.5::DOUBLE]", "CAST(x AS BIGINT[])"],
    ["ARRAY<STRING>", "[]", "CAST(x AS VARCHAR[])"],
    ["STRUCT<a STRING>", "{'a': 1::BIGINT}", 'CAST(x AS STRUCT("a" VARCHAR))'],
    ["STRUCT<a INT64>", "{'a': 1, 'b': 2}", 'CAST(x AS STRUCT("a" BIGINT))'],
    ["STRUCT<a INT64, b INT64>", "{'a': 1}", 'CAST(x AS STRUCT("a" BIGINT, "b" BIGINT))'],
  ];

  test.each(refusals)("%s from %s", async (type, expression, cure) => {
    const [problem, ...more] = await problems(`SELECT ${expression} AS x`, { x: type });
    expect(more).toEqual([]);
    expect(problem).toContain(`and its contract says ${formatType(parseType(type))}`);
    expect(problem).toContain(cure);
  });

  test.each(refusals.filter(([, , cure]) => !cure.startsWith("Write")))(
    "%s from %s is cured by the cast",
    async (type, expression, cure) => {
      expect(await problems(`SELECT ${cure} AS x FROM (SELECT ${expression} AS x)`, { x: type })).toEqual([]);
    },
  );

  test("the message says what it is, and where", async () => {
    expect(await problems("SELECT 'a' AS x", { x: "DATE" })).toEqual([
      "columns.x: the column `x` of `m` is STRING, and its contract says DATE | Convert it in the query: CAST(x AS DATE), or change the contract.",
    ]);
    expect(await problems("SELECT MAP {'a': 1} AS x", { x: "JSON" })).toEqual([
      expect.stringMatching(
        /^columns\.x: the column `x` of `m` is MAP\(VARCHAR, INTEGER\), and its contract says JSON/,
      ),
    ]);
  });
});

describe("a bare NULL", () => {
  test.each(["STRING", "DATE", "BOOL", "TIMESTAMP", "JSON", "BYTES", "ARRAY<STRING>", "STRUCT<a INT64>", "BIGNUMERIC"])(
    "is a NULL of type %s",
    async (type) => {
      expect(await value("NULL", type)).toBeNull();
    },
  );

  test("has the type of an integer, and a number in its place is an error at run time", async () => {
    await expect(rows("SELECT 5 AS x", { x: "STRING" })).rejects.toThrow("contract of column x: STRING");
    await expect(rows("SELECT unnest([NULL, 5]) AS x", { x: "DATE" })).rejects.toThrow("contract of column x: DATE");
  });
});

describe("what only the rows can tell is an error at run time", () => {
  test("a text that is too long, counted in letters, bytes in bytes", async () => {
    expect(await value("'æøå'", "STRING(3)")).toBe("æøå");
    await expect(value("'æøå!'", "STRING(3)")).rejects.toThrow("contract of column x: STRING(3)");
    expect(await value("'abc'::BLOB", "BYTES(3)")).toBe("YWJj");
    await expect(value("'abcd'::BLOB", "BYTES(3)")).rejects.toThrow("contract of column x: BYTES(3)");
    expect(await value("NULL", "STRING(3)")).toBeNull();
  });

  test("a number that is too precise, or too large", async () => {
    await expect(value("1.005::DECIMAL(9, 3)", "NUMERIC(10, 2)")).rejects.toThrow(
      "contract of column x: NUMERIC(10, 2)",
    );
    await expect(value("123456789::BIGINT", "NUMERIC(5, 0)")).rejects.toThrow(/NUMERIC\(5, 0\)|DECIMAL\(5,0\)/);
    await expect(value("'1.005'", "BIGNUMERIC(10, 2)")).rejects.toThrow("contract of column x: BIGNUMERIC(10, 2)");
    await expect(value("'123.5'", "BIGNUMERIC(3, 1)")).rejects.toThrow("contract of column x: BIGNUMERIC(3, 1)");
    expect(await value("'-12.500'", "BIGNUMERIC(3, 1)")).toBe("-12.500");
  });

  test("a text that is no number, or no JSON", async () => {
    await expect(value("'1,5'", "BIGNUMERIC")).rejects.toThrow("contract of column x: BIGNUMERIC");
    await expect(value("'{a}'", "JSON")).rejects.toThrow(/JSON/);
  });

  test("a sum that is no INT64", async () => {
    const big = "(SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) AS v(x))";
    await expect(value(big, "INT64")).rejects.toThrow(/out of range/);
    await expect(
      contract(`SELECT ${big} AS x`).then(({ columns }) => db.query(selectTyped(`SELECT ${big} AS x`, columns))),
    ).rejects.toThrow(/out of range/);
  });
});

describe("BIGNUMERIC", () => {
  test("passes exactly, and is refused in arithmetic by the engine", async () => {
    const exact = "123456789012345678901234567890.12345678901234567890123456789012345678";
    await db.run(
      `CREATE OR REPLACE TABLE big AS ${selectTyped(`SELECT '${exact}' AS x`, (await contract(`SELECT '${exact}' AS x`, { x: "BIGNUMERIC" })).columns)}`,
    );
    expect(await rows("SELECT x FROM big", { x: "BIGNUMERIC" })).toEqual([{ x: exact }]);
    for (const expression of ["x + 1", "x * 2.0", "sum(x)", "avg(x)", "-x", "round(x, 2)"])
      await expect(db.describe(`SELECT ${expression} FROM big`)).rejects.toThrow(/No function matches/);
  });
});

describe("without a contract", () => {
  test("columns have the GoogleSQL type of the same meaning", async () => {
    const { columns } = await contract(
      "SELECT 1 AS a, sum(1) AS b, 1.5 AS c, 1.5::DOUBLE AS d, DATE '2022-01-20' AS e, now() AS f, ['a'] AS g, {'n': 1::UTINYINT} AS h, 1.5::DECIMAL(38, 20) AS i",
    );
    expect(columns.map(({ name, type }) => `${name} ${formatType(type)}`)).toEqual([
      "a INT64",
      "b INT64",
      "c NUMERIC",
      "d FLOAT64",
      "e DATE",
      "f TIMESTAMP",
      "g ARRAY<STRING>",
      "h STRUCT<n INT64>",
      "i BIGNUMERIC",
    ]);
  });

  test.each([
    ["INTERVAL 1 DAY", "INTERVAL"],
    ["MAP {'a': 1}", "MAP(VARCHAR, INTEGER)"],
    ["[[1]]", "INTEGER[][]"],
    ["'101'::BIT", "BIT"],
    ["{'a': INTERVAL 1 DAY}", 'STRUCT("a" INTERVAL)'],
  ])("%s is not a type of a table", async (expression, type) => {
    expect(await problems(`SELECT ${expression} AS x`)).toEqual([
      `columns: the column \`x\` of \`m\` is ${type}, which is not a type of a table in BigQuery | Cast it in the query, to STRING or INT64 for example.`,
    ]);
  });
});

describe("rows that are kept", () => {
  let folder: Folder;

  beforeEach(async () => {
    folder = await makeFolder();
  });

  afterEach(() => folder.remove());

  async function keep(sql: string, declared?: Record<string, string>) {
    const { columns } = await contract(sql, declared);
    const file = join(folder.path, "m.parquet");
    const kept = await writeParquet(db, { sql, columns, file });
    await viewParquet(db, { name: "m", columns, file });
    return { ...kept, file };
  }

  test("have the order of the query", async () => {
    const { rows: count, file } = await keep("SELECT x FROM range(200000) AS r(x) ORDER BY hash(x) % 1000, x");
    expect(count).toBe(200_000);
    const [row] = await db.query(
      `SELECT count(*) AS n FROM (SELECT x, lag(x) OVER (ORDER BY file_row_number) AS before
        FROM read_parquet('${file}', file_row_number = true)) WHERE before IS NOT NULL AND (hash(before) % 1000, before) > (hash(x) % 1000, x)`,
    );
    expect(row).toEqual({ n: 0 });
  });

  test("have the types of the contract, JSON and BIGNUMERIC too, and none of them is a DOUBLE", async () => {
    const { file } = await keep("SELECT sum(1) AS a, '{\"a\":1}' AS b, '1.5' AS c, [{'d': NULL}] AS d", {
      a: "INT64",
      b: "JSON",
      c: "BIGNUMERIC",
      d: "ARRAY<STRUCT<d INT64>>",
    });
    expect((await db.describe("FROM m")).map(({ engineType }) => engineType)).toEqual([
      "BIGINT",
      "JSON",
      "VARCHAR",
      'STRUCT("d" BIGINT)[]',
    ]);
    expect((await db.describe(`FROM read_parquet('${file}')`))[0]!.engineType).toBe("BIGINT");
    expect(await db.query("SELECT b ->> '$.a' AS a FROM m")).toEqual([{ a: "1" }]);
  });

  test("that break the contract leave the view as it was", async () => {
    await keep("SELECT 'a' AS x");
    await expect(keep("SELECT unnest(['b', 'too long']) AS x", { x: "STRING(3)" })).rejects.toThrow(
      "contract of column x",
    );
  });
});
