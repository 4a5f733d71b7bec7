/** What a case of the contract has: Google's official clients, unmodified, and a dataset of its own. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BigQuery, JobLoadMetadata, TableField } from "@google-cloud/bigquery";
import type { v1 } from "@google-cloud/bigquery-storage";
import { DuckDBInstance } from "@duckdb/node-api";

export interface World {
  bigquery: BigQuery;
  storage: v1.BigQueryReadClient;
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  project: string;
  dataset: string;
  location: string;
  /** For files to load. */
  folder: string;
  /** Of requests that the client has no words for; none where nobody asks who we are. */
  headers?: () => Promise<Record<string, string>>;
  /** Put behind ids of jobs, where others may have used them before. */
  suffix?: string;
}

export interface Case {
  name: string;
  run: (world: World) => Promise<void>;
}

export const asParquet: JobLoadMetadata = { sourceFormat: "PARQUET", parquetOptions: { enableListInference: true } };
export const asJson: JobLoadMetadata = { sourceFormat: "NEWLINE_DELIMITED_JSON" };

/** An id that a project has not seen yet. */
export const jobIdOf = ({ suffix = "" }: World, name: string) => `${name}${suffix}`;

export const table = ({ bigquery, dataset }: World, name: string) => bigquery.dataset(dataset).table(name);

/** Rows of a query run as a job, as its plain values; a failing job rejects. */
export async function query(world: World, sql: string, options: object = {}): Promise<Record<string, unknown>[]> {
  const [job] = await world.bigquery.createQueryJob({ query: sql.replaceAll("$d", world.dataset), ...options });
  await job.promise();
  const [rows] = await job.getQueryResults();
  return (rows as Record<string, unknown>[]).map(plain) as Record<string, unknown>[];
}

/** Dates and big numbers as their texts. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (typeof value !== "object" || value === null) return value;
  if (value.constructor.name === "Big") return (value as { toFixed(): string }).toFixed();
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === "value") return entries[0]![1];
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}

export async function create(world: World, name: string, schema: TableField[], more: object = {}) {
  return (await world.bigquery.dataset(world.dataset).createTable(name, { schema, ...more }))[0];
}

/** Loads a file and waits for the job, which rejects with what it says. */
export async function load(world: World, name: string, file: string, metadata: JobLoadMetadata) {
  const [job] = await table(world, name).createLoadJob(file, { ...metadata });
  await job.promise();
  return (await job.getMetadata())[0] as { statistics: { load: Record<string, string> } };
}

export async function writeParquet({ folder }: World, name: string, select: string): Promise<string> {
  const file = join(folder, `${name}.parquet`);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  return file;
}

export async function writeNdjson({ folder }: World, name: string, rows: object[]): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}

/** A request that the client has no words for. */
export async function rest(
  { endpoint, project, headers = async () => ({}) }: World,
  method: string,
  path: string,
  options: { body?: object; headers?: object } = {},
) {
  const reply = await fetch(`${endpoint}/bigquery/v2/projects/${project}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(await headers()),
      ...(options.headers as Record<string, string>),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: (text ? JSON.parse(text) : {}) as Record<string, any> };
}
