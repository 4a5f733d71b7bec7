import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileChecks } from "../../../src/etl/check/compile.ts";
import type { CheckResult } from "../../../src/etl/check/check.ts";
import { BrokenCheck, runChecks, type CheckOptions } from "../../../src/etl/check/run-checks.ts";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { bindValues } from "../../../src/etl/values.ts";
import { generator } from "../../support/random.ts";
import { plainContext } from "../../support/context.ts";
import { openEngine } from "../../support/engine.ts";
import { pipelineOf } from "../../support/pipeline.ts";

let db: Database;

beforeEach(async () => {
  db = await openEngine();
});

afterEach(() => db.close());

interface Checked {
  /** The rows of `t`, as a query. */
  rows: string;
  /** What pipeline.yaml says of the model `t`. */
  says: string;
  options?: Partial<CheckOptions>;
}

async function check({ rows, says, options = {} }: Checked): Promise<CheckResult[]> {
  await db.run(`CREATE OR REPLACE TABLE t AS ${rows}`);
  const pipeline = pipelineOf(`params: { least: { type: INT64, default: 2 } }\nmodels:\n  t: { ${says} }\n`);
  const { columns, checks } = pipeline.spec.models!["t"]!;
  const types = new Map(Object.entries(columns ?? {}).map(([name, { type }]) => [name, type]));
  const params = { least: { type: "INT64" as const, value: 2n } };
  return runChecks(
    {
      engine: db,
      checks: compileChecks({ group: "models", name: "t", types, columns, checks, locate: pipeline.where }, db.dialect),
      reference: new Date("2022-01-21T06:00:00Z"),
      show: undefined,
      bind: bindValues({ params, interval: undefined }, db.dialect),
      ...options,
    },
    plainContext(),
  );
}

/** `status: what was found` of one check of a column `x` whose values are these. */
async function ofColumn(type: string, checkText: string, ...values: string[]): Promise<string> {
  const rows = `SELECT * FROM (VALUES ${values.map((value) => `(${value})`).join(", ")}) AS v(x)`;
  const [result] = await check({ rows, says: `columns: { x: { type: ${type}, checks: [${checkText}] } }` });
  return `${result!.status}: ${result!.found}`;
}

/** The same of a check of the whole table. */
async function ofTable(rows: string, checkText: string): Promise<string> {
  const [result] = await check({ rows, says: `checks: [${checkText}]` });
  return `${result!.status}: ${result!.found}`;
}

const integers = (...values: (number | string)[]) =>
  `SELECT * FROM (VALUES ${values.map((value) => `(${value})`).join(", ")}) AS v(x)`;

describe("not_null", () => {
  test("passes where no value is NULL, and counts those that are", async () => {
    expect(await ofColumn("INT64", "not_null", "1", "2")).toBe("pass: 0 of 2 rows");
    expect(await ofColumn("INT64", "not_null", "1", "NULL", "NULL")).toBe("fail: 2 of 3 rows");
  });

  test("an empty text, an empty list and NaN are values", async () => {
    expect(await ofColumn("STRING", "not_null", "''")).toBe("pass: 0 of 1 row");
    expect(await ofColumn("ARRAY<INT64>", "not_null", "[]")).toBe("pass: 0 of 1 row");
    expect(await ofColumn("FLOAT64", "not_null", "'nan'::DOUBLE")).toBe("pass: 0 of 1 row");
  });

  test("on a table is one check for each column", async () => {
    const results = await check({ rows: "SELECT 1 AS a, NULL AS b", says: "checks: [{ not_null: [a, b] }]" });
    expect(results.map(({ check: name, status }) => [name, status])).toEqual([
      ["not_null(a)", "pass"],
      ["not_null(b)", "fail"],
    ]);
  });
});

describe("accepted_values", () => {
  test.each([
    ["STRING", "[prod, dev]", "'prod'", "'test'"],
    ["STRING", '["it\'s"]', "'it''s'", "'its'"],
    ["STRING", "[1]", "'1'", "'1.0'"],
    ["INT64", "[1, 2]", "1", "3"],
    ["NUMERIC", '[1, "2.50"]', "2.5::DECIMAL(38, 9)", "2.51::DECIMAL(38, 9)"],
    ["FLOAT64", "[0.1]", "0.1::DOUBLE", "0.2::DOUBLE"],
    ["BOOL", "[true]", "true", "false"],
    ["DATE", "[2022-01-20]", "DATE '2022-01-20'", "DATE '2022-01-21'"],
    [
      "TIMESTAMP",
      '["2022-01-20T07:30:00Z"]',
      "TIMESTAMPTZ '2022-01-20 08:30:00+01'",
      "TIMESTAMPTZ '2022-01-20 08:30:00+00'",
    ],
    ["TIME", '["07:30"]', "TIME '07:30:00'", "TIME '07:31'"],
    ["BYTES", '["YQ=="]', "'a'::BLOB", "'b'::BLOB"],
  ])("of %s: %s", async (type, values, good, bad) => {
    expect(await ofColumn(type, `{ accepted_values: ${values} }`, good, "NULL")).toBe("pass: 0 of 2 rows");
    expect(await ofColumn(type, `{ accepted_values: ${values} }`, good, bad, "NULL")).toBe("fail: 1 of 3 rows");
  });
});

describe("range", () => {
  test.each([
    ["INT64", "min: 1, max: 3", ["1", "3"], ["0", "4"]],
    ["INT64", "min: 0.5", ["1"], ["0"]],
    ["INT64", 'max: "9007199254740993"', ["9007199254740993"], ["9007199254740994"]],
    ["NUMERIC", 'min: "0.000000001"', ["0.000000001::DECIMAL(38, 9)"], ["0::DECIMAL(38, 9)"]],
    ["FLOAT64", "max: 1", ["1::DOUBLE"], ["1.0000001::DOUBLE", "'inf'::DOUBLE", "'nan'::DOUBLE"]],
    ["DATE", "min: 2022-01-20", ["DATE '2022-01-20'"], ["DATE '2022-01-19'"]],
    [
      "TIMESTAMP",
      'max: "2022-01-20T07:00:00Z"',
      ["TIMESTAMPTZ '2022-01-20 08:00:00+01'"],
      ["TIMESTAMPTZ '2022-01-20 08:00:01+01'"],
    ],
    ["DATETIME", "min: 2022-01-20", ["TIMESTAMP '2022-01-20 00:00:00'"], ["TIMESTAMP '2022-01-19 23:59:59'"]],
    ["STRING", "min: b", ["'b'", "'ba'"], ["'a'"]],
  ])("of %s: %s, its ends included, and NULL passes", async (type, ends, good, bad) => {
    expect(await ofColumn(type, `{ range: { ${ends} } }`, ...good, "NULL")).toMatch(/^pass: 0 of/);
    expect(await ofColumn(type, `{ range: { ${ends} } }`, ...good, ...bad, "NULL")).toMatch(`fail: ${bad.length} of`);
  });
});

describe("matches", () => {
  test("finds the pattern anywhere, unless it is anchored, and NULL passes", async () => {
    expect(await ofColumn("STRING", '{ matches: "b" }', "'abc'", "NULL")).toBe("pass: 0 of 2 rows");
    expect(await ofColumn("STRING", '{ matches: "^b" }', "'abc'", "NULL")).toBe("fail: 1 of 2 rows");
    expect(await ofColumn("STRING", '{ matches: "(?i)^[æøå]+$" }', "'ÆØÅ'")).toBe("pass: 0 of 1 row");
    expect(await ofColumn("STRING", '{ matches: "it\'s" }', "'it''s'", "'its'")).toBe("fail: 1 of 2 rows");
  });

  test("looks at other types as their text", async () => {
    expect(await ofColumn("INT64", '{ matches: "^\\\\d{4}$" }', "2022", "22")).toBe("fail: 1 of 2 rows");
    expect(await ofColumn("DATE", '{ matches: "^2022-" }', "DATE '2022-01-20'")).toBe("pass: 0 of 1 row");
  });
});

describe("row_count", () => {
  test.each([
    ["{ min: 2 }", "pass: 2 rows, allowed: at least 2"],
    ["{ min: 3 }", "fail: 2 rows, allowed: at least 3"],
    ["{ max: 2 }", "pass: 2 rows, allowed: at most 2"],
    ["{ max: 1 }", "fail: 2 rows, allowed: at most 1"],
    ["{ min: 0, max: 1 }", "fail: 2 rows, allowed: 0 to 1"],
    ["{ min: 2, max: 2 }", "pass: 2 rows, allowed: 2 to 2"],
  ])("%s: %s", async (bounds, found) => {
    expect(await ofTable(integers(1, "NULL"), `{ row_count: ${bounds} }`)).toBe(found);
  });

  test("counts only rows for which `where` holds, and an empty table", async () => {
    expect(await ofTable(integers(1, 2), "{ row_count: { min: 2 }, where: x > 1 }")).toBe(
      "fail: 1 row, allowed: at least 2",
    );
    expect(await ofTable("SELECT 1 AS x WHERE false", "{ row_count: { min: 1 } }")).toBe(
      "fail: 0 rows, allowed: at least 1",
    );
  });
});

describe("sql", () => {
  test("passes where the query gives no rows; a NULL in them is a row all the same", async () => {
    expect(await ofTable(integers(1, 2), "{ sql: SELECT * FROM t WHERE x > 2; }")).toBe("pass: 0 rows");
    expect(await ofTable(integers(1, 2), "{ sql: SELECT * FROM t WHERE x > 1 -- the end }")).toBe("fail: 1 row");
    expect(await ofTable(integers(1, 2), "{ sql: SELECT NULL FROM t }")).toBe("fail: 2 rows");
  });

  test("may use parameters, other tables and expressions of its own", async () => {
    await db.run("CREATE TABLE other AS SELECT 1 AS x");
    expect(await ofTable(integers(1, 2), "{ sql: SELECT * FROM t WHERE x >= $least }")).toBe("fail: 1 row");
    expect(await ofTable(integers(1, 2), "{ sql: FROM t ANTI JOIN other USING (x) }")).toBe("fail: 1 row");
    expect(await ofTable(integers(1, 2), "{ sql: WITH q AS (FROM t) SELECT * FROM q WHERE x > 5 }")).toBe(
      "pass: 0 rows",
    );
  });
});

const among = async (known: string, ...values: string[]) => {
  await db.run(`CREATE TABLE teams AS SELECT unnest(${known}) AS name`);
  return ofColumn("STRING", "{ relationships: { to: teams, column: name } }", ...values);
};

const complete = (every: string, type: string, ...values: string[]) =>
  ofTable(
    `SELECT CAST(unnest([${values.map((value) => `'${value}'`).join(", ")}]) AS ${type}) AS d`,
    `{ completeness: { column: d, every: ${every} } }`,
  );

describe("relationships", () => {
  test("finds the values that stand nowhere in the other table; NULL passes", async () => {
    expect(await among("['a', 'b', 'a']", "'a'", "'b'", "NULL")).toBe("pass: 0 of 3 rows");
  });

  test("is not fooled by a NULL in the other table", async () => {
    expect(await among("['a', NULL]", "'a'", "'c'", "'c'")).toBe("fail: 2 of 3 rows");
  });

  test("finds every value where the other table is empty", async () => {
    expect(await among("[]::VARCHAR[]", "'a'", "NULL")).toBe("fail: 1 of 2 rows");
  });

  test("gives a condition that shows the rows", async () => {
    await db.run("CREATE TABLE teams AS SELECT 'a' AS name");
    const says =
      "columns: { x: { type: STRING, checks: [{ relationships: { to: teams, column: name }, where: n > 1 }] } }";
    const [result] = await check({ rows: "SELECT * FROM (VALUES ('b', 1), ('b', 2), ('a', 3)) AS v(x, n)", says });
    expect(result).toMatchObject({ check: "relationships(x)", offending: 1, rows: 2 });
    expect(await db.query(`SELECT * FROM t WHERE ${result!.condition}`)).toEqual([{ x: "b", n: 2 }]);
  });
});

describe("completeness", () => {
  test("finds the days between the first and the last that no row has", async () => {
    expect(await complete("day", "DATE", "2022-02-27", "2022-02-28", "2022-03-01", "2022-03-01")).toBe(
      "pass: 0 of 3 days missing",
    );
    expect(await complete("day", "DATE", "2022-02-27", "2022-03-02")).toBe("fail: 2 of 4 days missing");
  });

  test("finds hours and months, whatever the minute or the day", async () => {
    expect(await complete("hour", "TIMESTAMP", "2022-01-20 22:59:59", "2022-01-21 01:00:00")).toBe(
      "fail: 2 of 4 hours missing",
    );
    expect(await complete("month", "DATE", "2021-11-30", "2021-12-01", "2022-02-28")).toBe(
      "fail: 1 of 4 months missing",
    );
  });

  test("takes a TIMESTAMP in UTC: a day of 23 hours is nothing special", async () => {
    const hours = Array.from({ length: 24 }, (_, hour) => `2022-03-27 ${String(hour).padStart(2, "0")}:30:00+00`);
    expect(await complete("hour", "TIMESTAMPTZ", ...hours)).toBe("pass: 0 of 24 hours missing");
  });

  test("passes where there are no rows, or only NULL", async () => {
    expect(await ofTable("SELECT NULL::DATE AS d", "{ completeness: { column: d, every: day } }")).toBe(
      "pass: 0 of 0 days missing",
    );
  });

  test("looks only at rows for which `where` holds, and tolerates a share of the steps", async () => {
    const rows = "SELECT DATE '2022-01-01' + i AS d, i AS n FROM (VALUES (0), (1), (2), (4), (9)) AS v(i)";
    const ofRows = (more: string) => ofTable(rows, `{ completeness: { column: d, every: day }, ${more} }`);
    expect(await ofRows("where: n < 3")).toBe("pass: 0 of 3 days missing");
    expect(await ofRows("where: n < 5, tolerate: 0.2")).toBe("tolerated: 1 of 5 days missing");
    expect(await ofRows("where: n < 5, tolerate: 0.1")).toBe("fail: 1 of 5 days missing");
  });

  test("shows the steps that are missing, where rows may be shown", async () => {
    const rows = "SELECT unnest([DATE '2022-01-01', DATE '2022-01-03']) AS d";
    const says = "checks: [{ completeness: { column: d, every: day } }]";
    const [result] = await check({ rows, says, options: { show: { rows: 3, except: new Set() } } });
    expect(result!.samples).toEqual([{ d: "2022-01-02 00:00:00" }]);
    const [hidden] = await check({ rows, says, options: { show: { rows: 3, except: new Set(["d"]) } } });
    expect(hidden!.samples).toEqual([{ d: "(sensitive)" }]);
  });
});

const fresh = (value: string) => ofTable(`SELECT ${value} AS d, 1 AS n`, "{ freshness: { column: d, within: 36h } }");

describe("freshness", () => {
  test("counts from the run's scheduled time, in UTC", async () => {
    // Due on the 21st at 06:00: 36 hours before is the 19th at 18:00.
    expect(await fresh("DATE '2022-01-20'")).toBe("pass: newest row 30.0 h old, allowed: 36h");
    expect(await fresh("DATE '2022-01-19'")).toBe("fail: newest row 54.0 h old, allowed: 36h");
    expect(await fresh("TIMESTAMPTZ '2022-01-19 19:00:00+01'")).toBe("pass: newest row 36.0 h old, allowed: 36h");
    expect(await fresh("TIMESTAMP '2022-01-19 17:59:59'")).toBe("fail: newest row 36.0 h old, allowed: 36h");
  });

  test("fails where there is nothing, or only NULL", async () => {
    expect(await fresh("NULL::DATE")).toBe("fail: no rows; allowed: rows of the last 36h");
  });

  test("looks at the newest row, of those for which `where` holds", async () => {
    const rows = "SELECT * FROM (VALUES (DATE '2022-01-20', 1), (DATE '2022-01-01', 2)) AS v(d, n)";
    expect(await ofTable(rows, "{ freshness: { column: d, within: 36h } }")).toMatch(/^pass/);
    expect(await ofTable(rows, "{ freshness: { column: d, within: 36h }, where: n = 2 }")).toMatch(/^fail/);
  });
});

describe("unique", () => {
  test.each([
    ["passes", integers(1, 2, 3), "pass: 0 rows"],
    ["counts rows and keys", integers(1, 1, 2, 2, 2, 3), "fail: 5 rows with 2 repeated keys"],
    ["passes NULL, however often", integers(1, "NULL", "NULL"), "pass: 0 rows"],
    ["passes NULL only", integers("NULL::BIGINT", "NULL"), "pass: 0 rows"],
    ["passes an empty table", "SELECT 1 AS x WHERE false", "pass: 0 rows"],
  ])("%s", async (_says, rows, found) => {
    expect(await ofTable(rows, "{ unique: [x] }")).toBe(found);
  });

  test("of several columns, where a NULL in one passes the row", async () => {
    const rows = "SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (1, 'b'), (1, NULL), (1, NULL)) AS v(x, y)";
    expect(await ofTable(rows, "{ unique: [x, y] }")).toBe("fail: 2 rows with 1 repeated key");
    expect(await ofTable(rows, "{ unique: [x, y], where: y = 'a' }")).toBe("pass: 0 rows");
  });

  test("looks only at rows for which `where` holds", async () => {
    expect(await ofTable(integers(1, 2, 2), "{ unique: [x], where: x < 2 }")).toBe("pass: 0 rows");
    expect(await ofTable(integers(1, 2, 2), "{ unique: [x], where: x = 1 OR x = 2 }")).toBe(
      "fail: 2 rows with 1 repeated key",
    );
  });

  // The quick way and the general one must not differ, whatever the values: types, signs, gaps, NULLs.
  const random = generator(7);
  const numbers = (count: number, low: number, high: number) =>
    Array.from({ length: count }, () => Math.floor(low + random() * (high - low)));
  const columns: [string, string][] = [
    ["dense numbers", "SELECT range AS x FROM range(1000)"],
    ["dense numbers, one twice", "SELECT range AS x FROM range(1000) UNION ALL SELECT 999"],
    ["dense numbers and NULL", "SELECT range AS x FROM range(1000) UNION ALL SELECT NULL UNION ALL SELECT NULL"],
    ["negative numbers", "SELECT range - 500 AS x FROM range(1000)"],
    ["negative numbers, one twice", "SELECT range - 500 AS x FROM range(1000) UNION ALL SELECT -500"],
    ["sparse numbers", "SELECT range * 1000000007 AS x FROM range(1000)"],
    ["sparse numbers, one twice", "SELECT range * 1000000007 AS x FROM range(1000) UNION ALL SELECT 0"],
    ["the ends of INT64", integers("9223372036854775807", "'-9223372036854775808'::BIGINT")],
    ["the end of INT64, twice", integers("9223372036854775807", "9223372036854775807", "9223372036854775806")],
    ["HUGEINT", "SELECT (range + 170141183460469231731687303715884105000)::HUGEINT AS x FROM range(700)"],
    ["small integers", "SELECT (range % 200)::UTINYINT AS x FROM range(200)"],
    ["random numbers with repetitions", integers(...numbers(500, -200, 5000))],
    ["random numbers, far apart", integers(...numbers(500, -1e12, 1e12))],
    ["texts", "SELECT 'k' || range AS x FROM range(1000)"],
    ["texts that are numbers", "SELECT (range::VARCHAR) AS x FROM range(1000) UNION ALL SELECT '7'"],
    ["dates", "SELECT DATE '2000-01-01' + range::INTEGER AS x FROM range(1000)"],
    ["dates, one twice", "SELECT DATE '2000-01-01' + (range % 999)::INTEGER AS x FROM range(1000)"],
    ["timestamps", "SELECT TIMESTAMP '2000-01-01' + to_microseconds(range) AS x FROM range(1000)"],
    ["decimals that differ behind the point", "SELECT (range / 10)::DECIMAL(9, 1) AS x FROM range(100)"],
    ["floats that differ behind the point", "SELECT range / 10 AS x FROM range(100)"],
    ["booleans", "SELECT true AS x UNION ALL SELECT false"],
    ["lists", "SELECT [range] AS x FROM range(10) UNION ALL SELECT [1]"],
  ];

  test.each(columns)("of %s says the same the quick way and the general way", async (_says, rows) => {
    const quick = await ofTable(rows, "{ unique: [x] }");
    // A condition that always holds takes the general way.
    expect(await ofTable(rows, '{ unique: [x], where: "1 = 1" }')).toBe(quick);
    const [{ n } = {}] = await db.query("SELECT count(x) - count(DISTINCT x) AS n FROM t");
    expect(quick.startsWith(n === 0 ? "pass" : "fail")).toBe(true);
  });

  test("of numbers in Parquet files, too", async () => {
    await db.run("CREATE TABLE p AS SELECT range AS x FROM range(5000)");
    expect(await ofTable("SELECT * FROM p", "{ unique: [x] }")).toBe("pass: 0 rows");
    expect((await db.query(db.dialect.quickUnique!("p", "x")))[0]).toEqual({ unique: true });
    await db.run("INSERT INTO p VALUES (17)");
    expect((await db.query(db.dialect.quickUnique!("p", "x")))[0]).toEqual({ unique: false });
  });
});

describe("how a finding is judged", () => {
  const two = integers(1, "NULL", 3, "NULL");

  test("with severity warn it only warns", async () => {
    expect(await ofTable(two, "{ not_null: [x], severity: warn }")).toBe("warn: 2 of 4 rows");
    expect(await ofTable(integers(1), "{ not_null: [x], severity: warn }")).toBe("pass: 0 of 1 row");
  });

  test.each([
    ["below", 0.6, "tolerated"],
    ["at", 0.5, "tolerated"],
    ["above", 0.4, "fail"],
  ])("%s the tolerated share", async (_says, share, status) => {
    expect(await ofTable(two, `{ not_null: [x], tolerate: ${share} }`)).toBe(`${status}: 2 of 4 rows`);
    expect(await ofTable(integers(1, 1, 2, 3), `{ unique: [x], tolerate: ${share} }`)).toBe(
      `${status}: 2 of 4 rows with 1 repeated key`,
    );
    expect(await ofTable(two, `{ sql: SELECT * FROM t WHERE x IS NULL, tolerate: ${share} }`)).toBe(
      `${status}: 2 of 4 rows`,
    );
  });

  test("the share is one of the rows that `where` leaves", async () => {
    const rows = "SELECT * FROM (VALUES (1, 'a'), (NULL, 'a'), (NULL, 'b')) AS v(x, k)";
    expect(await ofTable(rows, "{ not_null: [x], where: k = 'a', tolerate: 0.5 }")).toBe("tolerated: 1 of 2 rows");
    expect(await ofTable(rows, "{ not_null: [x], where: k = 'b', tolerate: 0.5 }")).toBe("fail: 1 of 1 row");
  });

  test("a condition with OR in it is one condition", async () => {
    const rows = integers(1, 2, 3);
    const says = "columns: { x: { type: INT64, checks: [{ range: { min: 2 }, where: x = 2 OR x = 3 }] } }";
    expect((await check({ rows, says }))[0]).toMatchObject({ status: "pass", rows: 2 });
  });

  test("a name of one's own is the check's name, and its query gives the offending rows", async () => {
    const [result] = await check({ rows: two, says: "checks: [{ not_null: [x], name: every x }]" });
    expect(result).toMatchObject({ check: "every x", table: "t", kind: "not_null", offending: 2, rows: 4 });
    expect(await db.query(result!.query)).toEqual([{ x: null }, { x: null }]);
    expect(await db.query(`SELECT * FROM t WHERE ${result!.condition}`)).toHaveLength(2);
  });

  test("the condition of `unique` gives the rows that are repeated", async () => {
    const [result] = await check({ rows: integers(1, 1, 2, "NULL"), says: "checks: [{ unique: [x], where: x < 5 }]" });
    expect(await db.query(`SELECT * FROM t WHERE ${result!.condition}`)).toEqual([{ x: 1 }, { x: 1 }]);
  });
});

describe("samples of offending rows", () => {
  const rows =
    "SELECT * FROM (VALUES (1, 'kari', 'a'), (1, 'ola', 'b'), (1, 'per', 'c'), (1, 'siv', 'd')) AS v(n, name, x)";
  const says = `
    columns: { n: { type: INT64, checks: [unique, { range: { min: 2 } }] } },
    checks: [{ sql: SELECT name AS other FROM t }, { row_count: { max: 1 } }]`;
  const show = { rows: 2, except: new Set(["name"]) };

  test("are a few, without what is sensitive", async () => {
    const results = await check({ rows, says, options: { show } });
    expect(results.map(({ kind, samples }) => [kind, samples])).toEqual([
      ["unique", [{ n: 1, rows: 4 }]],
      [
        "range",
        [
          { n: 1, name: "(sensitive)", x: "a" },
          { n: 1, name: "(sensitive)", x: "b" },
        ],
      ],
      // Whose column a query's column is cannot be seen, so that nothing of it is shown.
      ["sql", undefined],
      ["row_count", undefined],
    ]);
  });

  test("of a query of one's own are shown where nothing is sensitive", async () => {
    const results = await check({ rows, says, options: { show: { rows: 1, except: new Set() } } });
    expect(results.find(({ kind }) => kind === "sql")!.samples).toEqual([{ other: "kari" }]);
  });

  test("are none where none may be shown, or nothing offends", async () => {
    const hidden = await check({ rows, says });
    expect(hidden.filter(({ samples }) => samples !== undefined)).toEqual([]);
    const good = await check({ rows, says: "checks: [{ not_null: [n] }]", options: { show } });
    expect(good[0]!.samples).toBeUndefined();
  });
});

describe("a check that the engine refuses is named", () => {
  test.each([
    ["a query", "checks: [{ row_count: { min: 1 } }, { sql: SELECT nope FROM t, name: mine }]", "mine"],
    [
      "a condition of rows",
      "checks: [{ not_null: [x] }, { not_null: [x], where: nope > 1, name: mine }, { not_null: [x] }]",
      "mine",
    ],
    ["a condition of other checks", "checks: [{ row_count: { min: 1 }, where: nope > 1 }]", "row_count"],
    ["a column that is not there", "checks: [{ unique: [nope] }]", "unique(nope)"],
    [
      "a value at run time",
      "checks: [{ not_null: [x], where: CAST('a' || x AS INTEGER) > 1, name: mine }, { not_null: [x] }]",
      "mine",
    ],
  ])("%s", async (_says, says, name) => {
    const error = await check({ rows: integers(1), says }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BrokenCheck);
    expect((error as BrokenCheck).check.name).toBe(name);
  });
});
