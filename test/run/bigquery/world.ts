/** Runs against the in-repo BigQuery: each place has a dataset of its own, on one server. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { BigQueryServer } from "../../servers/bigquery/start.ts";
import { findFiles, leftovers, type Found, type Published } from "../published.ts";
import { copyPlace, makePlace, type Place, type World } from "../worlds.ts";

type Server = Pick<BigQueryServer, "endpoint" | "project" | "sql" | "dataset">;

export const location = "europe-north1";

/** The pod of a place's runs: whoever runs again there is a later pod of the same Job. */
const pod = "kills-manual-1-abcde";

let made = 0;

export function bigqueryWorld(server: Server): World {
  const newDataset = async (place: Place): Promise<Place> => {
    const dataset = `lab${made++}`;
    await server.dataset(dataset, location);
    return { ...place, env: { BIGQUERY: server.endpoint, DATASET: dataset, NAIS_POD_NAME: pod } };
  };
  return {
    options: { target: "prod" },
    pipeline: { bigquery: { project: server.project, api_endpoint: "${env:BIGQUERY}" } },
    dataset: "${env:DATASET}",
    make: async () => newDataset(await makePlace()),
    async copy(place) {
      const copy = await newDataset(await copyPlace(place));
      await copyTables(server, datasetOf(place), datasetOf(copy));
      return copy;
    },
    find: (place) => find(server, place),
    async remove(place) {
      await call(server, `datasets/${datasetOf(place)}?deleteContents=true`, { method: "DELETE" });
      await rm(place.root, { recursive: true, force: true });
    },
  };
}

export function datasetOf({ env }: Place): string {
  return env["DATASET"]!;
}

async function call(server: Server, path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${server.endpoint}/bigquery/v2/projects/${server.project}/${path}`, {
    headers,
    ...init,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export async function tablesOf(server: Server, dataset: string): Promise<string[]> {
  const { tables = [] } = await call(server, `datasets/${dataset}/tables?maxResults=1000`);
  return (tables as { tableReference: { tableId: string } }[]).map(({ tableReference }) => tableReference.tableId);
}

/** All but the lock: nobody holds it. */
async function copyTables(server: Server, from: string, to: string): Promise<void> {
  const names = (await tablesOf(server, from)).filter((name) => !name.startsWith("_nais_etl_lock_"));
  for (const tableId of names) {
    const table = (datasetId: string) => ({ projectId: server.project, datasetId, tableId });
    const configuration = { copy: { sourceTable: table(from), destinationTable: table(to) } };
    await call(server, "jobs", { method: "POST", body: JSON.stringify({ configuration }) });
  }
}

async function find(server: Server, place: Place): Promise<Found> {
  const dataset = datasetOf(place);
  const names = await tablesOf(server, dataset);
  const rows = async (name: string, query: (table: string) => string) =>
    names.includes(name) ? (await server.sql(query(`\`${dataset}.${name}\``))).map(textOf) : [];
  const tables: Published = {};
  for (const name of ["rows", "days"])
    tables[`lab.${name}`] = sumOf(await rows(name, (table) => `SELECT * FROM ${table}`));
  const [files] = names.filter((name) => name.startsWith("_nais_etl_files_"));
  return {
    tables,
    files: await findFiles(place.folder),
    records: await rows(
      "_nais_etl_publishes",
      (table) =>
        `SELECT output, run_id, generation, COUNT(*) AS times FROM ${table} GROUP BY output, run_id, generation ORDER BY output, run_id, generation`,
    ),
    pending: files === undefined ? 0 : (await rows(files, (table) => `SELECT * FROM ${table}`)).length,
    runs: await rows("_nais_etl_runs", (table) => `SELECT status FROM ${table} ORDER BY started_at`),
    left: [
      ...names.filter((name) => name.startsWith("_nais_etl_staging_")),
      ...(await leftovers(place.folder, place.temporary)),
    ],
  };
}

function textOf(row: Record<string, unknown>): string {
  return Object.values(row).join(" ");
}

/** A table without rows is as good as none: a run makes it just before it publishes to it for the first time. */
function sumOf(rows: string[]): string | undefined {
  if (rows.length === 0) return undefined;
  return `${rows.length} ${createHash("sha256").update(rows.toSorted().join("\n")).digest("hex").slice(0, 16)}`;
}
