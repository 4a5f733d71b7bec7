import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromDuckdb, type Translated } from "../../../../src/etl/engine/bigquery/from-duckdb.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { startBigQueryServer, type BigQueryServer } from "../../../servers/bigquery/start.ts";
import { openEngine } from "../../../support/engine.ts";

// What is translated gives the same rows in both: asked of both.

let db: Database;
let server: BigQueryServer;

beforeAll(async () => {
  db = await openEngine();
  server = await startBigQueryServer({ datasets: [{ name: "d" }] });
  const rows = `(DATE '2022-01-20', 'prod-gcp', 'a', 1), (DATE '2022-01-20', 'nonprod-gcp', 'b', 2), (DATE '2022-01-19', 'prod-fss', 'it''s 100%', NULL),
    (DATE '2022-01-20', NULL, 'd', 4), (NULL, 'prod-gcp', '', 5)`;
  await db.run("CREATE TABLE apps (dato DATE, cluster VARCHAR, name VARCHAR, n BIGINT)");
  await db.run(`INSERT INTO apps VALUES ${rows}`);
  await server.sql(`CREATE TABLE d.apps (dato DATE, cluster STRING, name STRING, n INT64)`);
  await server.sql(`INSERT INTO d.apps VALUES ${rows.replace("it''s", "it\\'s")}`);
});
afterAll(async () => {
  await server.stop();
  db.close();
});

const from = { name: "apps", as: "`d.apps`", columns: new Set(["dato", "cluster", "name", "n"]) };

async function translate(sql: string): Promise<Translated | undefined> {
  const options = "skip_null := true, skip_default := true";
  const [row] = await db.query(`SELECT json_serialize_sql(${db.dialect.quoteText(sql)}, ${options}) AS parsed`);
  const { statements } = JSON.parse(String(row!["parsed"])) as { statements?: { node: unknown }[] };
  return fromDuckdb(statements?.[0]?.node ?? {}, from);
}

/** Numbers and truth are texts in BigQuery's answers. */
const textsOf = (rows: Record<string, unknown>[]) =>
  rows
    .map((row) =>
      JSON.stringify(row, (_, value: unknown) =>
        typeof value === "number" || typeof value === "boolean" ? `${value}` : value,
      ),
    )
    .toSorted();

describe("what means the same in both", () => {
  test.each([
    "SELECT cluster, count(*) AS n FROM apps GROUP BY cluster",
    "SELECT dato, CASE WHEN cluster LIKE 'prod-%' THEN 'prod' WHEN cluster IS NOT NULL THEN 'dev' END AS env, count(*) AS antall FROM apps GROUP BY dato, env",
    "SELECT a.cluster AS c, sum(n) AS total, min(name) AS first, max(dato) AS last, count(n) AS filled, count(DISTINCT cluster) AS kinds FROM apps a GROUP BY ALL",
    "SELECT DISTINCT cluster FROM apps WHERE NOT (n IN (1, 2) OR n BETWEEN 4 AND 4)",
    "SELECT name, n + 1 AS next, -1 AS less, n * 2 - 3 AS more, name || '!' AS loud FROM apps WHERE dato = DATE '2022-01-20' AND n IS NOT NULL",
    "SELECT count(*) FILTER (WHERE n > 1) AS some, count(*) AS every FROM apps",
    "SELECT cluster, count(*) AS n FROM apps WHERE name NOT LIKE '%it''s%' GROUP BY cluster HAVING count(*) > 1",
    "SELECT coalesce(cluster, 'none') AS cluster, TRUE AS yes, NULL AS nothing FROM apps WHERE cluster IS DISTINCT FROM 'prod-gcp'",
    "SELECT n AS number FROM apps WHERE n >= 2 AND n <= 4 OR n <> 5 AND n < 2",
  ])("%s", async (sql) => {
    const translated = await translate(sql);
    expect(translated).toBeDefined();
    const ours = await db.query(sql);
    const theirs = await server.sql(translated!.sql);
    expect(textsOf(theirs)).toEqual(textsOf(ours));
    expect(translated!.columns).toEqual(Object.keys(ours[0]!));
  });

  test("parameters keep their names", async () => {
    expect((await translate("SELECT name FROM apps WHERE dato >= $interval_start"))!.sql).toBe(
      "SELECT `name`\nFROM `d.apps`\nWHERE (`dato` >= @interval_start)",
    );
  });

  test("a query that filters, groups or aggregates reduces; one that only computes does not", async () => {
    expect((await translate("SELECT name || 'x' AS x FROM apps"))!.reduces).toBe(false);
    expect((await translate("SELECT name FROM apps WHERE n > 1"))!.reduces).toBe(true);
    expect((await translate("SELECT max(n) AS n FROM apps"))!.reduces).toBe(true);
  });
});

test.each([
  ["another table", "SELECT name FROM others"],
  ["a join", "SELECT a.name FROM apps a JOIN apps b ON a.name = b.name"],
  ["a sub-query", "SELECT name FROM apps WHERE n = (SELECT max(n) FROM apps)"],
  ["a CTE", "WITH x AS (SELECT name FROM apps) SELECT name FROM x"],
  ["a star", "SELECT * FROM apps"],
  ["an order and a limit", "SELECT name FROM apps ORDER BY n LIMIT 1"],
  ["a window", "SELECT sum(n) OVER () AS s FROM apps"],
  ["a cast", "SELECT CAST(n AS VARCHAR) AS s FROM apps"],
  ["a division", "SELECT n / 2 AS half FROM apps"],
  ["a decimal", "SELECT n * 1.5 AS more FROM apps"],
  ["a function", "SELECT upper(name) AS name FROM apps"],
  ["an average", "SELECT avg(n) AS mean FROM apps"],
  ["a backslash in a pattern", "SELECT name FROM apps WHERE name LIKE 'a\\_b'"],
  ["a pattern from a column", "SELECT name FROM apps WHERE name LIKE cluster"],
  [
    "a name that is a column's and another thing's",
    "SELECT upper(cluster) AS cluster, count(*) AS n FROM apps GROUP BY cluster",
  ],
  ["a name for a column's other value", "SELECT CASE WHEN n > 1 THEN 'x' END AS cluster FROM apps GROUP BY cluster"],
  ["what has no name", "SELECT n + 1 FROM apps"],
  ["a column that is not known to compare alike", "SELECT other FROM apps"],
  ["grouping sets", "SELECT cluster, count(*) AS n FROM apps GROUP BY ROLLUP (cluster)"],
  ["an ordered aggregate", "SELECT max(name ORDER BY n) AS x FROM apps"],
  ["a union", "SELECT name FROM apps UNION SELECT cluster FROM apps"],
])("%s is not translated", async (_what, sql) => {
  expect(await translate(sql)).toBeUndefined();
});
