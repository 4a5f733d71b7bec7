import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import type { Limits } from "../../src/etl/engine/limits.ts";
import type { Why } from "../../src/etl/why/why.ts";
import { takeLock } from "../../src/etl/publish/bigquery/lock.ts";
import { connectBigQuery } from "../../src/etl/connect-bigquery.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import { identifyRun } from "../../src/etl/identity.ts";
import { EtlError } from "../../src/util/error.ts";
import { startSecretServer, type SecretServer } from "../servers/secret-manager/server.ts";
import { realContext } from "../run/context.ts";
import { makeBigQueryLab, type BigQueryLab } from "../run/bigquery/lab.ts";

// Each incident really happens, against the in-repo server: `why` says what it was, and its command mends it. From deploy to
// the next night, with what a pod may use up: test/e2e/incidents.test.ts.

/** What the engine may use, where a test has it use less. */
const bounds = vi.hoisted((): Partial<Limits> => ({}));

vi.mock(import("../../src/etl/engine/limits.ts"), async (load) => {
  const limits = await load();
  return { ...limits, readLimits: async (...asked) => ({ ...(await limits.readLimits(...asked)), ...bounds }) };
});

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let lab: BigQueryLab;
let secrets: SecretServer;

beforeAll(async () => {
  lab = await makeBigQueryLab();
  secrets = await startSecretServer();
});

afterAll(async () => {
  await secrets.stop();
  await lab.remove();
});

beforeEach(async () => {
  await lab.next();
  await lab.server.dataset(`${lab.dataset}_src`, "europe-north1");
});

afterEach(async () => {
  await lab.server.clearFaults();
  await lab.server.setGrants(undefined);
});

const checks = [{ freshness: { column: "seen", within: "36h" } }];

function sourceTable(): string {
  return `${lab.dataset}_src.rows`;
}

async function fill(rows = 3, more = ""): Promise<void> {
  await lab.server.sql(`CREATE OR REPLACE TABLE ${sourceTable()} AS
    SELECT id, CONCAT('Tromsø', CAST(id AS STRING)) AS town, CURRENT_TIMESTAMP() AS seen FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS id${more}`);
}

const columns = { id: { type: "INT64", checks: ["not_null", "unique"] }, town: "STRING" };

async function write(model = "SELECT id, town FROM rows", more: object = {}): Promise<void> {
  const source = {
    type: "bigquery",
    table: sourceTable(),
    columns: { id: "INT64", town: "STRING", seen: "TIMESTAMP" },
  };
  await lab.write(model, {}, { sources: { rows: { ...source, checks } }, models: { t: { columns } }, ...more });
}

/** A good run, to compare with. */
async function goodRun(env: Record<string, string> = {}): Promise<void> {
  await fill();
  await write();
  expect(await lab.run({}, { env })).toMatchObject({ code: 0 });
}

async function typed(command: string): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const { path: folder } = lab.folder;
  const context = realContext({
    folder,
    tmpdir: `${folder}/tmp`,
    env: { ...lab.env, PATH: process.env["PATH"]! },
    write: (line) => void lines.push(line),
  });
  const [, ...args] = command.split(" ");
  try {
    return { code: await createProgram(context).run(args), text: lines.join("") };
  } catch (error) {
    if (error instanceof EtlError) return { code: error.exitCode, text: error.message };
    throw error;
  }
}

async function why(): Promise<Why> {
  const { text } = await typed("nais-etl why --target prod --json");
  // Readers of the log, the comment and the chat are many.
  expect(text).not.toMatch(/Tromsø\d/);
  return JSON.parse(text) as Why;
}

/** Types the command that `why` has named; what it has mended is good then. */
async function mend({ mend: told }: Why, command: string): Promise<void> {
  expect(told?.command).toBe(command);
  expect(await typed(command)).toMatchObject({ code: 0 });
  const after = await why();
  expect([after.cause.kind, after.since, after.mend]).toEqual(["good", undefined, undefined]);
}

const again = "nais-etl run --target prod";
const stillGood = [{ output: "t", rows: 3, age_seconds: expect.any(Number) as number }];

test("1: a source that is late", async () => {
  await goodRun();
  await lab.server.sql(`UPDATE ${sourceTable()} SET seen = TIMESTAMP '2020-01-01 00:00:00+00' WHERE TRUE`);
  expect((await lab.run()).code).toBe(3);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "late", what: expect.stringContaining("`rows`") as string },
    checks: [{ table: "rows", check: expect.stringContaining("freshness") as string }],
    since: { runs: 1, status: "failed", exit_code: 3 },
    last_good: { status: "succeeded" },
    readers: stillGood,
  });
  await fill();
  await mend(found, again);
});

test("2: a column that the source has lost", async () => {
  await goodRun();
  await lab.server.sql(`CREATE OR REPLACE TABLE ${sourceTable()} AS SELECT 1 AS id, CURRENT_TIMESTAMP() AS seen`);
  expect((await lab.run()).code).toBe(2);
  expect((await lab.run()).code).toBe(2);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "source-changed", what: expect.stringContaining("no column `town`") as string },
    since: { runs: 2 },
    readers: stillGood,
    mend: { first: expect.stringContaining("remove it here") as string },
  });
  await fill();
  await mend(found, again);
});

test("3: rows that are there twice", async () => {
  await goodRun();
  await fill(3, ", UNNEST([1, 2])");
  expect((await lab.run()).code).toBe(3);
  const found = await why();
  expect(found).toMatchObject({
    cause: {
      kind: "doubled",
      what: expect.stringMatching(/`rows` gave 6 rows, and 3 to the last good run; check `unique/) as string,
    },
    changes: expect.arrayContaining([
      { kind: "rows", what: "rows of source rows", before: "3", after: "6" },
    ]) as object[],
    readers: stillGood,
  });
  await fill();
  await mend(found, again);
});

test("4: a check that failed", async () => {
  await goodRun();
  await lab.server.sql(`UPDATE ${sourceTable()} SET id = NULL WHERE id = 3`);
  expect((await lab.run()).code).toBe(3);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "check", what: expect.stringContaining("`not_null(id)` of `t`") as string },
    checks: [{ table: "t", offending: 1 }],
    readers: stillGood,
  });
  await fill();
  await mend(found, again);
});

test("5: a secret whose version is no more", async () => {
  const name = "projects/p/secrets/api";
  const newest = { data: "hunter2-hunter2" };
  secrets.secrets[name] = [newest];
  const api = createServer((_request, response) => void response.end('[{"id":1,"town":"Bodø"}]')).listen(
    0,
    "127.0.0.1",
  );
  await once(api, "listening");
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/towns`;
  const headers = { authorization: "Bearer ${secret:API}" };
  await lab.write(
    "SELECT id, town FROM towns",
    {},
    {
      sources: { towns: { type: "http", url, headers, columns: { id: "INT64", town: "STRING" } } },
      secrets: { API: { from: "google-secret-manager", name, endpoint: secrets.url } },
    },
  );
  expect(await lab.run()).toMatchObject({ code: 0 });
  secrets.secrets[name] = [{ ...newest, state: "DISABLED" }];
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "secret", what: expect.stringContaining("is disabled") as string },
    readers: [{ output: "t", rows: 1 }],
    mend: { first: expect.stringContaining("gcloud secrets versions enable 1") as string },
  });
  secrets.secrets[name] = [newest];
  await mend(found, again);
  api.close();
});

test("6: a grant that was taken away", async () => {
  await goodRun();
  const { project } = lab.server;
  const member = "anonymous";
  await lab.server.setGrants([
    { member, role: "roles/bigquery.jobUser", on: project },
    { member, role: "roles/bigquery.dataEditor", on: `${project}.${lab.dataset}` },
  ]);
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "grant", what: expect.stringContaining(`${lab.dataset}_src.rows`) as string },
    readers: stillGood,
    mend: { first: expect.stringContaining("roles/bigquery.dataViewer") as string },
  });
  await lab.server.setGrants(undefined);
  await mend(found, again);
});

test("7: a quota that is used up", async () => {
  await goodRun();
  await lab.server.fault({ on: { method: "jobs.insert", kind: "load" }, action: "quota", times: 20 });
  await lab.server.fault({ on: { kind: "upload-start" }, action: "quota", times: 20 });
  expect((await lab.run()).code).toBe(1);
  await lab.server.clearFaults();
  const found = await why();
  expect(found).toMatchObject({ cause: { kind: "quota" }, readers: stillGood });
  await mend(found, again);
});

/** Holds 128 characters of each of many rows, besides what the model gives. */
const greedy = (held: string) => `WITH many AS MATERIALIZED (
    SELECT range AS n, repeat('x', 128) || range AS pad FROM range(600000))
  SELECT id, town FROM rows WHERE (SELECT ${held} FROM many) > 0`;

test("8: memory that the engine does not have", async () => {
  await goodRun();
  await write(greedy("length(string_agg(pad, ''))"));
  bounds.memory = 64 * 1024 ** 2;
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "memory" },
    readers: stillGood,
    mend: { first: expect.stringMatching(/memory: \d+Mi|memory: 1Gi/) as string },
  });
  delete bounds.memory;
  await mend(found, again);
});

/** Kills a run for good while a request of its waits. */
async function killRun(): Promise<void> {
  await lab.server.fault({ on: { body: "COMMIT TRANSACTION" }, action: "hold" });
  const child = spawn(process.execPath, [main, "run", "--target", "prod"], {
    cwd: lab.folder.path,
    env: { ...lab.env, PATH: process.env["PATH"], TMPDIR: `${lab.folder.path}/tmp`, HOME: lab.folder.path },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  // The first such transaction begins the run; the second would publish it.
  await expect.poll(() => lab.server.held(), { timeout: 30_000, interval: 50 }).toBe(1);
  await lab.server.release();
  await lab.server.fault({ on: { body: "COMMIT TRANSACTION" }, action: "drop", times: 5 });
  await expect
    .poll(() => lab.values("SELECT status FROM DATASET._nais_etl_runs"), { timeout: 30_000 })
    .toContain("running");
  child.kill("SIGKILL");
  await ended;
  await lab.server.clearFaults();
}

test("9: a pod that was killed", async () => {
  await goodRun();
  await killRun();
  const found = await why();
  expect(found).toMatchObject({ run: { status: "running" }, cause: { kind: "killed" }, readers: stillGood });
  await mend(found, again);
});

test("8 again: a pod that was killed near its limit of memory", async () => {
  await goodRun();
  await write("SELECT id, town FROM rows", {
    nais: { resources: { limits: { memory: "64Mi" }, requests: { memory: "32Mi" } } },
  });
  await killRun();
  const found = await why();
  expect(found.cause).toMatchObject({
    kind: "memory",
    what: expect.stringMatching(/it came to \d+Mi of 64Mi/) as string,
  });
  await write();
  await mend(found, again);
});

test("10: a destination whose columns somebody has changed", async () => {
  await goodRun();
  await lab.server.sql(`ALTER TABLE ${lab.dataset}.t ADD COLUMN extra INT64`);
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "destination-schema", what: expect.stringContaining("`extra` is gone") as string },
    readers: stillGood,
  });
  await mend(found, `${again} --allow-schema-change`);
});

test("10b: a destination with a column that BigQuery cannot turn into what the model gives", async () => {
  await goodRun();
  await lab.server.sql(`DROP TABLE ${lab.dataset}.t; CREATE TABLE ${lab.dataset}.t (id FLOAT64, town STRING)`);
  for (const options of [{}, { allowSchemaChange: true }]) {
    expect((await lab.run(options)).code).toBe(2);
    expect(await why()).toMatchObject({
      cause: {
        kind: "destination-schema",
        what: expect.stringContaining("BigQuery cannot turn `id` from FLOAT64 into INT64") as string,
      },
      mend: { first: expect.stringContaining("Declare `id` as `FLOAT64`") as string, command: again },
    });
  }
  await write("SELECT id::DOUBLE AS id, town FROM rows", {
    models: { t: { columns: { ...columns, id: "FLOAT64" } } },
  });
  await mend(await why(), again);
});

const deployed = { NAIS_ETL_REVISION: "aaaaaaa", NAIS_APP_IMAGE: "europe/team/lab:1" };

test("11: a deploy with a mistake in it", async () => {
  await goodRun(deployed);
  await write("SELECT id, CAST(town AS INT) AS town FROM rows");
  const env = { NAIS_ETL_REVISION: "bbbbbbb", NAIS_APP_IMAGE: "europe/team/lab:2" };
  expect((await lab.run({}, { env })).code).not.toBe(0);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "deploy", what: expect.stringContaining("revision aaaaaaa → bbbbbbb") as string },
    changes: expect.arrayContaining([
      { kind: "image", what: "image", before: "europe/team/lab:1", after: "europe/team/lab:2" },
    ]) as object[],
    mend: {
      command: "nais-etl deploy --target prod --image europe/team/lab:1 --revision aaaaaaa --wait run",
      afterwards: expect.stringMatching(/^`git switch -` goes back .* Mend or revert/) as string,
    },
    readers: stillGood,
  });
  // What that deploy brings back, runs again.
  await write("SELECT id, town FROM rows", { egress: ["bigquery.example.com"] });
  expect(await typed(`${found.mend!.command} --dry-run`)).toMatchObject({
    code: 0,
    text: expect.stringContaining("europe/team/lab:1") as string,
  });
  expect((await lab.run({}, { env: deployed })).code).toBe(0);
  expect((await why()).cause.kind).toBe("good");
});

test("a check that fails after a deploy: the good image is proposed as well, with its commit and the way back", async () => {
  await goodRun(deployed);
  await write("SELECT 1 AS id, town FROM rows");
  const env = { NAIS_ETL_REVISION: "bbbbbbb", NAIS_APP_IMAGE: "europe/team/lab:2" };
  expect((await lab.run({}, { env })).code).toBe(3);
  const instead = {
    first: "Go to the commit of the last good run: `git checkout aaaaaaa`. The manifest is made of the files here.",
    command: "nais-etl deploy --target prod --image europe/team/lab:1 --revision aaaaaaa --wait run",
    afterwards:
      "`git switch -` goes back to where you were. Mend or revert what was deployed: the next push brings it back.",
  };
  expect(await why()).toMatchObject({
    cause: { kind: "check", what: expect.stringContaining("since a deploy: revision aaaaaaa → bbbbbbb") as string },
    mend: { command: "nais-etl trigger --wait --target prod", instead },
  });
  const { text } = await typed("nais-etl why --target prod");
  expect(text).toContain(`  nais-etl trigger --wait --target prod
Or, if the deploy is at fault, back to the image of the last good run.
First: Go to the commit of the last good run: \`git checkout aaaaaaa\`. The
manifest is made of the files here.
Then:
  ${instead.command}
Afterwards: \`git switch -\` goes back to where you were. Mend or revert what was
deployed: the next push brings it back.`);
});

test("12: an image that nobody has deployed", async () => {
  await goodRun(deployed);
  await write("SELECT id, CAST(town AS INT) AS town FROM rows");
  expect((await lab.run({}, { env: { ...deployed, NAIS_APP_IMAGE: "europe/team/other:9" } })).code).not.toBe(0);
  expect(await why()).toMatchObject({
    cause: { kind: "image", what: expect.stringContaining("europe/team/other:9") as string },
    mend: { command: "nais-etl deploy --target prod --image europe/team/lab:1 --revision aaaaaaa --wait run" },
    readers: stillGood,
  });
});

test("what ran in the cluster is run there again, after a deploy of what has to change; what never ran, is deployed", async () => {
  await fill();
  await write();
  const never = await why();
  expect(never).toMatchObject({
    cause: { kind: "never-ran" },
    mend: {
      first: expect.stringMatching(/^Deploy it, .*`nais-etl deploy --target prod --image …`/) as string,
      command: "nais-etl trigger --wait --target prod",
    },
  });
  await lab.server.sql(`UPDATE ${sourceTable()} SET id = 1 WHERE TRUE`);
  for (const job of ["lab-manual-20261121224501", "lab-29663310"]) {
    expect((await lab.run({}, { env: { NAIS_POD_NAME: `${job}-abcde` } })).code).toBe(3);
    expect(await why()).toMatchObject({
      run: { execution: job },
      cause: { kind: "check" },
      mend: {
        first: expect.stringContaining("nais-etl deploy --target prod --image") as string,
        command: "nais-etl trigger --wait --target prod",
      },
    });
  }
});

test("13: a lock that another run holds", async () => {
  await goodRun();
  const { path: folder } = lab.folder;
  const context = realContext({ folder, tmpdir: `${folder}/tmp`, env: lab.env, host: "another-host" });
  const pipeline = await loadPipeline({ file: `${folder}/pipeline.yaml`, cwd: folder, target: "prod" });
  const identity = identifyRun({ pipeline, label: undefined, context });
  const client = await connectBigQuery({ pipeline, identity, context, values: { params: {}, interval: undefined } })();
  const name = { project: lab.server.project, dataset: lab.dataset, table: "_nais_etl_lock_lab" };
  const pace = { lease: 6000, renewEvery: 60_000, pollEvery: 100 };
  const lock = { client, name, pipeline: "lab", execution: "lab-28383838", session: "s", wait: 0, pace };
  const release = await takeLock({ ...lock, onLost: () => undefined });
  expect((await lab.run({ waitLock: "1s" })).code).toBe(5);
  const found = await why();
  expect(found).toMatchObject({
    cause: {
      kind: "stuck",
      what: expect.stringContaining("lab-28383838 on another-host holds the pipeline") as string,
    },
    readers: stillGood,
  });
  // Nobody renews its lease: the command waits until it has run out.
  await mend(found, `${again} --wait-lock 10m`);
  await release();
});

test("14: a disk that has no room for what the engine puts there", async () => {
  await goodRun();
  await write(greedy("count(*) + count(pad)"));
  Object.assign(bounds, { memory: 64 * 1024 ** 2, temporary: 1024 ** 2 });
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found).toMatchObject({
    cause: { kind: "disk" },
    readers: stillGood,
    mend: { first: expect.stringContaining("less goes to the pod's disk then") as string },
  });
  delete bounds.temporary;
  await mend(found, again);
  delete bounds.memory;
});

test("15: nothing wrong", async () => {
  await goodRun();
  const found = await why();
  expect(found).toMatchObject({ cause: { kind: "good" }, failed: [], readers: stillGood });
  expect([found.since, found.mend]).toEqual([undefined, undefined]);
  const { text } = await typed("nais-etl why --target prod");
  expect(text).toContain("Nothing is to be mended.");
});

test("and what no check has caught: twice the rows, published", async () => {
  await fill();
  await write("SELECT id, town FROM rows", {
    outputs: { t: { type: "bigquery", table: `${lab.dataset}.t`, keep: 2 } },
  });
  expect((await lab.run()).code).toBe(0);
  await fill(6);
  expect((await lab.run()).code).toBe(0);
  const found = await why();
  expect(found.cause).toMatchObject({ kind: "doubled", what: expect.stringContaining("it was published") as string });
  expect(found.readers).toMatchObject([{ rows: 6 }]);
  const command = found.mend!.command;
  expect(command).toMatch(/^nais-etl rollback t --target prod --to \S+$/);
  expect(await typed(`${command} --yes`)).toMatchObject({ code: 0 });
  expect(await lab.values("SELECT COUNT(*) FROM DATASET.t")).toEqual(["3"]);
  expect(await why()).toMatchObject({ cause: { kind: "rolled-back" }, readers: [{ rows: 3 }] });
});

test("and a run that never started: its image is not there, or the job is gone", async () => {
  await goodRun();
  await write("SELECT id, town FROM rows", { schedule: { cron: "* * * * *" } });
  const { path: folder } = lab.folder;
  const later = {
    ...realContext({ folder, tmpdir: `${folder}/tmp`, env: lab.env }),
    now: () => new Date(Date.now() + 7_200_000),
  };
  const lines: string[] = [];
  await createProgram({ ...later, print: (text) => void lines.push(text) }).run(["why", "--target", "prod", "--json"]);
  expect(JSON.parse(lines.join(""))).toMatchObject({
    cause: { kind: "overdue" },
    mend: { command: "nais-etl status --target prod" },
  });
});

test.each([
  [{}, /gcp\.bigQueryDatasets[^]*nais-etl deploy --target prod --image …/],
  [{ managed: false }, /^Ask who makes it[^]*`bq --location=EU mk --dataset test-project:\w+_gone`/],
])("a first run whose dataset is not there: %j", async (dataset, first) => {
  await fill();
  const spec = { bigquery: { project: lab.server.project, api_endpoint: "${env:BIGQUERY}", location: "EU" } };
  await lab.write("SELECT 1 AS id", { table: `${lab.dataset}_gone.t`, dataset }, spec);
  expect((await lab.run()).code).toBe(1);
  const found = await why();
  expect(found.run).toBeUndefined();
  expect(found).toMatchObject({
    cause: { kind: "dataset", what: expect.stringMatching(/_gone is not there.*no run can begin/) as string },
    readers: [{ output: "t" }],
    mend: { first: expect.stringMatching(first) as string, command: "nais-etl trigger --wait --target prod" },
  });
  const { text } = await typed("nais-etl why --target prod");
  expect(text).toContain("lab on prod: a dataset is not there");
  expect(text).toMatch(/readers see +t: nothing was published yet/);
  await lab.server.dataset(`${lab.dataset}_gone`, "europe-north1");
  expect((await lab.run()).code).toBe(0);
  expect((await why()).cause.kind).toBe("good");
});

test("a later output whose dataset is not there: earlier runs are told all the same", async () => {
  await goodRun();
  const more = { type: "bigquery", table: `${lab.dataset}_gone.t`, model: "t" };
  await write(undefined, { outputs: { t: { type: "bigquery", table: `${lab.dataset}.t` }, more } });
  expect((await lab.run()).code).toBe(1);
  expect(await why()).toMatchObject({
    cause: { kind: "dataset", what: expect.stringMatching(/_gone is not there/) as string },
    run: { status: "succeeded" },
    readers: [...stillGood, { output: "more" }],
  });
});
