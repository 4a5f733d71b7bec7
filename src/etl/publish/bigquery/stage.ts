/**
 * New rows, loaded into a table beside their destination. Loads cost nothing, and are whole or not at all. Which rows a staging
 * table holds is part of its name and of its job's: a restarted process adopts the load of its predecessor only where it has
 * made the very same rows.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline as pipe } from "node:stream/promises";
import { bigqueryField } from "../../../spec/formats/bigquery.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { runJob, type JobConfiguration } from "../../connectors/bigquery/job.ts";
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, tableReference, type TableName } from "../../connectors/bigquery/table-name.ts";
import { uploading } from "../../connectors/bigquery/upload.ts";
import { duckdbType } from "../../engine/duckdb/duckdb-type.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import { selectParquet } from "../../engine/duckdb/materialize.ts";
import { quoteIdentifier, quoteText } from "../../engine/duckdb/sql.ts";
import type { NewTable, StagedTable } from "../store.ts";
import type { Dataset } from "./dataset.ts";
import { quoteTable } from "./scripts.ts";
import { hasJson, jsonValue, selectStaged, stagedType } from "./staged-columns.ts";

/** What nobody tidies up is gone after a day. */
const stagedMilliseconds = 24 * 3_600_000;

/** Read at once: by the usual 64 kB, reading costs more than the sum does. */
const readBytes = 1024 ** 2;

/** A pipeline's name has no `_`, so that no other pipeline's tables begin so. */
export function stagingPrefix(pipeline: string): string {
  return `_nais_etl_staging_${pipeline}_`;
}

export interface Staging {
  client: BigQueryClient;
  pipeline: string;
  /** The id of the job that does a step of this publish. */
  nameJob: (step: string) => string;
  /** The destination's dataset: who may write there may stage there. */
  dataset: Dataset;
  /** An engine, and a file in the work folder, for rows that do not go as Parquet. */
  db: Database;
  ndjsonFile: string;
}

export async function stageTable(table: NewTable, staging: Staging): Promise<StagedTable> {
  const { client, pipeline, nameJob, dataset } = staging;
  const { columns } = table.plan;
  const upload = columns.some(({ type }) => hasJson(type)) ? await writeNdjson(table, staging) : table.file;
  const job = nameJob(`load_${table.output}_${await digestOf(upload)}`);
  const { project, dataset: datasetId, location } = dataset;
  const name = { project, dataset: datasetId, table: `${stagingPrefix(pipeline)}${table.output}_${job.slice(-12)}` };
  const fields = columns.map((column) => bigqueryField(column.name, stagedType(column.type)));
  await createStaging(client, name, fields);
  if (table.rows > 0) {
    await runJob(client, {
      id: job,
      effect: "bigquery.load",
      location,
      configuration: loadConfiguration({ name, fields, isParquet: upload === table.file }),
      insert: uploading(client, upload),
      adopt: async () => (await rowsIn(client, name)) === table.rows,
      cancelWhenStopped: true,
    });
  }
  return { ...table, staged: selectStaged(quoteTable(name), columns) };
}

async function writeNdjson({ file, plan }: NewTable, { db, client, ndjsonFile }: Staging): Promise<string> {
  const columns = plan.columns.map(({ name, type }) => ({ name, type: stagedType(type), cast: "exact" as const }));
  const list = columns.map(({ name, type }) => {
    const id = quoteIdentifier(name);
    // What a Parquet file says is JSON would stand there as JSON.
    return `${jsonValue(`CAST(${id} AS ${duckdbType(type)})`, type)} AS ${id}`;
  });
  const query = `SELECT ${list.join(", ")} FROM (${selectParquet(file, columns)})`;
  await client.context.effect("bigquery.convert", async () => {
    await db.run(`COPY (${query}) TO ${quoteText(ndjsonFile)} (FORMAT json)`, client.context.signal);
  });
  return ndjsonFile;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipe(createReadStream(file, { highWaterMark: readBytes }), hash);
  return hash.digest("hex").slice(0, 16);
}

async function createStaging(client: BigQueryClient, name: TableName, fields: object[]): Promise<void> {
  const { context } = client;
  const body = {
    tableReference: tableReference(name),
    description: "nais-etl: rows that are about to be published. It can be deleted.",
    expirationTime: String(context.now().getTime() + stagedMilliseconds),
    schema: { fields },
  };
  const request = { method: "POST", path: `${datasetPath(name)}/tables`, body } as const;
  await unlessRefused(409, () => context.effect("bigquery.stage", () => client.send(request)));
}

interface Load {
  name: TableName;
  fields: object[];
  isParquet: boolean;
}

/** Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationLoad */
function loadConfiguration({ name, fields, isParquet }: Load): JobConfiguration {
  return {
    load: {
      destinationTable: tableReference(name),
      schema: { fields },
      createDisposition: "CREATE_NEVER",
      writeDisposition: "WRITE_EMPTY",
      // Names with letters of all languages are taken as they are.
      columnNameCharacterMap: "STRICT",
      ...(isParquet
        ? { sourceFormat: "PARQUET", parquetOptions: { enableListInference: true } }
        : { sourceFormat: "NEWLINE_DELIMITED_JSON" }),
    },
  };
}

/** Undefined where it is gone: deleted by who tidied up, or expired. */
async function rowsIn(client: BigQueryClient, name: TableName): Promise<number | undefined> {
  const table = await unlessRefused(404, () => client.request<{ numRows?: string }>({ path: tablePath(name) }));
  return table && Number(table.numRows);
}
