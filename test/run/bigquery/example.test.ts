import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../../src/commands/run.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { realContext } from "../context.ts";

// The example, as it is, in a pod: the product is a view in another team's project, and lies in another location.

const example = fileURLToPath(new URL("../../../examples/apps-per-env", import.meta.url));
const product = "dataproducts-prod-1234.dataproduct_apps";
const own = "analyse-prod-5678.apps_aggregated";

let server: BigQueryServer;
let folder: Folder;

beforeAll(async () => {
  server = await startBigQueryServer({
    datasets: [
      { name: product, location: "EU" },
      { name: own, location: "europe-north1" },
    ],
  });
  await fillProduct();
  folder = await makeFolder();
  await cp(example, folder.path, { recursive: true });
  const file = join(folder.path, "pipeline.yaml");
  const endpoints = `{ api_endpoint: "${server.endpoint}", storage_endpoint: "http://${server.storageEndpoint}" }`;
  await writeFile(file, `${await readFile(file, "utf8")}\n  prod-gcp: { bigquery: ${endpoints} }\n`);
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

/** The sample, and a day that the run must leave alone. */
async function fillProduct(): Promise<void> {
  const [, ...lines] = (await readFile(join(example, "data/apps.csv"), "utf8")).trim().split("\n");
  const values = lines.map((line) => {
    const [dato, ...texts] = line.split(",").slice(0, 4);
    return `(DATE '${dato}', ${texts.map((text) => (text === "" ? "NULL" : `'${text}'`)).join(", ")})`;
  });
  await server.sql(`
    CREATE TABLE \`${product}.apps\` (dato DATE, cluster STRING, name STRING, team STRING);
    INSERT INTO \`${product}.apps\` VALUES ${values.join(", ")}, (DATE '2022-01-19', 'prod-gcp', 'yesterday', NULL);
    CREATE VIEW \`${product}.unique\` AS SELECT DISTINCT * FROM \`${product}.apps\``);
}

async function runPod(pod: string): Promise<string> {
  const lines: string[] = [];
  const env = {
    NAIS_POD_NAME: `apps-per-env-${pod}`,
    NAIS_CLUSTER_NAME: "prod-gcp",
    GCP_TEAM_PROJECT_ID: own.split(".")[0]!,
    // The file names them, and no run needs them.
    API_KEY: "key",
    DB_PASSWORD: "password",
  };
  const { path } = folder;
  const context = realContext({ folder: path, tmpdir: path, env, write: (line) => void lines.push(line) });
  const code = await run({ interval: "2022-01-20" }, context);
  return `${lines.join("")}${code}`;
}

const rows = () => server.sql(`SELECT * FROM \`${own}.apps_per_env\` ORDER BY dato, env, datacenter`);

test("a pod publishes the figures that the local run gives, and another one the same again", async () => {
  const figures = [
    { dato: "2022-01-20", env: "dev", datacenter: "gcp", antall_apper: "13" },
    { dato: "2022-01-20", env: "dev", datacenter: "on_prem", antall_apper: "9" },
    { dato: "2022-01-20", env: "prod", datacenter: "gcp", antall_apper: "7" },
    { dato: "2022-01-20", env: "prod", datacenter: "on_prem", antall_apper: "8" },
  ];
  expect(await runPod("one-aaaaa")).toMatch(/1 of 1 output published\.\n0$/);
  expect(await rows()).toEqual(figures);
  expect(await runPod("two-aaaaa")).toMatch(/1 of 1 output published\.\n0$/);
  expect(await rows()).toEqual(figures);
});

test("the query runs where the product lies, and everything else where the output lies", async () => {
  type Body = { jobReference?: { jobId?: string; location?: string } };
  const references = (await server.requests({ method: "jobs.insert" })).map(({ body }) => (body as Body)?.jobReference);
  const places = (step: string) =>
    new Set(references.filter((it) => it?.jobId?.includes(`_${step}_`)).map((it) => it!.location));
  expect(places("source")).toEqual(new Set(["EU"]));
  for (const step of ["begin", "load", "publish", "record"]) expect(places(step)).toEqual(new Set(["europe-north1"]));
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await server.violations()).toEqual([]);
});
