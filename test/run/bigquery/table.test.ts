import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EtlError } from "../../../src/util/error.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

const rows = () => lab.values("SELECT * FROM DATASET.t ORDER BY 1");

async function publish(...[query, output, more]: Parameters<BigQueryLab["write"]>): Promise<string> {
  await lab.write(query, output, more);
  const { code, text } = await lab.run();
  expect(text + code).toMatch(/published\.\n0$/);
  return text;
}

/** Somebody else changes the table. */
async function patch(body: object, table = "t"): Promise<void> {
  const path = `projects/${lab.server.project}/datasets/${lab.dataset}/tables/${table}`;
  const headers = { "content-type": "application/json" };
  const init = { method: "PATCH", headers, body: JSON.stringify(body) };
  const response = await fetch(`${lab.server.endpoint}/bigquery/v2/${path}`, init);
  expect(response.status).toBe(200);
}

const sql = "SELECT DATE '2022-01-20' AS dato, 1 AS id, 'a' AS navn";
const columns = {
  dato: { type: "DATE", description: "Snapshot day", checks: ["not_null"] },
  id: "INT64",
  navn: { type: "STRING(10)", description: "Name of the app" },
};

describe("a table that is missing", () => {
  test("is made with columns, descriptions, partitions, clusters and labels", async () => {
    await publish(
      sql,
      {
        partition: { column: "dato", by: "month", expire: "400d", require_filter: true },
        cluster: ["navn", "id"],
        labels: { omrade: "plattform" },
        description: "Apps per day",
      },
      { models: { t: { columns } } },
    );
    expect(await lab.table("t")).toMatchObject({
      description: "Apps per day",
      labels: { omrade: "plattform" },
      timePartitioning: { type: "MONTH", field: "dato", expirationMs: String(400 * 86_400_000) },
      requirePartitionFilter: true,
      clustering: { fields: ["navn", "id"] },
      schema: {
        fields: [
          { name: "dato", type: "DATE", mode: "REQUIRED", description: "Snapshot day" },
          { name: "id", type: "INTEGER" },
          { name: "navn", type: "STRING", maxLength: "10", description: "Name of the app" },
        ],
      },
    });
  });

  test("is refused where BigQuery has no such partitions, before anything is loaded", async () => {
    await lab.write(sql, { partition: "navn" });
    const ran = await lab.run();
    expect(ran).toMatchObject({
      code: 2,
      text: expect.stringContaining("cannot partition by `navn`, which is STRING"),
    });
    expect(ran.effects).not.toContain("bigquery.load");
  });
});

describe("a table that is there", () => {
  test("stays the one it is: labels, policy tags and descriptions that others have set, and that it was made once", async () => {
    await publish(sql);
    const { creationTime, schema } = (await lab.table("t")) as { creationTime: string; schema: { fields: object[] } };
    const tags = { policyTags: { names: ["projects/p/locations/europe-north1/taxonomies/1/policyTags/2"] } };
    const fields = schema.fields.map((field, i) => ({ ...field, ...(i === 2 && tags), description: `Column ${i}` }));
    await patch({ schema: { fields }, labels: { eier: "andre" }, description: "By hand" });
    await publish(
      sql.replace("'a'", "'b'"),
      {},
      { models: { t: { columns: { dato: "DATE", id: { type: "INT64", description: "Number" }, navn: "STRING" } } } },
    );

    expect(await rows()).toEqual(["2022-01-20 1 b"]);
    expect(await lab.table("t")).toMatchObject({
      creationTime,
      description: "By hand",
      labels: { eier: "andre" },
      schema: {
        fields: [{ description: "Column 0" }, { description: "Number" }, { description: "Column 2", ...tags }],
      },
    });
  });

  test("is changed only where the file says something else", async () => {
    const output = {
      partition: { column: "dato", expire: "10d" },
      cluster: ["id"],
      labels: { a: "b" },
      description: "D",
    };
    const more = { models: { t: { columns } } };
    await publish(sql, output, more);
    await publish(sql, output, more);
    expect(await lab.server.requests({ method: "tables.patch", target: "lab\\d+\\.t$" })).toEqual([]);
    await publish(sql, { ...output, partition: { column: "dato", expire: "20d" }, description: "E" }, more);
    expect(await lab.table("t")).toMatchObject({
      description: "E",
      timePartitioning: { type: "DAY", field: "dato", expirationMs: String(20 * 86_400_000) },
    });
  });

  test("gets a new column, which may be NULL, with its description", async () => {
    await publish("SELECT 1 AS id", { write: "append" });
    const described = { ny: { type: "ARRAY<STRING>", description: "New" }, id: "INT64" };
    await publish("SELECT ['a'] AS ny, 2 AS id", { write: "append" }, { models: { t: { columns: described } } });
    expect(await rows()).toHaveLength(2);
    expect(await lab.table("t")).toMatchObject({
      schema: { fields: [{ name: "id" }, { name: "ny", type: "STRING", mode: "REPEATED", description: "New" }] },
    });
  });

  test("keeps a column that is gone, or has another type, and says so by name", async () => {
    await publish("SELECT 1 AS id, 'a' AS navn, 1.5::DECIMAL(38, 9) AS tall");
    await lab.write("SELECT 1.5::DOUBLE AS id, 1.5::DECIMAL(38, 9) AS tall");
    const ran = await lab.run();
    expect(ran).toMatchObject({
      code: 1,
      text: expect.stringMatching(/`navn` is gone; `id` was INT64 and would be FLOAT64/),
    });
    expect(ran.effects).not.toContain("bigquery.load");
    expect(await rows()).toEqual(["1 a 1.5"]);
  });

  test("loses it, or is widened, where that is asked for", async () => {
    await publish("SELECT 1 AS id, 'a' AS navn");
    await lab.write("SELECT 1.5::DECIMAL(38, 9) AS id");
    expect(await lab.run({ allowSchemaChange: true })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["1.5"]);
    expect(await lab.table("t")).toMatchObject({ schema: { fields: [{ name: "id", type: "NUMERIC" }] } });
  });

  test.each([{}, { allowSchemaChange: true }])(
    "is told of by column where BigQuery cannot change it so: %j",
    async (options) => {
      await publish("SELECT 'a' AS id, 1.5::DOUBLE AS long_loans, 1 AS gone");
      await lab.write("SELECT 'a' AS id, 1 AS long_loans");
      const ran = await lab.run(options);
      expect(ran).toMatchObject({
        code: 2,
        text: expect.stringMatching(
          /cannot change so: BigQuery cannot turn `long_loans` from FLOAT64 into INT64; `gone` is gone\n.*Declare `long_loans` as `FLOAT64`.*--allow-schema-change does not help/,
        ),
      });
      expect(ran.effects).not.toContain("bigquery.load");
      expect(await rows()).toEqual(["a 1.5 1"]);
    },
  );

  test("keeps the columns that it is partitioned and clustered by, whoever asks", async () => {
    await publish(sql, { partition: "dato", cluster: ["navn"] });
    await lab.write("SELECT 1 AS id");
    expect(await lab.run({ allowSchemaChange: true })).toMatchObject({
      code: 2,
      text: expect.stringMatching(
        /cannot drop `dato`, by which the table is partitioned; BigQuery cannot drop `navn`, by which the table is clustered/,
      ),
    });
    await lab.write("SELECT 1 AS other");
    expect(await lab.run({ allowSchemaChange: true })).toMatchObject({
      code: 2,
      text: expect.stringContaining("cannot drop all that a table has"),
    });
  });

  test("keeps its partitions, and the run warns where the file says others", async () => {
    const output = { partition: { column: "dato", expire: "400d" } };
    await lab.server.sql(`CREATE TABLE ${lab.dataset}.t (dato DATE, id INT64, navn STRING)`);
    const text = await publish(sql, output);
    expect(text).toMatch(/warning: .*\.t is not partitioned, and not by day of `dato`: it stays so/);
    expect(text).toContain("publish under another name. Without them, `expire` is not set.");
    expect(await rows()).toEqual(["2022-01-20 1 a"]);
    await lab.server.sql(`DROP TABLE ${lab.dataset}.t;
      CREATE TABLE ${lab.dataset}.t (dato DATE, id INT64, navn STRING) PARTITION BY dato`);
    await lab.run({ force: true });
    expect((await lab.run({ force: true })).text).not.toContain("partitioned");
  });

  test("is none where it is a view", async () => {
    await lab.server.sql(`CREATE VIEW ${lab.dataset}.t AS SELECT 1 AS id`);
    await lab.write("SELECT 1 AS id");
    expect(await lab.run()).toMatchObject({ code: 2, text: expect.stringContaining(".t is a view, not a table") });
  });

  test("takes no NULL in a REQUIRED column, and then nothing is published", async () => {
    await lab.server.sql(`CREATE TABLE ${lab.dataset}.t (id INT64 NOT NULL)`);
    await lab.write("SELECT CAST(NULL AS BIGINT) AS id");
    expect(await lab.run()).toMatchObject({ code: 1, text: expect.stringContaining("cannot publish to") });
    expect(await rows()).toEqual([]);
    expect(await lab.values("SELECT * FROM DATASET._nais_etl_publishes")).toEqual([]);
  });
});

test("lists hold no NULL in BigQuery: such rows are refused by name, before anything is loaded", async () => {
  await lab.write("SELECT ['a', NULL] AS liste, [{'indre': [1, NULL]}] AS poster");
  const ran = await lab.run();
  expect(ran).toMatchObject({ code: 3, text: expect.stringContaining("1 row with NULL in a list (liste, poster)") });
  expect(ran.effects).not.toContain("bigquery.load");
});

describe("datasets", () => {
  test("one that is missing is not provisioned yet", async () => {
    await lab.write("SELECT 1 AS id", { table: "finnes_ikke.t" });
    expect(await lab.run()).toMatchObject({
      code: 1,
      text: expect.stringMatching(/finnes_ikke is not provisioned yet[^]*Deploy the manifest first/),
    });
  });

  test("a pod waits for one that its deploy is about to make", async () => {
    await lab.write("SELECT 1 AS id", { table: "kommer.t" });
    const ran = lab.run({}, { env: { NAIS_POD_NAME: "lab-one-aaaaa" } });
    await expect
      .poll(() => lab.server.requests({ method: "datasets.get", target: "kommer" }).then((it) => it.length))
      .toBeGreaterThan(0);
    await lab.server.dataset("kommer", "EU");
    expect(await ran).toMatchObject({
      code: 0,
      text: expect.stringContaining("waiting up to 5 min for the dataset test-project.kommer"),
    });
  });

  test("the state may have one of its own, and everything lies where it lies", async () => {
    await lab.server.dataset(`${lab.dataset}_state`, "europe-north1");
    const bigquery = { project: lab.server.project, api_endpoint: lab.server.endpoint, state: `${lab.dataset}_state` };
    await publish("SELECT 1 AS id", {}, { bigquery });
    expect(await lab.tables()).toEqual(["t"]);
    expect(await lab.values("SELECT output FROM DATASET_state._nais_etl_publishes")).toEqual(["t"]);
  });

  test("two locations are refused: one transaction cannot span them", async () => {
    await lab.server.dataset(`${lab.dataset}_us`, "US");
    const outputs = {
      t: { type: "bigquery", table: `${lab.dataset}.t` },
      u: { type: "bigquery", model: "t", table: `${lab.dataset}_us.t` },
    };
    await lab.write("SELECT 1 AS id", {}, { outputs });
    expect(await lab.run()).toMatchObject({ code: 2, text: expect.stringContaining("lies in US, and") });
  });

  test("who may not write there is told the grant to ask for", async () => {
    await lab.write("SELECT 1 AS id");
    const member = "anonymous";
    await lab.server.setGrants([
      { member, role: "roles/bigquery.jobUser" },
      { member, role: "roles/bigquery.dataViewer" },
    ]);
    const ran = await lab.run();
    await lab.server.setGrants(undefined);
    expect(ran).toMatchObject({
      code: 1,
      text: expect.stringContaining(
        `Ask for roles/bigquery.dataEditor on dataset ${lab.server.project}.${lab.dataset}`,
      ),
    });
  });
});

test("told to stop while it loads, a run publishes nothing, says that it was interrupted, and gives the lock back", async () => {
  await lab.write("SELECT 1 AS id");
  const stop = new AbortController();
  const effect = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    if (name === "bigquery.load") stop.abort(new EtlError({ code: "terminated", message: "stopped by SIGTERM" }));
    return act();
  };
  expect(await lab.run({}, { effect, signal: stop.signal })).toMatchObject({ code: 143 });
  expect(await lab.values("SELECT status FROM DATASET._nais_etl_runs")).toEqual(["interrupted"]);
  expect(await lab.tables()).not.toContain("t");
  expect((await lab.table("_nais_etl_lock_lab"))["labels"]).toMatchObject({ lease: "0" });
});

test("requests and answers are as Google's description of the API has them", async () => {
  expect(await lab.server.violations()).toEqual([]);
});
