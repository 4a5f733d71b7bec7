import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { declaredTypes, fillStatements, plainTypes, typesOfJson, type TypedColumns } from "./every-type.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

async function copyThrough(of: TypedColumns): Promise<string> {
  for (const statement of fillStatements(of, `${lab.dataset}.alle`)) await lab.server.sql(statement);
  const declared = declaredTypes(of);
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
  const load = await copyThrough(plainTypes);
  expect(load).toContain('"sourceFormat":"PARQUET"');
  expect(await rowsOf("t")).toEqual(await rowsOf("alle"));
  expect((await lab.table("t"))["schema"]).toEqual((await lab.table("alle"))["schema"]);
});

test("every type, JSON among them, goes by NDJSON, and comes back equal", async () => {
  const load = await copyThrough({ ...plainTypes, ...typesOfJson });
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
