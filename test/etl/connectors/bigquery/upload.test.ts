import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBigQuery, type BigQueryClient } from "../../../../src/etl/connectors/bigquery/client.ts";
import { runJob } from "../../../../src/etl/connectors/bigquery/job.ts";
import { uploading } from "../../../../src/etl/connectors/bigquery/upload.ts";
import { realContext } from "../../../run/context.ts";
import type { Fault } from "../../../servers/bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "../../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

const rows = 24_000;
let server: BigQueryServer;
let folder: Folder;
let client: BigQueryClient;
let file: string;
let loads = 0;

beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }] });
  folder = await makeFolder();
  file = join(folder.path, "rows.ndjson");
  // Three pieces.
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify({ i, text: `${i} `.repeat(150) }));
  await writeFile(file, `${lines.join("\n")}\n`);
  const context = realContext({ folder: folder.path, tmpdir: folder.path });
  const settings = { project: server.project, api_endpoint: server.endpoint };
  client = await openBigQuery({ settings, context, labels: {}, where: () => ({ file: "pipeline.yaml" }) });
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

async function load(): Promise<string> {
  const table = `t${loads++}`;
  const fields = [
    { name: "i", type: "INT64" },
    { name: "text", type: "STRING" },
  ];
  const destinationTable = { projectId: server.project, datasetId: "d", tableId: table };
  const sourceFormat = "NEWLINE_DELIMITED_JSON";
  const configuration = {
    load: { destinationTable, schema: { fields }, sourceFormat, writeDisposition: "WRITE_EMPTY" },
  };
  await runJob(client, {
    id: `load-${table}`,
    effect: "test.load",
    location: "EU",
    configuration,
    insert: uploading(client, file),
  });
  const [counted] = await server.sql(
    `SELECT COUNT(*) AS n, COUNT(DISTINCT i) AS i, SUM(LENGTH(text)) AS size FROM d.${table}`,
  );
  return Object.values(counted!).join(" ");
}

const whole = Array.from({ length: rows }, (_, i) => `${i} `.length * 150).reduce((a, b) => a + b, 0);

test("a file of several pieces arrives whole", async () => {
  await server.clearRequests();
  expect(await load()).toBe(`${rows} ${rows} ${whole}`);
  expect(await server.requests({ kind: "upload-chunk" })).toHaveLength(3);
});

test.each<Pick<Fault, "action" | "nth">>([
  { action: "drop", nth: 1 },
  { action: "drop", nth: 2 },
  { action: "drop", nth: 3 },
  { action: "lose-answer", nth: 1 },
  { action: "lose-answer", nth: 2 },
  { action: "lose-answer", nth: 3 },
  { action: "unavailable", nth: 2 },
  { action: "token-expired", nth: 2 },
  { action: "token-expired", nth: 3 },
])("also when piece $nth meets the fault `$action`, and what had come is not sent again", async (fault) => {
  await server.clearRequests();
  await server.fault({ on: { kind: "upload-chunk" }, ...fault });
  expect(await load()).toBe(`${rows} ${rows} ${whole}`);
  // Three pieces, the one that was hit once more where it had not come, and the question how much has come.
  const chunks = await server.requests({ kind: "upload-chunk" });
  expect(chunks.length).toBeLessThanOrEqual(5);
  await server.clearFaults();
});

test("a job whose id is taken is not sent a second time", async () => {
  loads--;
  await server.clearRequests();
  await load();
  expect(await server.requests({ kind: "upload-start" })).toEqual([]);
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await server.violations()).toEqual([]);
});
