/** Runs against the in-repo BigQuery: each place has a dataset of its own, on one server. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { BigQueryServer } from "../../servers/bigquery/start.ts";
import { findFiles, leftovers, type Found, type Published } from "../published.ts";
import { rowsOf } from "../scenarios.ts";
import { copyPlace, makePlace, type Place, type World } from "../worlds.ts";

type Server = Pick<BigQueryServer, "endpoint" | "storageEndpoint" | "project" | "sql" | "dataset">;

export const location = "europe-north1";

let made = 0;

export function bigqueryWorld(server: Server): World {
  const newDataset = async (place: Place): Promise<Place> => {
    const dataset = `lab${made++}`;
    await server.dataset(dataset, location);
    return { ...place, dataset };
  };
  return {
    options: { target: "prod" },
    pipeline: {
      bigquery: {
        project: server.project,
        api_endpoint: "${env:BIGQUERY}",
        storage_endpoint: `http://${server.storageEndpoint}`,
      },
    },
    dataset: "${env:DATASET}",
    // Whoever runs again there is a later pod of the same Job.
    env: ({ dataset }, job) => ({
      BIGQUERY: server.endpoint,
      DATASET: dataset!,
      NAIS_POD_NAME: `kills-${job}-${dataset}-abcde`,
    }),
    make: async () => newDataset(await makePlace()),
    async copy(place) {
      const copy = await newDataset(await copyPlace(place));
      await copyTables(server, place.dataset!, copy.dataset!);
      return copy;
    },
    find: (place) => find(server, place),
    async remove(place) {
      await call(server, `datasets/${place.dataset}?deleteContents=true`, { method: "DELETE" });
      await rm(place.root, { recursive: true, force: true });
    },
  };
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

interface Listed {
  tableReference: { tableId: string };
  type: string;
  creationTime: string;
}

async function listTables(server: Server, dataset: string): Promise<Listed[]> {
  const { tables = [] } = await call(server, `datasets/${dataset}/tables?maxResults=1000`);
  return tables as Listed[];
}

export async function tablesOf(server: Server, dataset: string): Promise<string[]> {
  return (await listTables(server, dataset)).map(({ tableReference }) => tableReference.tableId);
}

/** All but the lock: nobody holds it. The oldest first, for which snapshot is the oldest matters. */
async function copyTables(server: Server, from: string, to: string): Promise<void> {
  const tables = await listTables(server, from);
  const oldest = tables.toSorted((a, b) => Number(a.creationTime) - Number(b.creationTime));
  for (const { tableReference, type } of oldest) {
    const { tableId } = tableReference;
    if (tableId.startsWith("_nais_etl_lock_")) continue;
    const table = (datasetId: string) => ({ projectId: server.project, datasetId, tableId });
    const operationType = type === "SNAPSHOT" ? "SNAPSHOT" : "COPY";
    const configuration = { copy: { sourceTable: table(from), destinationTable: table(to), operationType } };
    await call(server, "jobs", { method: "POST", body: JSON.stringify({ configuration }) });
  }
}

/** What is read at different moments must fit together: a job that a killed run has begun goes on without it. */
async function find(server: Server, place: Place): Promise<Found> {
  for (let last = await look(server, place); ;) {
    const found = await look(server, place);
    if (JSON.stringify(found) === JSON.stringify(last)) return found;
    last = found;
  }
}

async function look(server: Server, place: Place): Promise<Found> {
  const dataset = place.dataset!;
  const names = await tablesOf(server, dataset);
  const rows = async (name: string, query: (table: string) => string) =>
    names.includes(name) ? (await server.sql(query(`\`${dataset}.${name}\``))).map(textOf) : [];
  const tables: Published = {};
  for (const name of ["rows", "days", "aside"])
    tables[`lab.${name}`] = sumOf(await rows(name, (table) => rowsOf(table, (json) => `TO_JSON_STRING(${json})`)));
  const newest = "QUALIFY ROW_NUMBER() OVER (PARTITION BY source ORDER BY marked_at DESC) = 1";
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
      ...names.filter((name) => /^_nais_etl_(?:staging|source)_/.test(name)),
      ...(await leftovers(place.folder, place.temporary)),
    ],
    kept: names.filter((name) => name.startsWith("_nais_etl_keep_")).length,
    marks: await rows(
      "_nais_etl_cursors",
      (table) => `SELECT source, mark FROM ${table} WHERE TRUE ${newest} ORDER BY source`,
    ),
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
