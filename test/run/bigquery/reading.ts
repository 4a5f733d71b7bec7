/**
 * A pipeline that reads BigQuery in every way that leaves something behind: a view, whose result lies aside; a query whose
 * result is too large for that; a table by streams; the newest row of a source, asked for.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RequestMatch, ServerOptions } from "../../servers/bigquery/options.ts";
import type { BigQueryServer } from "../../servers/bigquery/start.ts";
import type { Scenario } from "../scenarios.ts";
import { location } from "./world.ts";

/** Of the server: what the view gives fits, what the query gives does not. */
export const readingServer: ServerOptions = {
  location,
  datasets: [{ name: "products", location }],
  largestResult: 20_000,
};

const days = "[DATE '2022-01-19', DATE '2022-01-20', DATE '2022-01-21']";

/** Rows of three days, of each of which a run reads one. */
export async function makeProducts(server: Pick<BigQueryServer, "sql">): Promise<void> {
  await server.sql(`
    CREATE TABLE products.events AS
      SELECT id, dato, CONCAT('Ærlig ', CAST(id AS STRING)) AS navn, TIMESTAMP '2022-01-21 00:00:00' AS sett
      FROM UNNEST(GENERATE_ARRAY(1, 200)) AS id, UNNEST(${days}) AS dato;
    CREATE TABLE products.texts AS
      SELECT id, dato, RPAD(CAST(id AS STRING), 200, 'x') AS tekst
      FROM UNNEST(GENERATE_ARRAY(1, 200)) AS id, UNNEST(${days}) AS dato;
    CREATE VIEW products.events_view AS SELECT * FROM products.events;`);
}

const rows = { id: "INT64", dato: "DATE", navn: "STRING", sett: "TIMESTAMP" };

const fresh = [{ freshness: { column: "sett", within: "100000d", wait: "1s" } }];

const sources = {
  rows: {
    type: "bigquery",
    table: "products.events_view",
    where: "dato = @interval_start",
    columns: rows,
    checks: fresh,
  },
  texts: {
    type: "bigquery",
    query: "SELECT id, tekst, TIMESTAMP '2022-01-21 00:00:00' AS sett FROM products.texts WHERE dato = @interval_start",
    checks: fresh,
  },
  few: { type: "bigquery", table: "products.texts", where: "dato = @interval_start AND id < 50" },
};

const outputs = {
  rows_table: { type: "bigquery", table: "${env:DATASET}.rows", model: "rows", write: "append", partition: "dato" },
  rows_parquet: { type: "file", path: "out/rows.parquet", model: "rows", write: "append", partition: "dato" },
  days_table: { type: "bigquery", table: "${env:DATASET}.days", model: "days", write: "append", partition: "dato" },
  days_ndjson: { type: "file", path: "out/days.ndjson", model: "days", write: "append", partition: "dato" },
};

const model = `SELECT dato, count(*) AS rader, CAST(sum(length(tekst)) AS BIGINT) AS tegn, (SELECT count(*) FROM few) AS noen
FROM rows JOIN texts USING (id) GROUP BY dato
`;

export const readingScenario: Scenario = {
  name: "reads a view, a query and a table",
  appends: true,
  before: ["2022-01-19"],
  interval: "2022-01-20",
  async make(folder, world) {
    await mkdir(join(folder, "models"), { recursive: true });
    const head = { name: "kills", team: "nais-analyse", interval: "day" };
    await writeFile(join(folder, "pipeline.yaml"), stringify({ ...head, sources, outputs, ...world?.pipeline }));
    await writeFile(join(folder, "models/days.sql"), model);
  },
  change: async () => undefined,
};

/** The requests of a run that only its reading makes, but those that ask again and again whether a job is done. */
export const readingRequests: Record<string, RequestMatch> = {
  "a job that asks or reads": { method: "jobs.insert", target: "source_|freshness_" },
  "a dry run": { method: "jobs.insert", body: '"dryRun":true' },
  "a table that is read": { method: "tables.get", target: "products|anon|_nais_etl_source_" },
  "rows in pages": { method: "jobs.getQueryResults", target: "source_|freshness_" },
  "a session": { method: "storage.CreateReadSession" },
  "rows by streams": { method: "storage.ReadRows" },
  "a table for a large result": { writes: true, target: "_nais_etl_source_" },
};
