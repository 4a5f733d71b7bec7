/** Places in and around BigQuery: rows, what its refusals quote, what it is told (SQL, parameters, labels), what it keeps of runs. */
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";
import type { Fault } from "../servers/bigquery/options.ts";
import { person, plainSecret, secret } from "./marks.ts";
import type { Place, Started } from "./places.ts";

const settings = {
  project: "test-project",
  location: "EU",
  api_endpoint: "${env:BIGQUERY}",
  storage_endpoint: "${env:STORAGE}",
};
const sensitive = { type: "STRING", sensitive: true };
const columns = { id: "INT64", name: sensitive, note: sensitive };

const sqlText = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** @param faults of which each is armed for every command */
function start(...faults: Fault[]): () => Promise<Started> {
  return async () => {
    const server = await startBigQueryServer({
      project: settings.project,
      location: settings.location,
      datasets: [{ name: "products" }, { name: "mine" }],
    });
    await server.sql(`
      CREATE TABLE products.people (id INT64, name STRING, note STRING);
      INSERT INTO products.people VALUES (1, '${person}', ${sqlText(secret)}), (2, 'x ${person}', '${plainSecret}');
      CREATE VIEW products.view AS SELECT * FROM products.people;`);
    for (const fault of faults) await server.fault({ times: 100, ...fault });
    return {
      env: { BIGQUERY: server.endpoint, STORAGE: `http://${server.storageEndpoint}` },
      kept: () => keptBy(server),
      stop: () => server.stop(),
    };
  };
}

/** What it was asked (SQL and labels stand there), and all that stands in its state tables and about its tables. */
async function keptBy(server: BigQueryServer): Promise<string> {
  const dataset = `${server.endpoint}/bigquery/v2/projects/${server.project}/datasets/mine/tables`;
  const { tables = [] } = (await get(dataset)) as { tables?: { tableReference: { tableId: string } }[] };
  const names = tables.map(({ tableReference }) => tableReference.tableId);
  const state = names.filter((name) => name.startsWith("_nais_etl"));
  const rows = await Promise.all(state.map((name) => get(`${dataset}/${name}/data`)));
  const resources = await Promise.all(names.map((name) => get(`${dataset}/${name}`)));
  return JSON.stringify([rows, resources, await server.requests()]);
}

async function get(address: string): Promise<Record<string, unknown>> {
  return (await (await fetch(address)).json()) as Record<string, unknown>;
}

const failing = (on: Fault["on"], reason: string, message: string): Fault => ({
  on: { method: "jobs.insert", ...on },
  action: "fail-job",
  error: { reason, message },
});

const table = { people: { type: "bigquery", table: "products.people", columns } };
const view = { people: { type: "bigquery", table: "products.view", columns } };
const output = { m: { type: "bigquery", table: "mine.m", description: "People" } };

const reports: Place["calls"] = [
  [["report", "--target", "dev-gcp"], 0],
  [["report", "--target", "dev-gcp", "--markdown"], 0],
];

const place = (more: Omit<Place, "calls"> & { exitCode: number }): Place => {
  const { exitCode, pipeline, ...rest } = more;
  const base = { bigquery: settings, sources: table, outputs: output };
  return {
    ...rest,
    pipeline: { ...base, ...pipeline },
    calls: [
      [["run", "--target", "dev-gcp", "--debug"], exitCode],
      [["run", "--target", "dev-gcp", "--json", "--verbose"], exitCode],
      ...(exitCode === 0 ? reports : []),
    ],
  };
};

export const bigQueryPlaces: Place[] = [
  place({ name: "rows of BigQuery", exitCode: 0, start: start() }),
  place({
    name: "rows of a view, and parameters of its query",
    exitCode: 0,
    start: start(),
    pipeline: {
      params: { n: { type: "INT64", default: 1 } },
      sources: { people: { ...view.people, where: "id >= @n" } },
    },
  }),
  place({
    name: "a query that BigQuery cannot run on the rows",
    exitCode: 1,
    start: start(),
    pipeline: {
      sources: { people: { type: "bigquery", query: "SELECT CAST(name AS INT64) AS n FROM products.people" } },
    },
  }),
  ...[
    ["invalidQuery", `Bad int64 value: ${person} ${secret}`],
    ["invalidQuery", `Syntax error: Unexpected string literal ${sqlText(secret)} near "${person}" at [1:8]`],
    ["invalid", `Error while reading data, error message: ${person}; ${plainSecret}`],
    ["stopped", `${person} ${plainSecret}`],
  ].map(([reason = "", message = ""], i) =>
    place({
      name: `what BigQuery says of a query (${i + 1})`,
      exitCode: 1,
      start: start(failing({ kind: "query", body: "products.view" }, reason, message)),
      pipeline: { sources: view },
    }),
  ),
  place({
    name: "what BigQuery says of a load",
    exitCode: 1,
    start: start(
      failing(
        { kind: "upload-chunk" },
        "invalid",
        `Error while reading data, error message: Parquet column 'name': ${person} ${secret}`,
      ),
    ),
  }),
  place({
    name: "what BigQuery says of publishing",
    exitCode: 1,
    start: start(
      failing({ kind: "query", body: "BEGIN TRANSACTION" }, "invalidQuery", `Bad string value: ${person} ${secret}`),
    ),
  }),
  place({
    name: "a table that is not what was declared",
    exitCode: 2,
    start: start(),
    pipeline: {
      sources: { people: { ...table.people, columns: { ...columns, name: { type: "INT64", sensitive: true } } } },
    },
  }),
  place({
    name: "rows that fail checks, and go to BigQuery in no case",
    exitCode: 3,
    start: start(),
    pipeline: {
      models: {
        m: {
          columns: {
            id: { type: "INT64", checks: [{ range: { max: 1 } }] },
            name: { ...sensitive, checks: [{ accepted_values: ["x"] }] },
            note: { ...sensitive, checks: [{ matches: "^x" }] },
          },
        },
      },
    },
  }),
  place({
    name: "a key that comes twice, on its way to BigQuery",
    exitCode: 3,
    start: start(),
    files: { "models/m.sql": "SELECT 1 AS id, name, note FROM people" },
    pipeline: { outputs: { m: { ...output.m, write: "merge", key: ["id"] } } },
  }),
];
