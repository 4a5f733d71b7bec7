import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineMessage } from "../../../../src/etl/engine/duckdb/engine-message.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { messageOf } from "../../../../src/util/error.ts";
import { openEngine } from "../../../support/engine.ts";

const hidden = { showValues: false };
const shown = { showValues: true };

/** A value that is found wherever it is shown, and some that try to close the quotes around them. */
const marker = "Kari-4711";
const values = [
  marker,
  `O'${marker}`,
  `${marker}' ''`,
  `"${marker}" and "`,
  `{"name": "${marker}"`,
  `first\n\n${marker}`,
  `\n${marker}\nLINE 1: x\n^`,
  `' to INT32 when casting from source column ${marker}`,
  `x\n\nLINE 1: SELECT\n ^ ${marker}`,
];

let db: Database;

beforeAll(async () => {
  db = await openEngine();
  const rows = values.map((value) => `('${value.replaceAll("'", "''")}')`);
  await db.run(`CREATE TABLE t AS SELECT x, '{"a": "' || x || '"}' AS j, row_number() OVER () AS i
    FROM (VALUES ${rows.join(", ")}) AS v(x)`);
  await db.run("CREATE TABLE n AS SELECT 471147114711::BIGINT AS x, 4711471147.11::DECIMAL(38, 9) AS d, 4711e300 AS f");
  await db.run("CREATE TABLE k (x VARCHAR PRIMARY KEY)");
});

afterAll(() => db.close());

async function errorOf(sql: string): Promise<unknown> {
  return db.query(sql).then(
    () => expect.fail(`no error: ${sql}`),
    (error: unknown) => error,
  );
}

describe("where no value may be shown, none is", () => {
  const types = [
    "INTEGER",
    "DATE",
    "TIMESTAMP",
    "TIME",
    "DECIMAL(5, 2)",
    "BOOLEAN",
    "UUID",
    "INTEGER[]",
    "STRUCT(a INTEGER)",
    "JSON",
  ];
  const functions = [
    "error(x)",
    "strptime(x, '%Y')",
    "from_base64(x || '!')",
    "json_extract('{}', '$[' || x)",
    "regexp_matches(x, '(' || x)",
    "CAST(x AS ENUM('a'))",
    "CAST(j AS STRUCT(a INTEGER))",
    "(x || ' days')::INTERVAL",
    "x = 5",
  ];

  test.each(values.map((value, i) => [value, i + 1] as const))("%j", async (_value, i) => {
    const told = [];
    for (const expression of [...types.map((type) => `CAST(x AS ${type})`), ...functions]) {
      const error = await db.query(`SELECT ${expression} FROM t WHERE i = ${i}`).catch((thrown: unknown) => thrown);
      if (error instanceof Error) told.push({ engine: messageOf(error), ours: engineMessage(error, hidden) });
    }
    expect(told.filter(({ engine }) => engine.includes(marker)).length).toBeGreaterThan(10);
    expect(told.filter(({ ours }) => /Kari|4711|first|name/.test(ours))).toEqual([]);
  });

  test("of numbers neither", async () => {
    const expressions = [
      "x::INTEGER",
      "x * x * x",
      "d::DECIMAL(5, 2)",
      "f::BIGINT",
      "f::REAL",
      "(x * x)::BIGINT",
      "range(x)",
    ];
    for (const expression of expressions) {
      const error = await db.query(`SELECT ${expression} FROM n`).catch((thrown: unknown) => thrown);
      expect(engineMessage(error, hidden)).not.toMatch(/4711|4,711|\de[+]?\d/);
    }
  });

  test("of a key that is there already, neither", async () => {
    await db.run(`INSERT INTO k VALUES ('${marker}')`);
    const error = await errorOf(`INSERT INTO k VALUES ('${marker}')`);
    expect(messageOf(error)).toContain(marker);
    expect(engineMessage(error, hidden)).toBe("a row breaks a constraint");
  });
});

describe("what is said instead", () => {
  test.each([
    ["SELECT CAST(x AS INTEGER) FROM t", "a value of column `x` cannot be converted to INT32"],
    ["SELECT CAST(x AS DATE) FROM t", "a value of column `x` cannot be converted to DATE"],
    ["SELECT CAST(x AS TIMESTAMP) FROM t", "a value of column `x` cannot be converted to TIMESTAMP"],
    ["SELECT CAST(d AS DECIMAL(5, 2)) FROM n", "a value of column `d` cannot be converted to DECIMAL(5,2)"],
    ["SELECT CAST(x AS INTEGER) FROM n", "a value of column `x` cannot be converted to INT32"],
    ["SELECT CAST('{' || x AS JSON) FROM t", "a value cannot be converted to JSON"],
    ["SELECT x * x * x * x FROM n", "a number does not fit its type"],
    ["SELECT error(x) FROM t", "a function was given a value that it does not take"],
    ["SELECT (SELECT x FROM t)", "a sub-query that stands for one value gave more than one row"],
    ["SELECT * FROM read_csv('/nowhere/4711.csv')", "the engine failed (IO Error)"],
  ])("%s: %s", async (sql, message) => {
    expect(engineMessage(await errorOf(sql), hidden)).toBe(message);
  });

  test("what the query itself says wrong is told, without its literals", async () => {
    const nope = await errorOf(`SELECT nope FROM t WHERE x = '${marker}'`);
    expect(engineMessage(nope, hidden)).toBe('Referenced column "nope" not found in FROM clause!');
    expect(engineMessage(await errorOf("SELECT x FROM tt"), hidden)).toBe("Table with name tt does not exist!");
    expect(engineMessage(await errorOf("SELECT sum(x) FROM t"), hidden)).toMatch(/^No function matches /);
  });
});

test("where values may be shown, the engine's own first line is, without the name of the kind", async () => {
  const error = await errorOf("SELECT CAST(x AS INTEGER) FROM t WHERE i = 1");
  expect(engineMessage(error, shown)).toBe(
    "Could not convert string 'Kari-4711' to INT32 when casting from source column x",
  );
  expect(engineMessage(await errorOf("SELECT nope FROM t"), shown)).toBe(
    'Referenced column "nope" not found in FROM clause!',
  );
});

describe("of columns that are excepted no value is shown", () => {
  const except = new Set(["x"]);
  const of = async (sql: string) => engineMessage(await errorOf(sql), { showValues: true, except });

  test("but of others, where the engine says whose it is", async () => {
    expect(await of("SELECT CAST(x AS INTEGER) FROM t")).toBe("a value of column `x` cannot be converted to INT32");
    expect(await of("SELECT CAST(j AS INTEGER) FROM t WHERE i = 1")).toContain(marker);
  });

  test("nor where it does not say so", async () => {
    expect(await of("SELECT CAST(upper(x) AS INTEGER) FROM t WHERE i = 1")).toBe(
      "a value cannot be converted to INT32",
    );
    expect(await of("SELECT error(x) FROM t")).not.toContain("Kari");
  });
});

test("what is no error of the engine is told as it is", () => {
  expect(engineMessage(new Error("disk is gone"), hidden)).toBe("disk is gone");
  expect(engineMessage("no", hidden)).toBe("no");
});
