import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../src/commands/run.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { createLogger } from "../../../src/util/log.ts";
import { readingEffects } from "../effects.ts";

// Reading writes little: the job of a query, and a table where its result is too large to lie aside.

let server: BigQueryServer;
let folder: Folder;

beforeAll(async () => {
  server = await startBigQueryServer({ location: "EU", datasets: [{ name: "d" }, { name: "mine" }] });
  await server.sql(`
    CREATE TABLE d.apps (name STRING, seen TIMESTAMP);
    INSERT INTO d.apps VALUES ('a', TIMESTAMP '2026-11-05 09:30:00'), ('b', TIMESTAMP '2026-11-05 09:30:00');
    CREATE VIEW d.view AS SELECT * FROM d.apps;`);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clearRequests();
  await server.clearFaults();
  folder = await makeFolder();
  return () => folder.remove();
});

async function write(model = "SELECT name FROM apps"): Promise<void> {
  await folder.write(
    "pipeline.yaml",
    `name: trial
interval: day
bigquery: { project: test-project, api_endpoint: "${server.endpoint}", state: mine }
sources:
  apps:
    type: bigquery
    table: d.view
    columns: { name: STRING, seen: TIMESTAMP }
    checks: [{ freshness: { column: seen, within: 1000d, wait: 1s } }]
outputs:
  apps: { type: file, path: out/apps.parquet, write: append }
  result: { type: file, path: out/result.parquet, write: append }
`,
  );
  await folder.write("models/result.sql", model);
}

const queries = async () =>
  (await server.requests({ method: "jobs.insert", kind: "query" }))
    .filter(({ body }) => !JSON.stringify(body).includes("dryRun") && !JSON.stringify(body).includes("AS newest"))
    .map(({ status }) => status);

let job = 29_000_000;
beforeEach(() => void (job += 1440));

/** A start in a pod of the same Job, unless another one is named. */
async function runPod(pod: string, options: { job?: number; interval?: string } = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const { now } = folder.context;
  const log = createLogger({ write, format: "text", verbose: false, colour: false, now });
  const env = { NAIS_POD_NAME: `trial-${options.job ?? job}-${pod}`, NAIS_CLUSTER_NAME: "prod-gcp" };
  const context = { ...folder.context, now: () => new Date(), env, log };
  const code = await run({ target: "prod-gcp", interval: options.interval ?? "2022-01-20" }, context);
  return { code, text: lines.join("") };
}

const tooLarge = {
  reason: "responseTooLarge",
  message: "Response too large to return. Consider specifying a destination table.",
};

test("every side effect of reading is in the list, and every effect of the list is seen", async () => {
  await write();
  const seen = new Set<string>();
  const stop = new AbortController();
  const attempt = (interval: string, signal: AbortSignal) =>
    run(
      { target: "prod-gcp", interval },
      { ...folder.context, now: () => new Date(), signal, effect: (name, act) => (seen.add(name), act()) },
    );
  await server.fault({ on: { body: "`name`" }, action: "fail-job", nth: 2, error: tooLarge });
  await attempt("2022-01-20", stop.signal);
  // The second is stopped while its query runs.
  await server.fault({ on: { body: "`name`", kind: "query" }, action: "slow-job", nth: 2, milliseconds: 5000 });
  const stopped = attempt("2022-01-21", stop.signal);
  setTimeout(() => stop.abort(new Error("stopped")), 1500);
  await stopped.catch(() => undefined);
  const names = [...seen].filter((name) => /^(source|job)\./.test(name));
  expect(names.toSorted()).toEqual(Object.keys(readingEffects).toSorted());
});

describe("a query's result", () => {
  test("is taken up by a later pod of the same Job, and by no other", async () => {
    await write("SELECT error('no') AS name FROM apps");
    expect((await runPod("aaaaa")).code).toBe(1);
    await write();
    const { code, text } = await runPod("bbbbb");
    expect(code).toBe(0);
    expect(text).toContain("source apps: the result of an earlier start is taken up");
    expect(await queries()).toEqual([200, 409]);
    await runPod("aaaaa", { job: job + 1, interval: "2022-01-21" });
    expect(await queries()).toEqual([200, 409, 200]);
  });

  test("is taken up where the answer to its beginning was lost", async () => {
    await write();
    await server.fault({
      on: { method: "jobs.insert", kind: "query", body: "maximumBytesBilled|`name`" },
      nth: 2,
      action: "lose-answer",
    });
    expect((await runPod("aaaaa")).code).toBe(0);
  });

  test("that is gone is made anew", async () => {
    await write("SELECT error('no') AS name FROM apps");
    await runPod("aaaaa");
    const [first] = await server.requests({ method: "tables.get", target: "anon" });
    await server.sql(`DROP TABLE \`${first!.target}\``);
    await write();
    expect((await runPod("bbbbb")).code).toBe(0);
    expect(await queries()).toEqual([200, 409, 200]);
  });

  test("that is too large to lie aside goes into a table that is removed", async () => {
    await write();
    await server.fault({ on: { body: "`name`" }, action: "fail-job", nth: 2, error: tooLarge });
    expect((await runPod("aaaaa")).code).toBe(0);
    const [made] = await server.requests({ method: "tables.patch" });
    expect(made).toMatchObject({
      target: expect.stringMatching(/mine\._nais_etl_source_trial_apps_/),
      body: { expirationTime: expect.any(String) },
    });
    const tables = await server.sql("SELECT table_name FROM mine.INFORMATION_SCHEMA.TABLES").catch(() => []);
    expect(tables).toEqual([]);
    expect(await server.requests({ method: "tables.delete" })).toMatchObject([{ target: made!.target }]);
  });
});
