import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

// What a run in a cluster says of how to see the rows that its checks found: its own tables are gone with the pod.

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});
afterAll(() => lab.remove());
beforeEach(async () => {
  await lab.next();
  await lab.server.sql(`
    CREATE TABLE ${lab.dataset}.tickets AS
      SELECT DATE '2022-01-20' AS dag, id, IF(id = 3, NULL, 'open') AS state FROM UNNEST([1, 2, 3, 3]) AS id;
    INSERT INTO ${lab.dataset}.tickets VALUES (DATE '2022-01-19', 1, NULL)`);
});

/** The `look:` lines of a run whose source `tickets` has these checks. */
async function looksOf(checks: object[], source: object, model: object = {}): Promise<string[]> {
  const tickets = { type: "bigquery", columns: { dag: "DATE", id: "INT64", state: "STRING" }, ...source, checks };
  await lab.write(
    "SELECT * FROM tickets",
    { write: "append", partition: "dag" },
    { interval: "day", sources: { tickets }, models: { t: model } },
  );
  const { code, text } = await lab.run({ interval: "2022-01-20" });
  expect(code, text).toBe(3);
  return [...text.matchAll(/look: (.*)/g)].map(([, look]) => look!);
}

const checks = [
  { row_count: { max: 1 } },
  { not_null: ["state"] },
  { unique: ["id"] },
  { not_null: ["state"], where: "id > 1" },
];

test.each([
  ["a table and a condition", () => ({ table: `${lab.dataset}.tickets`, where: "dag = @interval_start" })],
  ["a query", () => ({ query: `SELECT * FROM ${lab.dataset}.tickets WHERE dag = @interval_start` })],
])("of a source that is %s, it is GoogleSQL that BigQuery answers", async (_what, source) => {
  const looks = await looksOf(checks, source());
  expect(looks[0]).toContain("DATE '2022-01-20'");
  const answers = await Promise.all(looks.map((look) => lab.values(look)));
  expect(answers[0]).toEqual(["4"]);
  expect(answers[1]).toHaveLength(2);
  expect(answers[2]).toEqual(["3 2"]);
  expect(answers[3]).toHaveLength(2);
});

test("of a query over the source, it is the same in GoogleSQL", async () => {
  const [starred, grouped, counted] = await looksOf(
    [
      { sql: `SELECT * FROM tickets AS x WHERE x.state IS NULL AND dag >= $interval_start -- none` },
      { sql: `SELECT id, count(*) AS n FROM "tickets" GROUP BY id HAVING count(*) > 1;` },
      { sql: "SELECT count(*) FROM tickets HAVING count(*) < 10" },
    ],
    { table: `${lab.dataset}.tickets`, where: "dag = @interval_start" },
  );
  const read = `(SELECT * FROM \`${lab.server.project}.${lab.dataset}.tickets\` WHERE dag = DATE '2022-01-20')`;
  expect(starred).toBe(`SELECT * FROM ${read} AS \`x\` WHERE ((\`state\` IS NULL) AND (\`dag\` >= DATE '2022-01-20'))`);
  expect(await lab.values(starred!)).toHaveLength(2);
  expect(await lab.values(grouped!)).toEqual(["3 2"]);
  expect(await lab.values(counted!)).toEqual(["4"]);
});

test("of a query that may mean something else in GoogleSQL, or reads more, it is a run on a sample", async () => {
  const source = { table: `${lab.dataset}.tickets` };
  const run =
    "nais-etl sample --target prod --interval 2022-01-20 --rows 10000 --force && nais-etl run --interval 2022-01-20";
  const others = ["SELECT id / 2 AS half FROM tickets", "FROM tickets WHERE id IN (SELECT id FROM tickets)"];
  expect(
    await looksOf(
      others.map((sql) => ({ sql })),
      source,
    ),
  ).toEqual([run, run]);
  expect(await looksOf([], source, { checks: [{ sql: "FROM t" }] })).toEqual([run]);
});

test("a table is named with its project", async () => {
  expect(await looksOf([{ row_count: { max: 1 } }], { table: `${lab.dataset}.tickets` })).toEqual([
    `SELECT count(*) AS \`rows\` FROM \`${lab.server.project}.${lab.dataset}.tickets\``,
  ]);
});

test("what is written in the engine's own SQL, and a model's check, is seen from a sample", async () => {
  const source = { table: `${lab.dataset}.tickets` };
  const sample = "nais-etl sample --target prod --interval 2022-01-20 --rows 10000 --force && nais-etl show";
  expect(await looksOf([{ not_null: ["state"], where: `"id" > 1` }], source)).toEqual([
    `${sample} tickets --where "(id > 1) AND (state IS NULL)" --interval 2022-01-20`,
  ]);
  expect(await looksOf([], source, { checks: [{ not_null: ["state"] }, { row_count: { max: 1 } }] })).toEqual([
    `${sample} t --where "state IS NULL" --interval 2022-01-20`,
    `${sample} t --interval 2022-01-20`,
  ]);
});
