import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder } from "../../support/run.ts";
import { openEngine } from "../../support/engine.ts";

// Every type, with its least and greatest values, NULL and nothing, comes the same whichever way it comes.

let server: BigQueryServer;
let folder: Folder;

const types = {
  id: "INT64",
  i: "INT64",
  f: "FLOAT64",
  b: "BOOL",
  s: "STRING",
  y: "BYTES",
  d: "DATE",
  t: "TIME",
  dt: "DATETIME",
  ts: "TIMESTAMP",
  n: "NUMERIC",
  w: "BIGNUMERIC",
  j: "JSON",
  l: "ARRAY<STRING>",
  r: "STRUCT<a INT64, l ARRAY<DATE>>",
  rs: "ARRAY<STRUCT<a NUMERIC, b STRUCT<c STRING>>>",
};

const digits = "9".repeat(38);

const rows = [
  `1, -9223372036854775808, CAST('-inf' AS FLOAT64), TRUE, 'æøå 𝄞 and more than twelve bytes', FROM_BASE64('AP8='), DATE '0001-01-01', TIME '00:00:00',
    DATETIME '0001-01-01 00:00:00', TIMESTAMP '0001-01-01 00:00:00', NUMERIC '-99999999999999999999999999999.999999999',
    BIGNUMERIC '-${digits}.${digits}', JSON '{"a": [1, null, "x"]}',
    ['a', '', 'c'], STRUCT(1 AS a, [DATE '2022-01-20', DATE '2022-01-21'] AS l), [STRUCT(NUMERIC '1.5' AS a, STRUCT('x' AS c) AS b), STRUCT(CAST(NULL AS NUMERIC) AS a, CAST(NULL AS STRUCT<c STRING>) AS b)]`,
  `2, 9223372036854775807, 0.1, FALSE, '', b'', DATE '9999-12-31', TIME '23:59:59.999999',
    DATETIME '9999-12-31 23:59:59.999999', TIMESTAMP '9999-12-31 23:59:59.999999', NUMERIC '99999999999999999999999999999.999999999',
    BIGNUMERIC '0.00000000000000000000000000000000000001', JSON 'null',
    [], STRUCT(CAST(NULL AS INT64) AS a, CAST([] AS ARRAY<DATE>) AS l), []`,
  `3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, [], NULL, []`,
];

const expected = [
  {
    i: "-9223372036854775808",
    f: "-inf",
    b: "true",
    s: "æøå 𝄞 and more than twelve bytes",
    y: "\\x00\\xFF",
    d: "0001-01-01",
    t: "00:00:00",
    dt: "0001-01-01 00:00:00",
    ts: "0001-01-01 00:00:00+00",
    n: "-99999999999999999999999999999.999999999",
    w: `-${digits}.${digits}`,
    j: '{"a":[1,null,"x"]}',
    l: "[a, '', c]",
    r: "{'a': 1, 'l': [2022-01-20, 2022-01-21]}",
    rs: "[{'a': 1.500000000, 'b': {'c': x}}, {'a': NULL, 'b': NULL}]",
  },
  {
    i: "9223372036854775807",
    f: "0.1",
    b: "false",
    s: "",
    y: "",
    d: "9999-12-31",
    t: "23:59:59.999999",
    dt: "9999-12-31 23:59:59.999999",
    ts: "9999-12-31 23:59:59.999999+00",
    n: "99999999999999999999999999999.999999999",
    w: "0.00000000000000000000000000000000000001",
    j: "null",
    l: "[]",
    r: "{'a': NULL, 'l': []}",
    rs: "[]",
  },
  {
    i: null,
    f: null,
    b: null,
    s: null,
    y: null,
    d: null,
    t: null,
    dt: null,
    ts: null,
    n: null,
    w: null,
    j: null,
    l: "[]",
    r: null,
    rs: "[]",
  },
];

beforeAll(async () => {
  server = await startBigQueryServer({ location: "EU", datasets: [{ name: "d" }] });
  const columns = Object.entries(types).map(([name, type]) => `${name} ${type}`);
  await server.sql(`CREATE TABLE d.everything (${columns.join(", ")})`);
  for (const row of rows) await server.sql(`INSERT INTO d.everything VALUES (${row})`);
  await server.sql("CREATE VIEW d.view AS SELECT * FROM d.everything");
  folder = await makeFolder({
    "models/result.sql": `SELECT id, ${Object.keys(types)
      .slice(1)
      .map((name) => `CAST(${name} AS VARCHAR) AS ${name}`)
      .join(", ")} FROM src ORDER BY id`,
  });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe.each([
  ["a small table, in pages", "table: d.everything", ["tables.get", "tabledata.list"]],
  [
    "a table over the Storage Read API",
    "table: d.everything\n    where: id > 0",
    ["tables.get", "storage.CreateReadSession"],
  ],
  ["a view, by a query", "table: d.view", ["tables.get", "jobs.insert"]],
])("%s", (_name, source, begins) => {
  test.each([
    [
      "declared",
      `\n    columns: { ${Object.entries(types)
        .map(([name, type]) => `${name}: "${type}"`)
        .join(", ")} }`,
    ],
    ["not declared", ""],
  ])("comes with every value of every type, %s", async (_how, columns) => {
    await server.clearRequests();
    await folder.write(
      "pipeline.yaml",
      `name: trial
bigquery: { project: test-project, api_endpoint: "${server.endpoint}", storage_endpoint: "http://${server.storageEndpoint}" }
sources:
  src:
    type: bigquery
    ${source}${columns}
outputs:
  result: { type: file, path: out/result.parquet }
`,
    );
    const { record } = await runFolder(folder, { target: "prod-gcp" });
    expect(record.problems).toEqual([]);
    expect((await server.requests()).map(({ method }) => method).slice(0, 2)).toEqual(begins);
    const db = await openEngine();
    try {
      const found = await db.query(`SELECT * EXCLUDE (id) FROM '${folder.path}/out/result.parquet' ORDER BY id`);
      expect(found).toEqual(expected);
    } finally {
      db.close();
    }
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
