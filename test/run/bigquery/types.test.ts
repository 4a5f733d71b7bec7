import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

const post = "STRUCT<n NUMERIC, naar TIMESTAMP, indre STRUCT<b BYTES, tall ARRAY<BIGNUMERIC>>>";

/** Every type but JSON, by column, with values that a careless way would change. */
const columns: Record<string, { type: string; values: string[] }> = {
  id: { type: "INT64", values: ["1", "2", "3"] },
  tekst: { type: "STRING", values: ["'æøå \"\\' \\\\ \\n'", "''", "NULL"] },
  kort: { type: "STRING(3)", values: ["'æøå'", "''", "NULL"] },
  byte: { type: "BYTES", values: ["b'\\x00\\xff'", "b''", "NULL"] },
  heltall: { type: "INT64", values: ["9223372036854775807", "-9223372036854775808", "NULL"] },
  flyt: { type: "FLOAT64", values: ["0.1", "CAST('-inf' AS FLOAT64)", "NULL"] },
  nan: { type: "FLOAT64", values: ["CAST('nan' AS FLOAT64)", "1e300", "5e-324"] },
  tall: {
    type: "NUMERIC",
    values: ["NUMERIC '99999999999999999999999999999.999999999'", "NUMERIC '-0.000000001'", "NULL"],
  },
  kroner: { type: "NUMERIC(10, 2)", values: ["NUMERIC '12345678.90'", "NUMERIC '-0.01'", "NULL"] },
  stort: {
    type: "BIGNUMERIC",
    values: [
      "BIGNUMERIC '99999999999999999999999999999999999999.99999999999999999999999999999999999999'",
      "BIGNUMERIC '-0.00000000000000000000000000000000000001'",
      "NULL",
    ],
  },
  sant: { type: "BOOL", values: ["TRUE", "FALSE", "NULL"] },
  dato: { type: "DATE", values: ["DATE '0001-01-01'", "DATE '9999-12-31'", "NULL"] },
  tid: {
    type: "DATETIME",
    values: ["DATETIME '2022-01-20 23:59:59.999999'", "DATETIME '1900-01-01 00:00:00'", "NULL"],
  },
  klokke: { type: "TIME", values: ["TIME '23:59:59.999999'", "TIME '00:00:00'", "NULL"] },
  stempel: {
    type: "TIMESTAMP",
    values: ["TIMESTAMP '2022-01-20 23:59:59.999999+00'", "TIMESTAMP '1969-12-31 23:59:59.999999+00'", "NULL"],
  },
  liste: { type: "ARRAY<STRING>", values: ["['b', 'a', '']", "[]", "[]"] },
  store: { type: "ARRAY<BIGNUMERIC>", values: ["[BIGNUMERIC '2.5', BIGNUMERIC '1.5']", "[]", "[]"] },
  post: {
    type: "STRUCT<navn STRING, stort BIGNUMERIC, `felt-æ` ARRAY<INT64>>",
    values: ["('a', BIGNUMERIC '1.5', [3, 1])", "(NULL, NULL, [])", "NULL"],
  },
  poster: {
    type: `ARRAY<${post}>`,
    values: [
      `[${post}(NUMERIC '1.5', TIMESTAMP '2022-01-20 00:00:00+00', STRUCT(b'\\x01' AS b, [BIGNUMERIC '7'] AS tall)), ${post}(NULL, NULL, NULL)]`,
      "[]",
      "[]",
    ],
  },
};

const json: typeof columns = {
  json: { type: "JSON", values: [`JSON '{"b": [1, null, "æ"], "a": 0.1}'`, "JSON 'null'", "NULL"] },
  tekst_json: { type: "JSON", values: [`JSON '"tekst"'`, "JSON '12345678901234567890'", "NULL"] },
  jsoner: { type: "ARRAY<JSON>", values: ["[JSON '1', JSON 'null', JSON '{}']", "[]", "[]"] },
  i_post: { type: "STRUCT<j JSON, navn STRING>", values: ["(JSON '[]', 'a')", "(NULL, NULL)", "NULL"] },
};

/** Lists and structs with their type in front, so that nothing is left to guess. */
function literal({ type, values }: (typeof columns)[string], i: number): string {
  return /^[[(]/.test(values[i]!) ? `${type}${values[i]}` : values[i]!;
}

async function copyThrough(of: typeof columns): Promise<string> {
  const ddl = Object.entries(of).map(([name, { type }]) => `\`${name}\` ${type}`);
  const columnsOf = (i: number) => Object.values(of).map((column) => literal(column, i));
  const rows = [0, 1, 2].map((i) => `(${columnsOf(i).join(", ")})`);
  await lab.server.sql(`CREATE TABLE ${lab.dataset}.alle (${ddl.join(", ")})`);
  await lab.server.sql(`INSERT INTO ${lab.dataset}.alle VALUES ${rows.join(", ")}`);
  const declared = Object.fromEntries(Object.entries(of).map(([name, { type }]) => [name, type]));
  const table = `${lab.server.project}.${lab.dataset}.alle`;
  const bigquery = {
    project: lab.server.project,
    api_endpoint: lab.server.endpoint,
    storage_endpoint: `http://${lab.server.storageEndpoint}`,
  };
  const sources = { alle: { type: "bigquery", table, columns: declared } };
  await lab.write("SELECT * FROM alle", {}, { bigquery, sources, models: { t: { columns: declared } } });
  const { code, text } = await lab.run();
  expect(text + code).toMatch(/published\.\n0$/);
  return (await lab.server.requests({ kind: "upload-start" })).map(({ body }) => JSON.stringify(body)).join();
}

const rowsOf = (table: string) => lab.server.sql(`SELECT * FROM ${lab.dataset}.${table} ORDER BY id`);

test("every type but JSON goes by Parquet, and comes back equal", async () => {
  const load = await copyThrough(columns);
  expect(load).toContain('"sourceFormat":"PARQUET"');
  expect(await rowsOf("t")).toEqual(await rowsOf("alle"));
  expect((await lab.table("t"))["schema"]).toEqual((await lab.table("alle"))["schema"]);
});

test("every type, JSON among them, goes by NDJSON, and comes back equal", async () => {
  const load = await copyThrough({ ...columns, ...json });
  expect(load).toContain('"sourceFormat":"NEWLINE_DELIMITED_JSON"');
  expect(
    await lab.values("SELECT id FROM DATASET.t WHERE json IS NULL OR TO_JSON_STRING(json) = 'null' ORDER BY id"),
  ).toEqual(["2", "3"]);
  expect(await rowsOf("t")).toEqual(await rowsOf("alle"));
  expect((await lab.table("t"))["schema"]).toEqual((await lab.table("alle"))["schema"]);
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await lab.server.violations()).toEqual([]);
});
