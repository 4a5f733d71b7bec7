import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";
import { connectBigQuery } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { runFolder, type RunFolder } from "../support/run.ts";
import { openEngine } from "../support/engine.ts";

let server: BigQueryServer;
let folder: Folder;

beforeAll(async () => {
  server = await startBigQueryServer({ location: "europe-north1", datasets: [{ name: "products" }] });
  await load("apps", "dato:DATE,cluster:STRING,name:STRING,team:STRING", [
    ...Array.from({ length: 9 }, (_, i) => ({
      dato: "2022-01-20",
      cluster: i % 3 === 0 ? "dev-gcp" : "prod-gcp",
      name: `app-${i}`,
      team: "team",
    })),
    { dato: "2022-01-19", cluster: "dev-gcp", name: "old", team: null },
  ]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clearRequests();
  await server.clearFaults();
  folder = await makeFolder();
  return () => folder.remove();
});

/** Fills a new table, as Google's own client does. */
async function load(table: string, schema: string, rows: unknown[]): Promise<void> {
  const place = await makeFolder({ "rows.ndjson": rows.map((row) => JSON.stringify(row)).join("\n") });
  const fields = schema.split(",").map((field) => ({ name: field.split(":")[0]!, type: field.split(":")[1]! }));
  await connectBigQuery(server)
    .dataset("products")
    .table(table)
    .load(join(place.path, "rows.ndjson"), { sourceFormat: "NEWLINE_DELIMITED_JSON", schema: { fields } });
  await place.remove();
}

interface Trial {
  source: string;
  model?: string;
  head?: string;
}

async function write({ source, model = "SELECT * FROM apps", head = "" }: Trial): Promise<void> {
  await folder.write(
    "pipeline.yaml",
    `name: trial
${head}
bigquery: { project: test-project, api_endpoint: "${server.endpoint}", storage_endpoint: "http://${server.storageEndpoint}" }
sources:
  apps:
    type: bigquery
${source.replaceAll(/^/gm, "    ")}
outputs:
  result: { type: file, path: out/result.parquet }
`,
  );
  await folder.write("models/result.sql", model);
}

const run = (options: RunFolder = {}) => runFolder(folder, { target: "prod-gcp", ...options });

/** Rows of the result, in the order of their texts. */
async function result(): Promise<unknown[]> {
  const db = await openEngine();
  try {
    return await db.query(`SELECT * FROM '${folder.path}/out/result.parquet' ORDER BY ALL`);
  } finally {
    db.close();
  }
}

const methods = async () => (await server.requests()).map(({ method, kind }) => (kind ? `${method} ${kind}` : method));

describe("a small table", () => {
  test("comes in pages, with the declared columns only, and is read once", async () => {
    await write({
      source: "table: products.apps\ncolumns: { name: STRING, dato: DATE }",
      model: "SELECT dato, count(*) AS n, count(DISTINCT name) AS names FROM apps GROUP BY dato",
    });
    const { code, record, text } = await run();
    expect(text).toContain("not declared, and not read: cluster, team");
    expect({ code, problems: record.problems }).toEqual({ code: 0, problems: [] });
    expect(await result()).toEqual([
      { dato: "2022-01-19", n: 1, names: 1 },
      { dato: "2022-01-20", n: 9, names: 9 },
    ]);
    expect(await methods()).toEqual(["tables.get", "tabledata.list"]);
    expect(record.sources).toMatchObject([{ name: "apps", status: "done", rows: 10, bytes_billed: 0 }]);
    expect(await server.violations()).toEqual([]);
  });
});
