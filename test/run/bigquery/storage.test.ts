import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makePlan } from "../../../src/commands/plan.ts";
import { openBigQuery } from "../../../src/etl/connectors/bigquery/client.ts";
import { openStorageReader } from "../../../src/etl/connectors/bigquery/storage.ts";
import type { FaultAction } from "../../servers/bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { plainContext } from "../../support/context.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder, type RunFolder } from "../../support/run.ts";
import { openEngine } from "../../support/engine.ts";

let server: BigQueryServer;
let folder: Folder;

const rows = 40_000;

beforeAll(async () => {
  server = await startBigQueryServer({ location: "europe-north1", datasets: [{ name: "d" }] });
  // Wide enough that each stream has several messages, and that pages would be too slow.
  await server.sql(`
    CREATE TABLE d.wide (id INT64, text STRING, dato DATE);
    INSERT INTO d.wide
      SELECT id, RPAD(CAST(id AS STRING), 300, 'x'), DATE '2022-01-20' FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS id;
    CREATE VIEW d.view AS SELECT * FROM d.wide;`);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clearRequests();
  await server.clearFaults();
  folder = await makeFolder();
  return () => folder.remove();
});

const run = async (source: string, { storage = true, ...options }: RunFolder & { storage?: boolean } = {}) => {
  const endpoint = storage ? `, storage_endpoint: "http://${server.storageEndpoint}"` : "";
  await folder.write(
    "pipeline.yaml",
    `name: trial
interval: day
bigquery: { project: test-project, api_endpoint: "${server.endpoint}"${endpoint} }
sources:
  src: { type: bigquery, ${source} }
outputs:
  result: { type: file, path: out/result.parquet, write: append }
`,
  );
  await folder.write(
    "models/result.sql",
    "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id)::BIGINT AS total, count(*) FILTER (WHERE text <> rpad(id::VARCHAR, 300, 'x')) AS wrong FROM src",
  );
  return runFolder(folder, { target: "prod-gcp", interval: "2022-01-20", ...options });
};

async function result(): Promise<unknown> {
  const db = await openEngine();
  try {
    return (await db.query(`SELECT * FROM '${folder.path}/out/result.parquet'`))[0];
  } finally {
    db.close();
  }
}

const whole = { n: rows, ids: rows, total: (rows * (rows + 1)) / 2, wrong: 0 };

const methods = async () => [...new Set((await server.requests()).map(({ method }) => method))];

test("a table comes over several streams, with the declared columns only, and is read once", async () => {
  const { record } = await run("table: d.wide, columns: { id: INT64, text: STRING }");
  expect(record.problems).toEqual([]);
  expect(await result()).toEqual(whole);
  expect(await methods()).toEqual(["tables.get", "storage.CreateReadSession", "storage.ReadRows"]);
  const [session] = await server.requests({ method: "storage.CreateReadSession" });
  expect(JSON.stringify(session!.body)).toMatch(/"selected_?[fF]ields":\["id","text"\]/);
  const streams = await server.requests({ method: "storage.ReadRows" });
  expect(streams.length).toBeGreaterThan(1);
  expect(new Set(streams.map(({ target }) => target)).size).toBe(streams.length);
  expect(record.sources).toMatchObject([{ rows, bytes_billed: expect.any(Number) }]);
  expect(record.sources[0]!.bytes).toBeGreaterThan(rows * 300);
});

test("a condition is pushed down, its parameters as literals", async () => {
  await run("table: d.wide, where: 'dato = @interval_start AND id <= 10 -- @nobody'");
  expect(await result()).toMatchObject({ n: 10, wrong: 0 });
  const [session] = await server.requests({ method: "storage.CreateReadSession" });
  expect(JSON.stringify(session!.body)).toContain("(dato = DATE '2022-01-20' AND id <= 10 -- @nobody\\n)");
});

test("a condition with a sub-query is left to a query, whose large result comes over streams", async () => {
  const { record } = await run("table: d.wide, where: 'id IN (SELECT id FROM d.view)'");
  expect(record.problems).toEqual([]);
  expect(await result()).toEqual(whole);
  expect(await methods()).toContain("storage.ReadRows");
  expect(await server.requests({ method: "storage.CreateReadSession" })).toHaveLength(1);
  expect(await methods()).not.toContain("jobs.getQueryResults");
});

test.each(["EXTERNAL", "MATERIALIZED_VIEW", "SNAPSHOT"] as const)(
  "a table of kind %s is read by a query",
  async (kind) => {
    await server.setKind("d.wide", kind);
    try {
      const { record } = await run("table: d.wide, where: id <= 10");
      expect(record.problems).toEqual([]);
      expect(await result()).toMatchObject({ n: 10 });
      expect(await methods()).toContain("jobs.insert");
    } finally {
      await server.setKind("d.wide", "TABLE");
    }
  },
);

test("a limit ends the streams early", async () => {
  await run("table: d.wide", { limit: 5 });
  const [read] = (await runFolder(folder, { target: "prod-gcp", interval: "2022-01-20", limit: 35_000 })).record
    .sources;
  expect(read).toMatchObject({ rows: 35_000 });
});

describe("a stream that breaks is taken up behind the last row that came", () => {
  test.each<FaultAction>(["drop", "unavailable", "internal", "rate-limit", "token-expired"])(
    "by %s",
    async (action) => {
      await server.fault({ on: { method: "storage.ReadRows" }, action, afterMessages: 1, times: 3 });
      const { record } = await run("table: d.wide");
      expect(record.problems).toEqual([]);
      expect(await result()).toEqual(whole);
      expect(await server.hits()).toBe(3);
      const offsets = (await server.requests({ method: "storage.ReadRows" })).map(({ body }) =>
        Number((body as { offset?: string }).offset ?? 0),
      );
      expect(offsets.some((offset) => offset > 0)).toBe(true);
    },
  );

  test("but not for ever, where it brings nothing", async () => {
    await server.fault({ on: { method: "storage.ReadRows" }, action: "quota", times: 1000 });
    const client = await openBigQuery({
      settings: {
        project: "test-project",
        api_endpoint: server.endpoint,
        storage_endpoint: `http://${server.storageEndpoint}`,
      },
      context: plainContext(),
      labels: {},
      where: () => ({ file: "pipeline.yaml" }),
    });
    const storage = await openStorageReader(client, { streams: 1, prefetch: 1_000_000, firstPause: 1 });
    try {
      const table = { project: "test-project", dataset: "d", table: "wide" };
      const session = await storage.openSession({ table, fields: ["id"], restriction: undefined });
      const first = session.batches()[Symbol.asyncIterator]().next();
      await expect(first).rejects.toMatchObject({ status: 429 });
      expect(await server.hits()).toBe(9);
    } finally {
      await storage.close();
    }
  });
});

describe("a session that cannot be opened at once", () => {
  test.each<FaultAction>(["drop", "unavailable", "lose-answer", "token-expired"])(
    "is asked for again after %s",
    async (action) => {
      await server.fault({ on: { method: "storage.CreateReadSession" }, action });
      expect((await run("table: d.wide")).record.problems).toEqual([]);
      expect(await result()).toEqual(whole);
    },
  );
});

describe("without the Storage Read API", () => {
  const grants = [
    { member: "anonymous", role: "roles/bigquery.dataViewer" as const },
    { member: "anonymous", role: "roles/bigquery.jobUser" as const },
  ];

  test("for want of a grant, a table comes in pages", async () => {
    await server.setGrants(grants);
    try {
      const { record } = await run("table: d.wide");
      expect(record.problems).toEqual([]);
      expect(await result()).toEqual(whole);
      expect(await server.requests({ method: "tabledata.list" })).toHaveLength(2);
    } finally {
      await server.setGrants(undefined);
    }
  });

  test("for want of a grant, the result of a query does, and the grant to ask for is named", async () => {
    await server.setGrants(grants);
    try {
      const { record, text } = await run("table: d.view");
      expect(record.problems).toEqual([]);
      expect(await result()).toEqual(whole);
      expect(text).toContain("ask for roles/bigquery.readSessionUser on project test-project");
    } finally {
      await server.setGrants(undefined);
    }
  });

  test("for want of an address on this machine, neither asks for Google's", async () => {
    const { record } = await run("table: d.wide, where: id <= 10", { storage: false });
    expect(record.problems).toEqual([]);
    expect(await result()).toMatchObject({ n: 10 });
    expect(await methods()).toContain("jobs.getQueryResults");
  });
});

const runLarge = async (model: string) => {
  await server.replay({
    table: "d.large",
    rows: 20_000_000,
    query: "SELECT CAST(id AS STRING) AS name, 'prod-gcp' AS cluster, id FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS id",
  });
  await folder.write(
    "pipeline.yaml",
    `name: trial
bigquery: { project: test-project, api_endpoint: "${server.endpoint}", storage_endpoint: "http://${server.storageEndpoint}" }
budget: { run: 1 kB }
sources:
  large: { type: bigquery, table: d.large, where: id > 7 }
outputs:
  result: { type: file, path: out/result.parquet }
`,
  );
  await folder.write(
    "models/staged.sql",
    "SELECT CASE WHEN cluster LIKE 'prod-%' THEN 'prod' ELSE 'dev' END AS env, name FROM large",
  );
  await folder.write("models/result.sql", model);
  return (await runFolder(folder, { target: "prod-gcp" })).text;
};

describe("rows that cross the wire only to be reduced", () => {
  test("are told, with the query that reduces them in BigQuery", async () => {
    const text = await runLarge("SELECT env, count(*) AS n FROM staged WHERE name <> 'x' GROUP BY env");
    expect(text).toContain(
      "1.3 GB and 20,000,000 rows of the source `large` cross the wire, to be reduced by `staged`",
    );
    expect(text).toContain(
      [
        "WITH `staged` AS (",
        "SELECT CASE WHEN (`cluster` LIKE 'prod-%') THEN 'prod' ELSE 'dev' END AS `env`, `name`",
        "FROM `test-project.d.large`",
        "WHERE (id > 7)",
        ")",
        "SELECT `env`, COUNT(*) AS `n`",
        "FROM `staged`",
        "WHERE (`name` <> 'x')",
        "GROUP BY `env`",
      ].join("\n    "),
    );
  });

  test("are told by a plan, before anything is read", async () => {
    await runLarge("SELECT env, count(*) AS n FROM staged WHERE name <> 'x' GROUP BY env");
    const { problems } = await makePlan({ target: "prod-gcp" }, folder.context);
    expect(problems.filter(({ rule }) => rule === "crossing")).toMatchObject([
      {
        severity: "warning",
        message: "1.3 GB and 20,000,000 rows of the source `large` cross the wire, to be reduced by `staged`",
        hint: expect.stringContaining("COUNT(*) AS `n`") as string,
      },
    ]);
    expect(problems.map(({ message }) => message).join()).toContain("[budget] the run would be billed 1.3 GB");
  });

  test("are told without it, where the models say what is not known to mean the same there", async () => {
    const text = await runLarge("SELECT env, avg(length(name)) AS n FROM staged GROUP BY env");
    expect(text).toContain(
      "write a `query:` that does, such as SELECT name, cluster, id … FROM `test-project.d.large` … GROUP BY …",
    );
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
