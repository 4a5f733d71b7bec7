import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { fileText, parseSql } from "../../../src/etl/transform/sql.ts";
import { formatWhere } from "../../../src/util/error.ts";
import { openEngine } from "../../support/engine.ts";

let db: Database;

beforeAll(async () => {
  db = await openEngine();
});

afterAll(() => db.close());

interface Asked {
  parameters?: string[];
  hasInterval?: boolean;
}

const parse = (text: string, { parameters = [], hasInterval = false }: Asked = {}) =>
  parseSql(fileText(text, "m.sql"), { engine: db, parameters, hasInterval });

/** Tables with their places: `apps 1:15`. */
async function tablesOf(text: string): Promise<string[] | undefined> {
  const { tables, problems } = await parse(text);
  expect(problems).toEqual([]);
  return tables?.map(({ name, where }) => `${name} ${formatWhere(where).replace("m.sql:", "")}`);
}

const namesOf = async (text: string) => (await tablesOf(text))?.map((table) => table.replace(/ \S+$/, ""));

async function problemsOf(text: string, asked?: Asked): Promise<string[]> {
  const { problems } = await parse(text, asked);
  return problems.map(({ where, message, hint }) => `${formatWhere(where!)} ${message} | ${hint}`);
}

describe("the tables that a query reads", () => {
  test.each([
    ["SELECT * FROM apps", ["apps"]],
    ["FROM apps", ["apps"]],
    ["TABLE apps", ["apps"]],
    ["SELECT * FROM b, a JOIN c USING (x) JOIN a AS again USING (x)", ["b", "a", "c"]],
    ["SELECT (SELECT max(x) FROM a) FROM b WHERE y IN (SELECT y FROM c) AND EXISTS (FROM d)", ["a", "b", "c", "d"]],
    ["SELECT * FROM (SELECT * FROM a) UNION ALL (FROM b) EXCEPT SELECT * FROM c", ["a", "b", "c"]],
    ["SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x)", ["a", "b"]],
    ['SELECT * FROM "to tall", blåbær', ["to tall", "blåbær"]],
    ["SELECT * FROM a ORDER BY (SELECT max(x) FROM b) LIMIT (SELECT count(*) FROM c)", ["a", "b", "c"]],
    ["PIVOT a ON x IN ('p', 'q') USING count(*)", ["a"]],
    ["SELECT * FROM a PIVOT (count(*) FOR x IN ('p'))", ["a"]],
    ["UNPIVOT a ON p, q INTO NAME k VALUE v", ["a"]],
    ["SELECT 1", []],
    ["SELECT * FROM range(3), unnest([1, 2]), (VALUES (1)) AS v", []],
    ["VALUES (1), (2)", []],
    ["SELECT 'FROM x' AS a -- FROM y\n/* FROM z */", []],
  ])("%s", async (sql, names) => {
    expect((await namesOf(sql))?.toSorted()).toEqual(names.toSorted());
  });

  test("come once each, with the place of the first", async () => {
    expect(await tablesOf("SELECT *\nFROM a\nJOIN b USING (x)\nJOIN a AS c USING (x)")).toEqual(["a 2:6", "b 3:6"]);
  });

  test("have their places also behind letters that take more than one byte", async () => {
    expect(await tablesOf("-- æøå 🎉\nSELECT 'blåbær 🎉' AS x FROM a, \"ø\" JOIN b USING (x)")).toEqual([
      "a 2:30",
      "ø 2:33",
      "b 2:42",
    ]);
  });

  test("keep the name of their dataset", async () => {
    expect(await namesOf("SELECT * FROM dataset.apps, p.d.t, 'data/apps.csv'")).toEqual([
      "dataset.apps",
      "p.d.t",
      "data/apps.csv",
    ]);
  });

  test.each(["FROM query_table('apps')", "SELECT 1 IN (FROM QUERY('FROM ' || 'apps'))"])(
    "cannot be seen where a text names them: %s",
    async (sql) => expect(await tablesOf(sql)).toBeUndefined(),
  );

  test("cannot be seen in a PIVOT whose columns depend on the data", async () => {
    expect(await parse("PIVOT apps ON cluster USING count(*);")).toEqual({
      sql: "PIVOT apps ON cluster USING count(*)",
      tables: undefined,
      problems: [],
    });
    expect(await tablesOf("WITH p AS (PIVOT apps ON cluster USING count(*)) FROM p")).toBeUndefined();
  });
});

describe("a table expression", () => {
  test.each([
    ["is no table", "WITH q AS (SELECT * FROM a) SELECT * FROM q, b", ["a", "b"]],
    [
      "hides a table of its name, which it may read itself",
      "WITH a AS (SELECT * FROM a WHERE x) SELECT * FROM a",
      ["a"],
    ],
    ["hides it whatever the case of letters", "WITH Apps AS (SELECT 1) SELECT * FROM apps", []],
    ["is seen by those after it", "WITH q AS (FROM a), r AS (FROM q) FROM r", ["a"]],
    ["is not seen by those before it", "WITH q AS (FROM r), r AS (FROM a) FROM q, r", ["r", "a"]],
    [
      "that is recursive does not read a table of its name",
      "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT count(*) FROM a)) FROM n",
      ["a"],
    ],
    ["is seen in sub-queries", "WITH q AS (FROM a) SELECT * FROM b WHERE x IN (SELECT x FROM q)", ["a", "b"]],
    ["of a sub-query is not seen outside it", "SELECT * FROM (WITH q AS (FROM a) FROM q) JOIN q USING (x)", ["a", "q"]],
    ["of a sub-query hides one outside", "WITH q AS (FROM a) SELECT * FROM (WITH q AS (FROM b) FROM q), q", ["a", "b"]],
    ["does not hide a table of a dataset", "WITH q AS (SELECT 1) SELECT * FROM d.q", ["d.q"]],
    ["may be materialised", "WITH q AS MATERIALIZED (FROM a) FROM q", ["a"]],
    [
      "stands behind a set operation",
      "WITH q AS (FROM a) SELECT * FROM q UNION ALL SELECT * FROM q UNION ALL FROM b",
      ["a", "b"],
    ],
  ])("%s", async (_says, sql, names) => {
    expect((await namesOf(sql))?.toSorted()).toEqual(names.toSorted());
  });
});

describe("a model is one query", () => {
  test.each([
    ["", "m.sql:1:1 the model is empty | Begin with SELECT, WITH or FROM."],
    ["-- later", "m.sql:1:1 the model is empty | Begin with SELECT, WITH or FROM."],
    [
      "\n  CREATE TABLE x AS SELECT 1",
      "m.sql:2:3 a model is one query; this begins with `CREATE` | Begin with SELECT, WITH or FROM.",
    ],
    ["COPY apps TO 'x'", "m.sql:1:1 a model is one query; this begins with `COPY` | Begin with SELECT, WITH or FROM."],
    ["SELECT 1; SELECT 2", "m.sql:1:1 a model is one query; here are 2 | Put each into a file of its own."],
  ])("%j is not", async (sql, problem) => {
    expect(await problemsOf(sql)).toEqual([problem]);
  });

  test("a semicolon at its end and comments around it do no harm", async () => {
    const { sql, problems } = await parse("-- first\nSELECT * FROM a; -- last\n;");
    expect([sql, problems]).toEqual(["-- first\nSELECT * FROM a", []]);
  });

  test("in parentheses it is one, too", async () => {
    expect(await namesOf("(SELECT * FROM a) UNION ALL (SELECT * FROM b)")).toEqual(["a", "b"]);
  });
});

describe("what cannot be parsed has its place", () => {
  test.each([
    ["SELECT *\nFORM apps", '2:6 syntax error at or near "apps"'],
    ["-- æøå 🎉\nSELECT 'blåbær 🎉'\nFORM apps x", '3:6 syntax error at or near "apps"'],
    ["SELECT * FROM a JOIN", "1:21 syntax error at end of input"],
  ])("%j", async (sql, problem) => {
    expect(await problemsOf(sql)).toEqual([`m.sql:${problem} | Models are written in DuckDB's SQL.`]);
  });
});

describe("parameters", () => {
  test("that are known are left in the query", async () => {
    const { sql, problems } = await parse("SELECT $line FROM a WHERE d = $interval_start", {
      parameters: ["line", "interval_start"],
    });
    expect([sql, problems]).toEqual(["SELECT $line FROM a WHERE d = $interval_start", []]);
  });

  test("that are not get the nearest one", async () => {
    expect(await problemsOf("SELECT $lien,\n  $interval_end", { parameters: ["line"] })).toEqual([
      "m.sql:1:8 there is no parameter `$lien` | Did you mean `line`?",
      "m.sql:2:3 there is no parameter `$interval_end` | Add `interval: day` (or hour, month) to the pipeline.",
    ]);
    expect(await problemsOf("SELECT $n")).toEqual([
      "m.sql:1:8 there is no parameter `$n` | Declare it under `params:`.",
    ]);
  });
});

test("habits, parameters and more are told all at once, and warnings keep nothing from being read", async () => {
  expect(await problemsOf("SELECT SAFE_CAST(x AS DATE), $n\nFROM `apps`")).toHaveLength(3);
  const { tables, problems } = await parse("SELECT date_trunc('week', d) FROM apps");
  expect(problems.map(({ severity, rule }) => [severity, rule])).toEqual([["warning", "dialect"]]);
  expect(tables).toHaveLength(1);
});
