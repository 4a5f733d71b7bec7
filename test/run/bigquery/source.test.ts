import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder, type RunFolder } from "../../support/run.ts";
import { openEngine } from "../../support/engine.ts";

let server: BigQueryServer;
let folder: Folder;

beforeAll(async () => {
  server = await startBigQueryServer({ location: "europe-north1", datasets: [{ name: "products" }, { name: "mine" }] });
  await server.sql(`
    CREATE TABLE products.apps (dato DATE, cluster STRING, name STRING, team STRING);
    INSERT INTO products.apps
      SELECT DATE '2022-01-20', IF(MOD(n, 3) = 0, 'dev-gcp', 'prod-gcp'), CONCAT('app-', CAST(n AS STRING)), 'team'
      FROM UNNEST(GENERATE_ARRAY(1, 9)) AS n;
    INSERT INTO products.apps VALUES (DATE '2022-01-19', 'dev-gcp', 'old', NULL);
    CREATE VIEW products.apps_view AS SELECT * FROM products.apps;`);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clearRequests();
  await server.clearFaults();
  folder = await makeFolder();
  return () => folder.remove();
});

interface Trial {
  source: string;
  model?: string;
  head?: string;
  output?: string;
}

async function write({ source, model = "SELECT * FROM apps", head = "", output }: Trial): Promise<void> {
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
  result: ${output ?? "{ type: file, path: out/result.parquet }"}
`,
  );
  await folder.write("models/result.sql", model);
}

const run = (options: RunFolder = {}) => runFolder(folder, { target: "prod-gcp", ...options });

/** Runs what must go well. */
async function ran(options: RunFolder = {}) {
  const outcome = await run(options);
  expect(outcome.record.problems).toEqual([]);
  expect(outcome.code).toBe(0);
  return outcome;
}

/** Rows of the result, in the order of their values. */
async function result(): Promise<unknown[]> {
  const db = await openEngine();
  try {
    return await db.query(`SELECT * FROM '${folder.path}/out/result.parquet' ORDER BY ALL`);
  } finally {
    db.close();
  }
}

const methods = async () =>
  (await server.requests()).map(({ method, kind, body }) => {
    const isDry = (body as { configuration?: { dryRun?: boolean } } | undefined)?.configuration?.dryRun;
    return `${method}${kind ? ` ${kind}` : ""}${isDry ? " dry" : ""}`;
  });

const perCluster = "SELECT cluster, count(*) AS n FROM apps GROUP BY cluster";

test("a small table comes in pages, with the declared columns only, and is read once", async () => {
  await write({
    source: "table: products.apps\ncolumns: { name: STRING, dato: DATE }",
    model: "SELECT dato, count(*) AS n, count(DISTINCT name) AS names FROM apps GROUP BY dato",
  });
  const { record, text } = await ran();
  expect(text).toContain("source apps: not declared, and not read: cluster, team");
  expect(await result()).toEqual([
    { dato: "2022-01-19", n: 1, names: 1 },
    { dato: "2022-01-20", n: 9, names: 9 },
  ]);
  expect(await methods()).toEqual(["tables.get", "tabledata.list"]);
  expect(record.sources).toMatchObject([{ name: "apps", status: "done", rows: 10, bytes_billed: 0 }]);
});

test("a source that is published as it is comes whole", async () => {
  await write({ source: "table: products.apps", output: "{ type: file, path: out/result.parquet, model: apps }" });
  await folder.write("models/result.sql", "SELECT 1 AS one FROM apps");
  await ran();
  expect(await result()).toHaveLength(10);
});

describe("a view", () => {
  test("is read by a query with named parameters, and its result in pages", async () => {
    await write({
      head: "interval: day\nparams: { like: { type: STRING, default: app-% } }",
      source: "table: products.apps_view\nwhere: dato = @interval_start AND name LIKE @like -- @nobody",
      model: perCluster,
      output: "{ type: file, path: out/result.parquet, write: append }",
    });
    await ran({ interval: "2022-01-20" });
    expect(await result()).toEqual([
      { cluster: "dev-gcp", n: 3 },
      { cluster: "prod-gcp", n: 6 },
    ]);
    expect((await methods()).filter((method) => method !== "jobs.get")).toEqual([
      "tables.get",
      "jobs.insert query dry",
      "jobs.insert query",
      "tables.get",
      "jobs.getQueryResults",
    ]);
    const [, query] = await server.requests({ method: "jobs.insert" });
    expect(query!.body).toMatchObject({
      jobReference: { location: "europe-north1" },
      configuration: {
        labels: { pipeline: "trial", run: "2022-01-20" },
        query: {
          useLegacySql: false,
          parameterMode: "NAMED",
          queryParameters: [
            { name: "interval_start", parameterType: { type: "DATE" }, parameterValue: { value: "2022-01-20" } },
            { name: "like", parameterType: { type: "STRING" }, parameterValue: { value: "app-%" } },
          ],
        },
      },
    });
  });

  test("a name that has no value is told before anything runs", async () => {
    await write({
      source: "table: products.apps_view\nwhere: dato = @intervall_start",
      head: "interval: day",
      output: "{ type: file, path: out/r.parquet, write: append }",
    });
    const { code, record } = await run();
    expect(code).toBe(2);
    expect(record.problems).toMatchObject([
      {
        message: "there is no value for `@intervall_start`",
        hint: "Did you mean `interval_start`?",
        where: { file: "pipeline.yaml", line: 8 },
      },
    ]);
  });
});

describe("a query", () => {
  test("runs as it is written, and its bytes are recorded", async () => {
    await write({
      source:
        "query: |\n  SELECT cluster, COUNT(*) AS n\n  FROM products.apps GROUP BY cluster; -- reduced\ncolumns: { n: INT64, cluster: STRING }",
    });
    const { record } = await ran();
    expect(await result()).toEqual([
      { n: 4, cluster: "dev-gcp" },
      { n: 6, cluster: "prod-gcp" },
    ]);
    expect(record.sources[0]!.bytes_billed).toBeGreaterThan(0);
  });

  test("that is no SELECT is refused before it runs", async () => {
    await write({ source: "query: DELETE FROM products.apps WHERE TRUE" });
    const { code, record } = await run();
    expect(code).toBe(2);
    expect(record.problems).toMatchObject([
      { message: "`query` of the source `apps` is a DELETE statement: a source only reads" },
    ]);
    expect(await methods()).toEqual(["jobs.insert query dry"]);
  });

  test("with a limit brings no more rows than that", async () => {
    await write({ source: "query: SELECT name FROM products.apps" });
    await run({ limit: 3 });
    const [, query] = await server.requests({ method: "jobs.insert" });
    expect(query!.body).toMatchObject({
      configuration: { query: { query: "SELECT `name`\nFROM (\nSELECT name FROM products.apps\n)\nLIMIT 3" } },
    });
  });

  test("that cannot be right is an error of the file, without its literals", async () => {
    await write({ source: "query: SELECT nam FROM products.apps WHERE name = 'Ola Nordmann'" });
    const { code, record } = await run();
    expect(code).toBe(2);
    expect(record.problems[0]).toMatchObject({ where: { file: "pipeline.yaml", line: 7 } });
    expect(record.problems[0]!.message).toMatch(/\[source apps\] cannot query `query` of apps: Unrecognized name: nam/);
  });

  test("that a row breaks is no error of the file: it was found right, and the next pod may find other rows", async () => {
    await write({ source: "query: SELECT CAST(name AS INT64) AS n FROM products.apps" });
    const { code, record } = await run();
    expect(code).toBe(1);
    expect(record.problems).toMatchObject([
      {
        message: "[source apps] cannot query `query` of apps: Bad int64 value",
        hint: expect.stringContaining("a value of a row is not what it expects"),
        where: { file: "pipeline.yaml", line: 7 },
      },
    ]);
  });
});

describe("the budget", () => {
  test("stops a run before anything is read", async () => {
    await write({ head: "budget: { run: 10 B }", source: "query: SELECT name FROM products.apps" });
    const { code, record } = await run();
    expect(code).toBe(1);
    expect(record.problems[0]!.message).toMatch(
      /^\[budget\] the run would be billed 10\.5 MB, and its budget is 10 B: apps 10\.5 MB$/,
    );
    expect(await methods()).toEqual(["jobs.insert query dry"]);
  });

  test("caps each query", async () => {
    await write({ head: "budget: { run: 1 GB }", source: "query: SELECT name FROM products.apps" });
    await ran();
    const [, query] = await server.requests({ method: "jobs.insert" });
    expect(query!.body).toMatchObject({ configuration: { query: { maximumBytesBilled: "1000000000" } } });
  });
});

describe("a source that is not what was declared", () => {
  test("is told by name, all columns at once, before anything is read", async () => {
    await write({ source: "table: products.apps\ncolumns: { nam: STRING, dato: STRING, team: STRING }" });
    const { code, record } = await run();
    expect(code).toBe(2);
    expect(record.problems.map(({ message }) => message)).toEqual([
      "the source `apps` has no column `nam` (STRING): test-project.products.apps lacks it",
      "the column `dato` of the source `apps` is DATE in test-project.products.apps, and declared STRING",
    ]);
    expect(record.problems[1]!.where).toMatchObject({ file: "pipeline.yaml", line: 8 });
    expect(await methods()).toEqual(["tables.get"]);
  });

  test("holds longer values than it promises", async () => {
    await write({ source: "table: products.apps\ncolumns: { cluster: STRING(7), name: STRING(3) }" });
    const { code, record } = await run();
    expect(code).toBe(2);
    expect(record.problems.map(({ message }) => message)).toEqual([
      "6 values of the column `cluster` of the source `apps` are no STRING(7)",
      "9 values of the column `name` of the source `apps` are no STRING(3)",
    ]);
  });
});

describe("what BigQuery refuses", () => {
  test("a table that is not there", async () => {
    await write({ source: "table: products.gone" });
    expect((await run()).record.problems).toMatchObject([
      {
        message:
          "[source apps] cannot read products.gone: there is no test-project.products.gone, or it may not be seen",
        where: { file: "pipeline.yaml", line: 7 },
      },
    ]);
  });

  test("data without a grant: who needs which, on what", async () => {
    await server.setGrants([
      { member: "anonymous", role: "roles/bigquery.metadataViewer" },
      { member: "anonymous", role: "roles/bigquery.jobUser" },
    ]);
    try {
      await write({ source: "table: products.apps_view" });
      const [problem] = (await run()).record.problems;
      expect(problem!.hint).toContain("Ask for roles/bigquery.dataViewer on table test-project.products.apps");
    } finally {
      await server.setGrants(undefined);
    }
  });

  test("a query in another location than its tables", async () => {
    await write({ source: "query: SELECT name FROM products.apps\nlocation: US" });
    const [problem] = (await run()).record.problems;
    expect(problem!.message).toMatch(/is not in location US/);
    expect(problem!.hint).toContain("`location:`");
  });
});

describe("a cursor", () => {
  const output = "{ type: file, path: out/result.parquet, write: append }";

  test("reads what is new since the last published run, and everything when it is forced", async () => {
    await server.sql(
      "CREATE OR REPLACE TABLE products.log (id INT64, seen TIMESTAMP); INSERT INTO products.log VALUES (1, TIMESTAMP '2022-01-20 07:00:00.123456'), (2, NULL)",
    );
    await server.sql("CREATE OR REPLACE VIEW products.log_view AS SELECT * FROM products.log");
    await write({ source: "table: products.log_view\ncursor: { column: seen }", output });
    await ran();
    await ran();
    await server.sql("INSERT INTO products.log VALUES (3, TIMESTAMP '2022-01-20 07:00:00.123457')");
    await ran();
    expect((await result()).map((row) => (row as { id: number }).id)).toEqual([1, 2, 3]);
  });

  test("keeps its mark where a run fails", async () => {
    await server.sql(
      "CREATE OR REPLACE TABLE products.log (id INT64, seen DATE); INSERT INTO products.log VALUES (1, DATE '2022-01-20')",
    );
    await write({
      source: "table: products.log\ncursor: { column: seen }",
      model: "SELECT error('no') AS id FROM apps",
      output,
    });
    expect((await run()).code).toBe(1);
    await folder.write("models/result.sql", "SELECT id FROM apps");
    await ran();
    expect(await result()).toEqual([{ id: 1 }]);
  });
});

const fresh = (wait: string) =>
  `table: products.slow\ncolumns: { id: INT64, seen: TIMESTAMP }\nchecks: [{ freshness: { column: seen, within: 1h, wait: ${wait} } }]`;

describe("freshness", () => {
  test("is waited for, and the rows that came meanwhile are read", async () => {
    await server.sql(
      "CREATE OR REPLACE TABLE products.slow (id INT64, seen TIMESTAMP); INSERT INTO products.slow VALUES (1, TIMESTAMP '2026-11-04 10:00:00')",
    );
    await write({ source: fresh("30s") });
    const running = ran();
    setTimeout(() => void server.sql("INSERT INTO products.slow VALUES (2, TIMESTAMP '2026-11-05 09:30:00')"), 500);
    const { text } = await running;
    expect(text).toContain("source apps is 24.0 h old, allowed: 1h; waiting, 30s at most");
    expect(await result()).toHaveLength(2);
  });

  test("that does not come in time fails the check", async () => {
    await server.sql("CREATE OR REPLACE TABLE products.slow (id INT64, seen TIMESTAMP)");
    await write({ source: fresh("2s") });
    const { code, record } = await run();
    expect(code).toBe(3);
    expect(record.problems[0]!.message).toContain("no rows; allowed: rows of the last 1h");
    // It is asked for its newest row once: it has not changed since.
    expect(await methods()).toEqual(expect.arrayContaining(["jobs.insert query dry", "jobs.insert query"]));
    expect(await server.requests({ method: "jobs.insert" })).toHaveLength(2);
  });

  test.each([
    ["a table", fresh("1s")],
    ["a query", fresh("1s").replace("table: products.slow", "query: SELECT * FROM products.slow")],
  ])("of %s outside US and EU is asked once, also where the answer to the question was lost", async (_, source) => {
    await server.sql(
      "CREATE OR REPLACE TABLE products.slow (id INT64, seen TIMESTAMP); INSERT INTO products.slow VALUES (1, TIMESTAMP '2026-11-05 09:30:00')",
    );
    await write({ source });
    const lost = await server.fault({ on: { method: "jobs.insert", body: '"jobId":' }, action: "lose-answer" });
    await ran();
    expect(await server.hits(lost)).toBe(1);
    const asked = (await server.requests({ method: "jobs.insert", body: "AS newest" })).filter(
      ({ body }) => !JSON.stringify(body).includes("dryRun"),
    );
    expect(asked.map(({ status }) => status)).toEqual(["dropped", 409]);
    expect(asked[1]!.body).toMatchObject({ jobReference: { location: "europe-north1" } });
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
