import { fileURLToPath } from "node:url";
import { chmod, mkdir } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { doctor, type DoctorOptions } from "../../src/commands/doctor.ts";
import type { Section } from "../../src/etl/doctor/finding.ts";
import type { Grant } from "../servers/bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";
import { startSecretServer, type SecretServer } from "../servers/secret-manager/server.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

const goldens = fileURLToPath(new URL("../golden/doctor/", import.meta.url));
const product = "products-prod-1234.apps";
const anyone = "anonymous";

let server: BigQueryServer;
let vault: SecretServer;
let folder: Folder;

beforeAll(async () => {
  vault = await startSecretServer();
  server = await startBigQueryServer({
    datasets: [
      { name: product, location: "EU" },
      { name: "analyse-prod.aggregated", location: "europe-north1" },
      { name: "analyse-prod.elsewhere", location: "US" },
    ],
  });
  await server.sql(`
    CREATE TABLE \`${product}.raw\` (dato DATE, name STRING);
    INSERT INTO \`${product}.raw\` VALUES (DATE '2022-01-20', 'a');
    CREATE VIEW \`${product}.unique\` AS SELECT * FROM \`${product}.raw\``);
  await server.sql("CREATE TABLE `analyse-prod.aggregated.days` (dato DATE)");
});
afterAll(async () => {
  await server.stop();
  await vault.stop();
});
beforeEach(async () => {
  await server.setGrants(undefined);
  vault.denied.clear();
  vault.secrets = { "projects/other/secrets/key": [{ data: "hunter2hunter2" }, { data: "hunter3hunter3" }] };
  folder = await makeFolder();
  return () => folder.remove();
});

const pipeline = () => `name: apps-per-env
team: nais-analyse
interval: { every: day, sample: 2022-01-20 }
sources:
  raw:
    type: bigquery
    table: ${product}.raw
    columns: { dato: DATE, name: STRING }
    sample: data/raw.csv
  apps:
    type: bigquery
    table: ${product}.unique
    columns: { dato: DATE, name: STRING }
    where: dato = @interval_start
    sample: data/raw.csv
outputs:
  days: { type: bigquery, table: aggregated.days, write: append }
  names: { type: bigquery, table: aggregated.names, write: append }
secrets:
  KEY: { from: google-secret-manager, name: projects/other/secrets/key, endpoint: "${vault.url}" }
  PASSWORD: { from: nais, secret: my-team }
targets:
  prod-gcp:
    bigquery: { api_endpoint: "${server.endpoint}", storage_endpoint: "http://${server.storageEndpoint}" }
`;

async function write(text = pipeline()): Promise<void> {
  await folder.write("pipeline.yaml", text);
  await folder.write("models/days.sql", "SELECT dato FROM apps");
  await folder.write("models/names.sql", "SELECT name FROM raw");
  await folder.write("data/raw.csv", "dato,name\n2022-01-20,a\n");
  await folder.write(".gitignore", ".nais-etl/\n");
  await folder.write(".github/workflows/nais-etl.yaml", workflow);
  const tests = ["days", "names"].map(
    (model) => `- { name: ${model}, model: ${model}, given: {}, expect: { rows: [] } }\n`,
  );
  await folder.write(
    "tests/all.yaml",
    tests.join("").replace("given: {}", "given: { apps: [] }").replace("given: {}", "given: { raw: [] }"),
  );
}

const workflow = `on: push
permissions: { contents: read, id-token: write }
concurrency: { group: deploy, cancel-in-progress: false }
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps: [{ uses: someone/nais-etl@${"1".repeat(40)} }]
`;

interface Examine extends DoctorOptions {
  env?: Record<string, string>;
  node?: string;
  now?: () => Date;
}

const onNais = { GCP_TEAM_PROJECT_ID: "analyse-prod" };

/** What of the output depends on the machine is masked. */
async function examine({ env: given = {}, node = "24.1.0", now = () => new Date(), ...options }: Examine = {}) {
  // No program: which of them are here is for test/commands/image-findings.test.ts.
  const env = { PATH: "/nowhere", ...given };
  const code = await doctor(options, { ...folder.context, env, now, host: { ...folder.context.host, node } });
  const text = (folder.printed.at(-1) ?? "")
    .replaceAll(/(\n {2}. disk +).*/g, "$1FREE free in TMPDIR")
    .replaceAll(/(\n {2}). (memory +).*(\n {6}.*)?/g, "$1✓ $2MEMORY")
    .replaceAll(/v\d+\.\d+\.\d+ runs/g, "vN runs");
  return { code, text };
}

async function findings(options: Examine = {}) {
  await examine({ target: "prod-gcp", env: onNais, ...options, json: true });
  const { sections } = JSON.parse(folder.printed.at(-1)!) as { sections: Section[] };
  return sections
    .filter(({ title }) => !["The job in the cluster", "Repository", "Images"].includes(title))
    .flatMap((section) => section.findings);
}

const named = (found: Awaited<ReturnType<typeof findings>>, name: string) => found.filter((one) => one.name === name);

test("a table that cannot take the columns that are declared, or has other partitions, is told of as a run would", async () => {
  await server.sql("CREATE TABLE `analyse-prod.aggregated.made` (dato DATE, long_loans FLOAT64)");
  const output = "days: { type: bigquery, table: aggregated.made, write: append, partition: dato }";
  const text = pipeline().replace(/ {2}days: .*/, `  ${output}`);
  const declare = (type: string) =>
    text.replace("outputs:", `models:\n  days: { columns: { dato: DATE, long_loans: ${type} } }\noutputs:`);
  await write(declare("FLOAT64"));
  expect(named(await findings(), "output days")).toMatchObject([
    { state: "good", message: expect.stringContaining("can be written") },
    { state: "note", message: expect.stringContaining(".made is not partitioned, and not by day of `dato`") },
  ]);
  await write(declare("INT64"));
  expect(named(await findings(), "output days")).toMatchObject([
    {
      state: "bad",
      message: expect.stringContaining("BigQuery cannot turn `long_loans` from FLOAT64 into INT64"),
      cure: expect.stringContaining("Declare `long_loans` as `FLOAT64`"),
    },
    { state: "note" },
  ]);
  await server.sql("ALTER TABLE `analyse-prod.aggregated.made` ADD COLUMN extra INT64");
  await write(declare("FLOAT64"));
  expect(named(await findings(), "output days")[0]).toMatchObject({
    state: "bad",
    message: expect.stringContaining("`extra` is gone"),
    cure: expect.stringContaining("--allow-schema-change"),
  });
});

test("on target local, no credentials are needed, and all is green", async () => {
  await write();
  const { code, text } = await examine();
  expect(code).toBe(0);
  await expect(`${text}\n`).toMatchFileSnapshot(`${goldens}local.txt`);
});

test("on a cluster's target: what is well, and what its job needs besides", async () => {
  await write();
  const { code, text } = await examine({ target: "prod-gcp", env: onNais });
  expect(code).toBe(0);
  await expect(`${text}\n`).toMatchFileSnapshot(`${goldens}well.txt`);
  expect(text).not.toContain("hunter");
});

test("each thing that is missing is red, with the grant to ask for", async () => {
  await write();
  vault.denied.add("projects/other/secrets/key");
  await server.setGrants([
    { member: anyone, role: "roles/bigquery.metadataViewer" },
    { member: anyone, role: "roles/bigquery.jobUser", on: "analyse-prod" },
  ]);
  const { code, text } = await examine({ target: "prod-gcp", env: onNais });
  expect(code).toBe(1);
  await expect(`${text}\n`).toMatchFileSnapshot(`${goldens}denied.txt`);
});

test("in the pod it is the job itself that asks, and secrets must be there", async () => {
  await write();
  const env = { ...onNais, NAIS_POD_NAME: "apps-per-env-29000000-abcde", NAIS_CLUSTER_NAME: "prod-gcp" };
  await examine({ env, json: true });
  const { target, ok, sections } = JSON.parse(folder.printed.at(-1)!);
  expect({ target, ok }).toEqual({ target: "prod-gcp", ok: false });
  expect(sections.map(({ title }: Section) => title)).toEqual([
    "Google",
    "This machine",
    "Sources",
    "Outputs",
    "Secrets",
  ]);
  expect(named(sections.at(-1).findings, "secret PASSWORD")).toMatchObject([{ state: "bad" }]);
});

test("nothing is changed, and no job is begun", async () => {
  await write();
  await server.clearRequests();
  await findings();
  expect(await server.requests({ writes: true })).toEqual([]);
  expect((await server.requests()).filter(({ startsJob }) => startsJob)).toEqual([]);
  expect(await server.violations()).toEqual([]);
});

describe("of BigQuery it says", () => {
  test("that a dataset is not provisioned yet", async () => {
    await write(pipeline().replace("aggregated.names", "nowhere.names"));
    expect(named(await findings(), "output names")).toMatchObject([
      {
        state: "bad",
        message: "cannot publish to analyse-prod.nowhere: the dataset analyse-prod.nowhere is not provisioned yet",
        cure: expect.stringContaining("Deploy the manifest first"),
      },
    ]);
  });

  test("that outputs lie in different locations", async () => {
    await write(pipeline().replace("aggregated.names", "elsewhere.names"));
    expect(named(await findings(), "locations")).toMatchObject([
      { state: "bad", message: "they differ: output days in europe-north1, output names in US" },
    ]);
  });

  test("that rows set aside lie in another location than the outputs", async () => {
    const check = "columns: { name: { type: STRING, checks: [{ not_null: true, on_fail: quarantine }] } }";
    await write(`${pipeline()}quarantine: { table: elsewhere.aside }\nmodels: { names: { ${check} } }\n`);
    expect(named(await findings(), "quarantine")).toMatchObject([{ state: "good" }]);
    expect(named(await findings(), "locations")).toMatchObject([
      { message: expect.stringContaining("quarantine in US") },
    ]);
  });

  test("what of a source is not as declared", async () => {
    await write(pipeline().replace("columns: { dato: DATE, name: STRING }", "columns: { dato: DATE, nam: STRING }"));
    expect(named(await findings(), "source raw")).toMatchObject([
      { state: "bad", message: expect.stringContaining("has no column `nam`") },
    ]);
  });

  test("that the Storage Read API may not be used: no fault, but slower", async () => {
    await write();
    await server.setGrants([
      { member: anyone, role: "roles/bigquery.dataEditor" },
      { member: anyone, role: "roles/bigquery.jobUser" },
    ]);
    const found = named(await findings(), "source raw");
    expect(found.map(({ state }) => state)).toEqual(["good", "note"]);
    expect(found[1]!.cure).toContain("roles/bigquery.readSessionUser on project analyse-prod");
  });

  test("which permissions on a table that is there are lacking", async () => {
    await write();
    await server.setGrants([
      { member: anyone, role: "roles/bigquery.metadataViewer" },
      { member: anyone, role: "roles/bigquery.dataViewer", on: product },
      { member: anyone, role: "roles/bigquery.user", on: "analyse-prod" },
    ]);
    const [days] = named(await findings(), "output days");
    expect(days!.cure).toContain("roles/bigquery.dataEditor on dataset analyse-prod.aggregated");
  });

  test("that snapshots cannot be made, where `keep` asks for them", async () => {
    const user: Grant = { member: anyone, role: "roles/bigquery.user" };
    const editor: Grant = { member: anyone, role: "roles/bigquery.dataEditor" };
    await write();
    await server.setGrants([user, { ...editor, without: ["bigquery.tables.createSnapshot"] }]);
    expect(named(await findings(), "output days")).toMatchObject([{ state: "good" }]);
    await write(pipeline().replace("table: aggregated.days", "keep: 3, table: aggregated.days"));
    expect(named(await findings(), "output days")).toMatchObject([
      {
        state: "bad",
        message: expect.stringContaining(
          "lacks bigquery.tables.createSnapshot: runs publish, and `keep` keeps nothing",
        ) as string,
        cure: expect.stringContaining("roles/bigquery.dataEditor on dataset") as string,
      },
    ]);
    await server.setGrants([user, editor]);
    expect(named(await findings(), "output days")).toMatchObject([{ state: "good" }]);
  });

  test("that nobody answers, once and not of each table", async () => {
    await write(pipeline().replace(server.endpoint, "http://127.0.0.1:9"));
    const bad = (await findings()).filter(({ state }) => state === "bad");
    expect(bad).toMatchObject([{ name: "network", message: "127.0.0.1 gives no answer" }]);
  });

  test("where the project's name comes from", async () => {
    await write();
    expect(named(await findings(), "project")).toMatchObject([{ message: "analyse-prod (from GCP_TEAM_PROJECT_ID)" }]);
    await write(pipeline().replace("bigquery: { api", "bigquery: { project: analyse-prod, api"));
    expect(named(await findings({ env: {} }), "project")).toMatchObject([
      { message: "analyse-prod (from bigquery.project)" },
    ]);
  });
});

const tenMinutesAgo = () => new Date(Date.now() - 600_000);

describe("of the machine it says", () => {
  test("that its clock is wrong", async () => {
    await write();
    const [clock] = named(await findings({ now: tenMinutesAgo }), "clock");
    expect(clock).toMatchObject({ state: "bad", message: expect.stringMatching(/^(599|600|601) s away from/) });
  });

  test("that Node is too old", async () => {
    await write();
    expect(named(await findings({ node: "20.11.0" }), "Node")).toMatchObject([{ state: "bad" }]);
    expect(named(await findings({ node: "22.18.0" }), "Node")).toMatchObject([{ state: "good" }]);
  });

  test("that there is no Python for a model in Python: a fault here, and none of the cluster's", async () => {
    await write();
    await folder.write("models/days.sql", "SELECT dato FROM counted");
    await folder.write("models/counted.py", "def counted(apps):\n    return apps\n");
    const [local] = named(await findings({ target: "local", env: { PATH: "/nowhere" } }), "programs");
    expect(local).toMatchObject({ state: "bad", message: expect.stringContaining("there is no Python") });
    const [remote] = named(await findings({ env: { ...onNais, PATH: "/nowhere" } }), "programs");
    expect(remote).toMatchObject({ state: "note" });
  });

  test("that a model cannot be read", async () => {
    await write();
    await folder.write("models/days.sql", "SELECT dato FROM nobody");
    expect(named(await findings({ target: "local" }), "models")).toMatchObject([
      { state: "bad", message: expect.stringContaining("nobody") },
    ]);
  });

  test("that a sample is missing, and that the warehouse cannot be written", async () => {
    await write(pipeline().replace("sample: data/raw.csv", "sample: data/none.csv"));
    const found = await findings({ target: "local" });
    expect(named(found, "source raw")).toMatchObject([{ state: "bad", message: expect.stringContaining("none.csv") }]);
    expect(named(found, "source apps")).toMatchObject([{ state: "good" }]);
    // Root may write everywhere.
    if (process.getuid?.() === 0) return;
    await mkdir(`${folder.path}/.nais-etl`);
    await chmod(`${folder.path}/.nais-etl`, 0o555);
    expect(named(await findings({ target: "local" }), "warehouse")).toMatchObject([{ state: "bad" }]);
  });
});
