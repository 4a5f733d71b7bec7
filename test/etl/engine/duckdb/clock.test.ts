import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freezeClock, releaseClock } from "../../../../src/etl/engine/duckdb/clock.ts";
import { openDuckdb, type Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";

let db: Database;
let other: Database;
const frozen = new Date("2022-01-20T23:30:00.250Z");

beforeAll(async () => {
  const limits = { memory: 128 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 };
  db = await openDuckdb({ limits, temporaryFolder: tmpdir() });
  other = await db.another();
  await freezeClock(db, frozen);
});

afterAll(() => {
  other.close();
  db.close();
});

const valueOf = async (expression: string, connection = db) =>
  Object.values((await connection.query(`SELECT ${expression} AS value`))[0]!)[0];

test.each([
  ["now()", "2022-01-20 23:30:00.25+00"],
  ["NOW ( )", "2022-01-20 23:30:00.25+00"],
  ["current_timestamp", "2022-01-20 23:30:00.25+00"],
  ["get_current_timestamp()", "2022-01-20 23:30:00.25+00"],
  ["transaction_timestamp()", "2022-01-20 23:30:00.25+00"],
  ["localtimestamp", "2022-01-20 23:30:00.25"],
  ["current_localtimestamp()", "2022-01-20 23:30:00.25"],
  ["current_date", "2022-01-20"],
  ["current_date()", "2022-01-20"],
  ["today()", "2022-01-20"],
  ["current_time", "23:30:00.25+00"],
  ["get_current_time()", "23:30:00.25+00"],
  ["localtime", "23:30:00.25"],
  ["current_localtime()", "23:30:00.25"],
  ["age(DATE '2022-01-01')::VARCHAR", "19 days"],
  ["age(TIMESTAMPTZ '2022-01-01 00:00:00+00')::VARCHAR", "19 days"],
  ["age(DATE '2022-01-03', DATE '2022-01-01')::VARCHAR", "2 days"],
])("%s shows the frozen time", async (expression, expected) => {
  expect(await valueOf(expression)).toBe(expected);
});

test("it has the type that it has otherwise", async () => {
  const expressions = [
    "now()",
    "localtimestamp",
    "current_date",
    "current_time",
    "localtime",
    "age(DATE '2022-01-01')",
  ];
  for (const expression of expressions) {
    expect(await valueOf(`typeof(${expression})`)).toBe(await valueOf(`typeof(${expression})`, other));
  }
});

test("no function that reads the clock is forgotten", async () => {
  const scalars = await other.query(`
    SELECT DISTINCT function_name AS name FROM duckdb_functions()
    WHERE function_type = 'scalar' AND len(parameters) = 0 AND schema_name = 'main'`);
  const macros = await db.query("SELECT function_name AS name FROM duckdb_functions() WHERE database_name = 'temp'");
  const frozenNames = new Set(macros.map(({ name }) => name));
  const named = scalars.map(({ name }) => String(name)).filter((name) => /time|day|now|clock|current|_date/.test(name));
  expect(named).toEqual(expect.arrayContaining(["now", "today", "get_current_time"]));
  const left = named.filter((name) => !frozenNames.has(name));
  expect(
    left.filter((name) => !/_(connection_id|database|query|query_id|schema|transaction_id)$|^txid|^struct_/.test(name)),
  ).toEqual([]);
});

test("columns and texts of these names are left alone", async () => {
  const rows = await db.query(
    "SELECT today, t.now, 'now()' AS text, current_date AS d FROM (SELECT 1 AS today, 2 AS now) t",
  );
  expect(rows).toEqual([{ today: 1, now: 2, text: "now()", d: "2022-01-20" }]);
});

test("a view that was made before sees it too", async () => {
  await other.run("CREATE TEMP VIEW clock AS SELECT current_date AS d");
  await freezeClock(other, frozen);
  expect(await other.query("FROM clock")).toEqual([{ d: "2022-01-20" }]);
  await releaseClock(other);
  expect(await other.query("FROM clock")).not.toEqual([{ d: "2022-01-20" }]);
});

test("other connections keep their clock", async () => {
  expect(await valueOf("now() > TIMESTAMPTZ '2026-01-01 00:00:00+00'", other)).toBe(true);
});
