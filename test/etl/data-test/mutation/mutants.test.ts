import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findMutants } from "../../../../src/etl/data-test/mutation/mutants.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { openEngine } from "../../../support/engine.ts";

let db: Database;
beforeAll(async () => {
  db = await openEngine();
});
afterAll(() => db.close());

/** `before → after` of each mutant; only `before`, where something is dropped. */
async function changes(sql: string, ordered = false): Promise<string[]> {
  const found = await findMutants({ sql, ordered }, db);
  return found!.mutants.map(({ before, after }) => (after === "" ? before : `${before} → ${after}`));
}

const cases: Record<string, [sql: string, changes: string[]][]> = {
  "comparisons are turned, and bounds moved": [
    ["SELECT a FROM t WHERE a = b", ["WHERE a = b", "= → <>"]],
    ["SELECT a < b FROM t", ["< → <=", "< → >="]],
    ["SELECT a >= b FROM t", [">= → >", ">= → <"]],
    ["SELECT a IS NULL FROM t", ["IS NULL → IS NOT NULL"]],
    ["SELECT a IS NOT DISTINCT FROM b FROM t", ["IS NOT DISTINCT FROM → IS DISTINCT FROM", "IS NOT DISTINCT FROM → ="]],
    ["SELECT a NOT LIKE b FROM t", ["NOT LIKE → LIKE"]],
    [
      "SELECT a BETWEEN b AND c FROM t",
      [
        "a BETWEEN b AND c → (a > b) AND (a <= c)",
        "a BETWEEN b AND c → (a >= b) AND (a < c)",
        "a BETWEEN b AND c → NOT (a BETWEEN b AND c)",
      ],
    ],
    ["SELECT a IN (b, c) FROM t", ["IN → NOT IN", "b", "c"]],
    ["SELECT EXISTS (FROM u) AS e", ["EXISTS → NOT EXISTS"]],
    ["SELECT a NOT IN (FROM u) FROM t", ["NOT (a = ANY(SELECT * FROM u)) → a = ANY(SELECT * FROM u)"]],
  ],
  "filters and their parts are dropped": [
    ["SELECT a FROM t WHERE a", ["WHERE a"]],
    ["SELECT a FROM t WHERE a AND b", ["a", "AND → OR", "AND b"]],
    ["SELECT a FROM t WHERE a OR b", ["WHERE a OR b", "a", "OR → AND", "OR b"]],
    ["SELECT a FROM t WHERE NOT a", ["WHERE NOT a", "NOT a → a"]],
    ["SELECT a FROM t GROUP BY a HAVING bool_and(b)", ["HAVING bool_and(b)", "bool_and → bool_or"]],
    ["SELECT a FROM t QUALIFY b", ["QUALIFY b"]],
    ["SELECT sum(a) FILTER (WHERE b) FROM t", ["sum → max", "FILTER b"]],
  ],
  "joins change their kind and lose their conditions": [
    ["FROM t JOIN u ON t.a", ["JOIN → LEFT JOIN", "ON t.a → ON true"]],
    ["FROM t LEFT JOIN u USING (a)", ["LEFT JOIN → JOIN"]],
    ["FROM t FULL JOIN u USING (a)", ["FULL JOIN → LEFT JOIN", "FULL JOIN → RIGHT JOIN"]],
    ["FROM t SEMI JOIN u USING (a)", ["SEMI JOIN → ANTI JOIN"]],
    ["FROM t CROSS JOIN u", []],
    ["FROM t, u", []],
    ["FROM t JOIN u USING (a, b)", ["JOIN → LEFT JOIN", "USING (a, b) → without a", "USING (a, b) → without b"]],
  ],
  "aggregates and windows change": [
    ["SELECT count(*) FROM t", ["count(*) → count(DISTINCT 1)"]],
    ["SELECT count(a) FROM t", ["count(a) → count(DISTINCT a)", "count(a) → count(*)"]],
    ["SELECT count(DISTINCT a) FROM t", ["count(DISTINCT a) → count(a)"]],
    ["SELECT min(a), max(b), avg(c) FROM t", ["min → max", "max → min", "avg → max"]],
    [
      "SELECT first(a ORDER BY b DESC, c) FROM t",
      ["first → last", "b DESC → ASC", "ORDER BY b", "c ASC → DESC", "ORDER BY c"],
    ],
    ["SELECT lag(a) OVER (PARTITION BY b ORDER BY c) FROM t", ["lag → lead", "PARTITION BY b", "c ASC → DESC"]],
  ],
  "values change": [
    ["SELECT a + b, c * d, -e FROM t", ["+ → -", "* → /", "-(e) → e"]],
    [
      "SELECT 1, 1.5, 1e3, 'a', true, DATE '2022-12-31', NULL",
      ["1 → 2", "1.5 → 1.6", "1000.0 → 1001.0", "'a' → 'a~'", "true → false", "DATE '2022-12-31' → DATE '2023-01-01'"],
    ],
    [
      "SELECT coalesce(a, b), ifnull(c, d), TRY_CAST(e AS DATE) FROM t",
      ["COALESCE(a, b) → a", "COALESCE(c, d) → c", "TRY_CAST → CAST"],
    ],
    ["SELECT upper(a), round(b), greatest(c, d) FROM t", ["upper(a) → a", "round(b) → b", "greatest → least"]],
    [
      "SELECT round(a, b), round_even(a, b) FROM t",
      ["round → round_even", "round(a, b) → a", "round_even → round", "round_even(a, b) → a"],
    ],
    ["SELECT CASE WHEN a THEN b WHEN c THEN d ELSE e END FROM t", ["WHEN a", "WHEN c", "ELSE e → ELSE NULL"]],
    ["SELECT CASE WHEN a THEN b END FROM t", ["WHEN a"]],
  ],
  "sets of rows change": [
    ["SELECT DISTINCT a FROM t", ["DISTINCT"]],
    ["FROM t UNION FROM u", ["UNION → UNION ALL"]],
    ["FROM t UNION ALL FROM u", ["UNION ALL → UNION"]],
    ["FROM t EXCEPT FROM u", ["EXCEPT → INTERSECT"]],
    ["SELECT a FROM t ORDER BY a LIMIT 3", ["a ASC → DESC", "3 → 4"]],
    ["SELECT a FROM t LIMIT $n", ["LIMIT $n"]],
  ],
};

describe.each(Object.entries(cases))("%s", (_, list) => {
  test.each(list)("%s", async (sql, wanted) => {
    expect(await changes(sql)).toEqual(wanted);
  });
});

test("an order that chooses no rows changes only where a test asks for it", async () => {
  expect(await changes("SELECT a FROM t ORDER BY a")).toEqual([]);
  expect(await changes("SELECT a FROM t ORDER BY a", true)).toEqual(["a ASC → DESC"]);
  expect(await changes("SELECT a FROM (FROM t ORDER BY a)", true)).toEqual([]);
});

test("numbers that name a column stay", async () => {
  expect(await changes("SELECT a FROM t GROUP BY 1 ORDER BY 1 LIMIT $n")).toEqual(["1 ASC → DESC", "LIMIT $n"]);
});

test("each changes one thing, and the rest is as it was, parameters and long numbers included", async () => {
  const sql = "SELECT 9007199254740993 AS big, 1.0e0 AS one, $line AS line, 'it''s' AS text FROM t WHERE a > $line";
  const { original, mutants } = (await findMutants({ sql, ordered: false }, db))!;
  expect(original).toBe(
    "SELECT 9007199254740993 AS big, 1.0 AS one, $line AS line, 'it''s' AS \"text\" FROM t WHERE (a > $line)",
  );
  expect(mutants.map((mutant) => mutant.sql)).toEqual([
    original.replace("1.0 AS", "2.0 AS"),
    original.replace("'it''s'", "'it''s~'"),
    original.replace(" WHERE (a > $line)", ""),
    original.replace(">", ">="),
    original.replace(">", "<="),
  ]);
});

test("the place is that of what changes, in lines and characters, in the query's own text", async () => {
  const sql = `-- blåbær: 🫐
SELECT 'æøå' || a AS a, count(*) AS n
FROM t
LEFT JOIN u
  ON t.k = u.k
WHERE a <> 'ø' AND
  b > 1
GROUP BY a
HAVING bool_or(c)
UNION ALL
SELECT DISTINCT CASE WHEN d THEN e ELSE f END, coalesce(g, h) FROM t`;
  const found = await findMutants({ sql, ordered: false }, db);
  const places = found!.mutants.map(({ line, column, before }) => `${line}:${column} ${before}`);
  expect(places).toEqual([
    "2:8 'æøå'",
    "2:25 count(*)",
    "4:6 LEFT JOIN",
    "5:3 ON t.k = u.k",
    "5:10 =",
    "6:7 a <> 'ø'",
    "6:9 <>",
    "6:12 'ø'",
    "6:16 AND",
    "7:3 AND b > 1",
    "7:5 >",
    "7:5 >",
    "7:7 1",
    "9:1 HAVING bool_or(c)",
    "9:8 bool_or",
    "10:1 UNION ALL",
    "11:8 DISTINCT",
    "11:22 WHEN d",
    "11:36 ELSE f",
    "11:48 COALESCE(g, h)",
  ]);
});

test("long texts are cut", async () => {
  const [filter] = await changes(
    `SELECT a FROM t WHERE a IN (${Array.from({ length: 40 }, (_, i) => `b${i}`).join(", ")})`,
  );
  expect(filter).toHaveLength(70);
  expect(filter).toMatch(/^WHERE a IN \(b0, .*…$/);
});

test("a query that the parser cannot tell the parts of has none", async () => {
  expect(await findMutants({ sql: "PIVOT t ON a USING sum(b)", ordered: false }, db)).toBeUndefined();
});
