import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { runWithin, whyNoCgroup, type Limited } from "./support/cgroup.ts";

// The example in a pod of little memory, its source with ten million rows. The server lies outside. It is run from the compiled
// package, as it is in a pod: Node needs some memory to read TypeScript.

const root = fileURLToPath(new URL("../..", import.meta.url));
const megabyte = 1024 ** 2;
const rows = 10_000_000;
const product = "dataproducts-prod-1234.dataproduct_apps";
const own = "analyse-prod-5678.apps_aggregated";
const timeout = 600_000;
/** Source: statfs(2). */
const tmpfs = 0x01021994;

const missing = whyNoCgroup();
let server: BigQueryServer;
let folder: Folder;

beforeAll(async () => {
  if (missing !== undefined) return;
  const built = spawnSync(process.execPath, [join(root, "scripts/build.js")], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr);
  const datasets = [
    { name: product, location: "EU" },
    { name: own, location: "europe-north1" },
  ];
  server = await spawnBigQueryServer({ datasets });
}, timeout);

afterAll(async () => {
  await server?.stop();
  await rm(join(root, "lib"), { recursive: true, force: true });
});

beforeEach(async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  if ((await statfs(tmpdir())).type === tmpfs) skip(`${tmpdir()} lies in memory`);
  folder = await makeFolder();
  return () => folder.remove();
});

/** The example, its source changed. @param apps merged over the source */
async function runPod(limit: number, apps: object): Promise<Limited> {
  await cp(join(root, "examples/apps-per-env"), folder.path, { recursive: true });
  const file = join(folder.path, "pipeline.yaml");
  const endpoints = { api_endpoint: server.endpoint, storage_endpoint: `http://${server.storageEndpoint}` };
  const target = stringify({ "prod-gcp": { bigquery: endpoints, sources: { apps } } });
  await writeFile(file, `${await readFile(file, "utf8")}${target.replaceAll(/^(?=.)/gm, "  ")}`);
  const temporary = join(folder.path, "tmp");
  await mkdir(temporary);
  const env = {
    PATH: process.env["PATH"]!,
    TMPDIR: temporary,
    NAIS_POD_NAME: `apps-per-env-${limit}-aaaaa`,
    NAIS_CLUSTER_NAME: "prod-gcp",
    GCP_TEAM_PROJECT_ID: own.split(".")[0]!,
    API_KEY: "key",
    DB_PASSWORD: "password",
  };
  const command = [process.execPath, join(root, "lib/cli/main.js"), "run", "--interval", "2022-01-20"];
  const limited = await runWithin(limit * megabyte, { command, env, cwd: folder.path });
  tell(limit, limited);
  return limited;
}

/** Programs that others have loaded too are memory of the process, and not of its group. */
function tell(limit: number, { peak, peakKept, output }: Limited): void {
  const ofProcess = Number(/"peak_memory_bytes":(\d+)/.exec(output)?.[1]);
  const parts = [
    `${inMegabytes(peakKept)} at most`,
    `${inMegabytes(peak)} with page cache`,
    `the process ${inMegabytes(ofProcess)} with its programs`,
  ];
  console.log(`within ${limit} MB: ${parts.join(", ")}`);
}

function inMegabytes(bytes: number | undefined): string {
  return bytes === undefined ? "unknown" : `${(bytes / megabyte).toFixed(0)} MB`;
}

const published = () => server.sql(`SELECT * FROM \`${own}.apps_per_env\` ORDER BY dato, env, datacenter`);

const figures = (count: number) =>
  [
    ["dev", "gcp"],
    ["dev", "on_prem"],
    ["prod", "gcp"],
    ["prod", "on_prem"],
  ].map(([env, datacenter]) => ({ dato: "2022-01-20", env, datacenter, antall_apper: String(count) }));

/** @param cluster which of four, from 0 */
const columns = (cluster: string) => `
  DATE '2022-01-20' AS dato,
  CASE ${cluster} WHEN 0 THEN 'prod-gcp' WHEN 1 THEN 'prod-fss' WHEN 2 THEN 'dev-gcp' ELSE 'dev-fss' END AS cluster,
  CONCAT('app-', CAST(MOD(n, 5000) AS STRING)) AS name, 'nais-analyse' AS team`;

test("who wants more than the limit is killed", { timeout }, async () => {
  const command = [process.execPath, "--eval", "Buffer.alloc(300e6, 1)"];
  const { code, signal } = await runWithin(256 * megabyte, { command, env: {}, cwd: root });
  expect(code === 137 || signal === "SIGKILL").toBe(true);
});

test("ten million rows behind a query that reduces, within 256 MB", { timeout }, async () => {
  await server.sql(`
    CREATE TABLE \`${product}.rows\` AS
      SELECT ${columns("MOD(DIV(n, 5000), 4)")} FROM UNNEST(GENERATE_ARRAY(0, ${rows - 1})) AS n`);
  const query = `SELECT DISTINCT dato, cluster, name, team FROM \`${product}.rows\` WHERE dato = @interval_start`;
  const { code, output } = await runPod(256, { table: null, where: null, query });
  expect(code, output).toBe(0);
  expect(output).toContain('"resources":{"requests":{');
  expect(await published()).toEqual(figures(5000));
  await server.sql(`DROP TABLE \`${product}.rows\``);
});

test("ten million rows that cross the wire, within 512 MB", { timeout }, async () => {
  await server.replay({
    table: `${product}.unique`,
    rows,
    query: `SELECT ${columns("MOD(n, 4)")} FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n`,
  });
  // A replayed table has no rows to ask for the newest of.
  const { code, output } = await runPod(512, { where: null, checks: null });
  expect(code, output).toBe(0);
  expect(output).toMatch(/source\s+apps\s+10,000,000 rows/);
  expect(await published()).toEqual(figures(rows / 4));
});
