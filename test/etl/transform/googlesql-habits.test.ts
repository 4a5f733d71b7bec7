import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { findHabits } from "../../../src/etl/transform/googlesql-habits.ts";
import { tokenize } from "../../../src/etl/transform/sql-text.ts";
import { openEngine } from "../../support/engine.ts";

const habits = (sql: string) => findHabits(tokenize(sql));
const lines = (sql: string) => habits(sql).map(({ severity, message, hint }) => `${severity}: ${message} | ${hint}`);

let db: Database;

beforeAll(async () => {
  db = await openEngine();
  await db.run(`CREATE TABLE t AS SELECT DATE '2022-01-20' AS d, DATE '2022-01-22' AS e, TIMESTAMP '2022-01-20 07:30' AS ts,
    DATE '2022-01-01' AS month, DATE '2022-01-02' AS day, '{"a":"b"}' AS j, 'text' AS s, 1.5 AS x, [1, 2] AS list,
    {'a': 1} AS struct`);
});

afterAll(() => db.close());

describe("functions of BigQuery have their DuckDB spelling", () => {
  // As it is written in GoogleSQL, the words of the hint that count, and the same as the hint says it.
  const spellings: [string, string, string][] = [
    ["SAFE_CAST(s AS INT64)", "TRY_CAST(", "TRY_CAST(s AS BIGINT)"],
    ["SAFE_DIVIDE(x, 0)", "nullif(b, 0)", "x / nullif(0, 0)"],
    ["FORMAT_DATE('%Y', d)", "strftime(", "strftime(d, '%Y')"],
    ["FORMAT_TIMESTAMP('%Y', ts)", "strftime(", "strftime(ts, '%Y')"],
    ["FORMAT_DATETIME('%Y', ts)", "strftime(", "strftime(ts, '%Y')"],
    ["PARSE_DATE('%Y', '2022')", "CAST(strptime(", "CAST(strptime('2022', '%Y') AS DATE)"],
    ["PARSE_TIMESTAMP('%Y', '2022')", "strptime(", "strptime('2022', '%Y')"],
    ["PARSE_DATETIME('%Y', '2022')", "strptime(", "strptime('2022', '%Y')"],
    ["TIMESTAMP_TRUNC(ts, DAY)", "date_trunc('day', ", "date_trunc('day', ts)"],
    ["DATETIME_TRUNC(ts, DAY)", "date_trunc('day', ", "date_trunc('day', ts)"],
    ["TIMESTAMP_DIFF(ts, ts, DAY)", "date_sub('day', ", "date_sub('day', ts, ts)"],
    ["DATETIME_DIFF(ts, ts, DAY)", "date_diff('day', ", "date_diff('day', ts, ts)"],
    ["TIMESTAMP_ADD(ts, INTERVAL 1 DAY)", "+ INTERVAL 1 DAY", "ts + INTERVAL 1 DAY"],
    ["TIMESTAMP_SUB(ts, INTERVAL 1 DAY)", "- INTERVAL 1 DAY", "ts - INTERVAL 1 DAY"],
    ["DATETIME_ADD(ts, INTERVAL 1 DAY)", "+ INTERVAL 1 DAY", "ts + INTERVAL 1 DAY"],
    ["DATETIME_SUB(ts, INTERVAL 1 DAY)", "- INTERVAL 1 DAY", "ts - INTERVAL 1 DAY"],
    ["DATE_SUB(d, INTERVAL 1 DAY)", "- INTERVAL 1 DAY", "CAST(d - INTERVAL 1 DAY AS DATE)"],
    ["DATE_SUB(d, INTERVAL x DAY)", "- INTERVAL (x) DAY", "CAST(d - INTERVAL (2) DAY AS DATE)"],
    ["DATE_ADD(d, INTERVAL x + 1 DAY)", "+ INTERVAL (x + 1) DAY", "CAST(d + INTERVAL (1 + 1) DAY AS DATE)"],
    ["CURRENT_DATETIME()", "current_localtimestamp(", "current_localtimestamp()"],
    ["CURRENT_TIMESTAMP()", "now()", "now()"],
    ["CURRENT_TIME()", "current_localtime()", "current_localtime()"],
    [
      "CURRENT_DATE('Europe/Oslo')",
      "CAST(now() AT TIME ZONE 'Europe/Oslo' AS DATE)",
      "CAST(now() AT TIME ZONE 'Europe/Oslo' AS DATE)",
    ],
    ['CURRENT_DATE("UTC")', "CAST(now() AT TIME ZONE 'UTC' AS DATE)", "CAST(now() AT TIME ZONE 'UTC' AS DATE)"],
    ["GENERATE_UUID()", "CAST(uuid() AS VARCHAR)", "CAST(uuid() AS VARCHAR)"],
    ["ARRAY_AGG(s IGNORE NULLS)", "FILTER (x IS NOT NULL)", "list(s) FILTER (s IS NOT NULL)"],
    [
      "ARRAY_AGG(DISTINCT s IGNORE NULLS ORDER BY s)",
      "list(x ORDER BY y) FILTER (x IS NOT NULL)",
      "list(DISTINCT s ORDER BY s) FILTER (s IS NOT NULL)",
    ],
    ["GENERATE_DATE_ARRAY(d, e)", "generate_series(", "generate_series(d, e, INTERVAL 1 DAY)"],
    ["GENERATE_ARRAY(1, 3)", "generate_series(", "generate_series(1, 3)"],
    ["TO_JSON_STRING(s)", "to_json(", "to_json(s)"],
    ["JSON_QUERY(j, '$.a')", "json_extract(", "json_extract(j, '$.a')"],
    ["REGEXP_CONTAINS(s, 't')", "regexp_matches(", "regexp_matches(s, 't')"],
    ["LOGICAL_AND(x > 1)", "bool_and(", "bool_and(x > 1)"],
    ["LOGICAL_OR(x > 1)", "bool_or(", "bool_or(x > 1)"],
    ["FARM_FINGERPRINT(s)", "hash(", "hash(s)"],
    ["DATE_FROM_UNIX_DATE(5)", "DATE '1970-01-01' + ", "DATE '1970-01-01' + 5"],
    ["PARSE_NUMERIC('1.5')", "AS DECIMAL(38, 9))", "CAST('1.5' AS DECIMAL(38, 9))"],
    ["DATE_DIFF(e, d, DAY)", "date_diff('day', ", "date_diff('day', d, e)"],
    ["DATE_DIFF(e, d, ISOWEEK)", "date_diff('week', ", "date_diff('week', d, e)"],
    ["DATE_TRUNC(d, MONTH)", "CAST(date_trunc('month', ", "CAST(date_trunc('month', d) AS DATE)"],
    ["DATE_TRUNC(d, ISOWEEK)", "CAST(date_trunc('week', ", "CAST(date_trunc('week', d) AS DATE)"],
    [
      "DATE_TRUNC(d, WEEK)",
      "CAST(date_trunc('week', date + 1) AS DATE) - 1",
      "CAST(date_trunc('week', d + 1) AS DATE) - 1",
    ],
    ["STRUCT(d AS day, 1 AS n)", "{'name': value}", "{'day': d, 'n': 1}"],
    ["STRUCT(d, 1)", "struct_pack(name := value)", "struct_pack(d := d, n := 1)"],
    ["list[OFFSET(0)]", "list[1]", "list[1]"],
    ["list[ORDINAL(1)]", "list[1]", "list[1]"],
    ["list[SAFE_OFFSET(0)]", "list[1]", "list[1]"],
    ["list[SAFE_ORDINAL(1)]", "list[1]", "list[1]"],
    ["CAST(x AS FLOAT64)", "`DOUBLE`", "CAST(x AS DOUBLE)"],
    ["CAST(x AS BIGNUMERIC)", "`DECIMAL(38, 9)`", "CAST(x AS DECIMAL(38, 9))"],
    ["CAST(s AS BYTES)", "`BLOB`", "CAST(s AS BLOB)"],
  ];

  test.each(spellings)("%s", async (google, words, duckdb) => {
    const found = habits(`SELECT ${google} AS v FROM t`);
    expect(found.map(({ severity }) => severity)).toEqual(["error"]);
    expect(found[0]!.hint).toContain(words);
    expect(habits(`SELECT ${duckdb} AS v FROM t`).filter(({ severity }) => severity === "error")).toEqual([]);
    await expect(db.query(`SELECT ${google} AS v FROM t`)).rejects.toThrow(/Error/);
    await expect(db.query(`SELECT ${duckdb} AS v FROM t`)).resolves.toHaveLength(1);
  });

  test("in any case of letters, and with space before the parenthesis", () => {
    expect(lines("SELECT safe_cast (x AS DATE)")).toEqual([
      "error: `safe_cast(…)` is GoogleSQL | In a model, write `TRY_CAST(value AS type)`.",
    ]);
  });

  test("not as the names of columns or tables", () => {
    expect(habits("SELECT t.json_query, struct, generate_array FROM farm_fingerprint AS safe_cast")).toEqual([]);
  });
});

describe("comments with #", () => {
  test("are one mistake each, whatever they say", () => {
    expect(lines("# it's `all` @of SAFE_CAST(x)\nSELECT x #the rest\nFROM t")).toEqual([
      "error: `#` begins no comment in DuckDB's SQL | In a model, write `--`.",
      "error: `#` begins no comment in DuckDB's SQL | In a model, write `--`.",
    ]);
  });

  test("are none in texts, and where a column is named by its place", async () => {
    expect(habits("SELECT '# a', \"# b\", x -- # c\nFROM t ORDER BY #1")).toEqual([]);
    await expect(db.query("SELECT x FROM t ORDER BY #1")).resolves.toHaveLength(1);
  });
});

describe("other spellings", () => {
  test("DATE_ADD of so many days is a DATETIME: a warning, unless it is cast", () => {
    expect(lines("SELECT DATE_ADD(d, INTERVAL 7 DAY) FROM t")).toEqual([
      "warning: DATE_ADD gives a DATETIME here, and a DATE in BigQuery | Write `CAST(date + INTERVAL 7 DAY AS DATE)`.",
    ]);
    expect(lines("SELECT CAST(DATE_ADD(d, INTERVAL 7 DAY) AS DATE), current_date(), array_agg(x) FROM t")).toEqual([]);
  });

  test("the arguments of DATE_DIFF stand the other way round", () => {
    expect(lines("SELECT DATE_DIFF(f(a, b), DATE '2022-01-01', DAY) FROM t")).toEqual([
      "error: `DATE_DIFF(a, b, PART)` is GoogleSQL | In a model, write `date_diff('day', b, a)`: the part first, then the earlier one.",
    ]);
  });

  test.each([
    ["SELECT * EXCEPT (a, b) FROM t", "`* EXCEPT(…)` is GoogleSQL", "In a model, write `* EXCLUDE (…)`."],
    ["SELECT t.* EXCEPT(a) FROM t", "`* EXCEPT(…)` is GoogleSQL", "In a model, write `* EXCLUDE (…)`."],
    [
      "SELECT x FROM t, UNNEST(list) AS x WITH OFFSET",
      "`WITH OFFSET` is GoogleSQL",
      "In a model, write `unnest(list) WITH ORDINALITY`, or generate_subscripts(list, 1).",
    ],
    ["SELECT * FROM `apps`", "backticks are GoogleSQL", 'In a model, write `apps` without them, or "apps".'],
    ["SELECT `to tall` FROM apps", "backticks are GoogleSQL", 'In a model, write "to tall" in double quotes.'],
    [
      "SELECT * FROM `prod-1.set.apps`",
      "backticks are GoogleSQL",
      "In a model, write the source's name: declare the table under `sources:`.",
    ],
    [
      "SELECT * FROM t WHERE d = @interval_start",
      "`@interval_start` is a GoogleSQL parameter",
      "In a model, write `$interval_start`.",
    ],
  ])("%s", (sql, message, hint) => {
    expect(lines(sql)).toEqual([`error: ${message} | ${hint}`]);
  });

  test("each has its place", () => {
    const sql = "SELECT `a`, @b FROM t";
    expect(habits(sql).map(({ token }) => token.offset)).toEqual([sql.indexOf("`"), sql.indexOf("@")]);
  });
});

describe("what the engine takes and means otherwise is a warning", () => {
  test.each([
    ["SELECT date_trunc('week', d) FROM t", "a week begins on Monday here, and on Sunday in BigQuery"],
    ["SELECT DATE_TRUNC('WEEK', d) FROM t", "a week begins on Monday here, and on Sunday in BigQuery"],
    ["SELECT EXTRACT(DAYOFWEEK FROM d) FROM t", "DAYOFWEEK counts from 0 (Sunday) here, and from 1 in BigQuery"],
    ["SELECT extract(dayofweek FROM d) FROM t", "DAYOFWEEK counts from 0 (Sunday) here, and from 1 in BigQuery"],
    ["SELECT CAST(s AS NUMERIC) FROM t", "NUMERIC has 3 digits after the point here, and 9 in BigQuery"],
    ["SELECT s::NUMERIC FROM t", "NUMERIC has 3 digits after the point here, and 9 in BigQuery"],
    ["SELECT JSON_VALUE(j, '$.a') FROM t", "JSON_VALUE keeps a text's double quotes here, and not in BigQuery"],
  ])("%s", (sql, message) => {
    expect(habits(sql).map((habit) => [habit.severity, habit.message])).toEqual([["warning", message]]);
  });

  test("and the hints are true", async () => {
    const query = `SELECT dayofweek(DATE '2022-01-23') AS sunday, isodow(DATE '2022-01-24') AS monday,
      CAST(date_trunc('week', d + 1) AS DATE) - 1 AS week, date_trunc('week', d) AS iso, CAST('1.23456' AS NUMERIC) AS n,
      json_value(j, '$.a') AS quoted, json_extract_string(j, '$.a') AS text FROM t`;
    expect(await db.query(query)).toEqual([
      {
        sunday: 0,
        monday: 1,
        week: "2022-01-16",
        iso: "2022-01-17 00:00:00",
        n: "1.235",
        quoted: '"b"',
        text: "b",
      },
    ]);
  });
});

describe("nothing is found", () => {
  test.each([
    ["in strings", "SELECT 'SAFE_CAST(a) `b` @c', $$ STRUCT( $$, e'\\'@x' FROM t"],
    ["in comments", "-- SAFE_CAST(a) `b`\n/* @c * EXCEPT(d) /* @e */ @f */ SELECT 1"],
    ["in quoted names", 'SELECT "SAFE_CAST(a)", "@b" FROM "`c`"'],
  ])("%s", (_says, sql) => {
    expect(habits(sql)).toEqual([]);
  });

  test.each([
    "SELECT date_diff('day', d, e) FROM t",
    "SELECT date_diff('day', d, day) FROM t",
    "SELECT DATE_DIFF('month', month, e) FROM t",
    "SELECT date_trunc('day', d) FROM t",
    "SELECT date_trunc('month', month) FROM t",
    "SELECT date_trunc('year', day) FROM t",
    "SELECT date_sub('day', d, e) FROM t",
    "SELECT CAST(date_add(d, INTERVAL 1 DAY) AS DATE) FROM t",
    "SELECT extract(month FROM d), extract(isodow FROM d) FROM t",
    "SELECT CAST(struct AS STRUCT(a BIGINT)) FROM t",
    "SELECT struct::STRUCT(a BIGINT) FROM t",
    "SELECT NULL::STRUCT(a BIGINT, b STRUCT(c VARCHAR)[])[] FROM t",
    'SELECT CAST(NULL AS MAP(VARCHAR, STRUCT("a b" BIGINT))) FROM t',
    "SELECT struct_pack(a := 1), {'a': 1}, row(1, 2) FROM t",
    "SELECT * EXCLUDE (d) FROM t",
    "SELECT d FROM t EXCEPT (SELECT e FROM t)",
    "SELECT * FROM t EXCEPT SELECT * FROM t",
    "SELECT * REPLACE (1 AS x) FROM t",
    "SELECT d FROM t LIMIT 1 OFFSET 0",
    "SELECT d FROM t OFFSET (1)",
    "SELECT list[1], list[1:2] FROM t",
    "SELECT countif(x > 1), ifnull(s, ''), array_length(list) FROM t GROUP BY ALL",
    "SELECT CAST(x AS INT64), CAST(x AS STRING), CAST(ts AS DATETIME), CAST(x AS BOOL) FROM t",
    "SELECT CAST(x AS NUMERIC(38, 9)), x::NUMERIC(10, 2), x AS numeric FROM t",
    "SELECT unnest(list) AS float64 FROM t",
    "SELECT u.v FROM t, unnest(list) WITH ORDINALITY AS u(v, i)",
  ])("in DuckDB's own %s", async (sql) => {
    expect(habits(sql)).toEqual([]);
    await expect(db.query(sql)).resolves.toBeDefined();
  });
});
