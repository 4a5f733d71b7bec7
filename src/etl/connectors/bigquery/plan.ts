/**
 * What reading a source will take, found out before any work: what it is, whether it is still what was declared,
 * which way its rows will come, and what that costs.
 */
import type { Columns } from "../../../spec/column.ts";
import { typeOfBigquery, type BigqueryField } from "../../../spec/formats/bigquery.ts";
import type { Type } from "../../../spec/type.ts";
import { EtlError, type Where } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";
import type { BigQueryClient } from "./client.ts";
import { compareColumns, sameName } from "./drift.ts";
import { explainRefusal } from "./errors.ts";
import { hasSubquery, quotePath, trimQuery } from "./googlesql.ts";
import { jobsPath, queryConfiguration, type Job } from "./job.ts";
import { queryParameters, withLiterals, type BoundValue, type QueryParameter } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import type { ReadSession, StorageReader } from "./storage.ts";
import { formatTableName, parseTableName, tablePath, type TableName } from "./table-name.ts";

export interface ReadSource {
  name: string;
  /** Its references replaced. One of `table` and `query`. */
  spec: {
    table?: string | undefined;
    query?: string | undefined;
    where?: string | undefined;
    location?: string | undefined;
  };
  columns: Columns | undefined;
  values: BoundValue[];
  limit: number | undefined;
  /** Only new rows: a condition of GoogleSQL, without parameters, given the type of the column. */
  since: { column: string; condition: (type: Type) => string } | undefined;
  /** Place of a key of the source, or of a column. */
  where: (...path: string[]) => Where;
}

export interface ReadPlan {
  source: ReadSource;
  /** What is read, for people. */
  shown: string;
  route: Route;
  location: string | undefined;
  fields: BigqueryField[];
  undeclared: BigqueryField[];
  /** Bytes that BigQuery is expected to bill, as far as is known before: a query's minimum is counted. */
  billed: number;
  /** What would cross the wire, as far as is known before. */
  crossing: { bytes: number | undefined; rows: number | undefined };
}

export type Route =
  | { kind: "session"; session: ReadSession }
  | { kind: "pages"; table: TableName }
  | { kind: "query"; sql: string; parameters: QueryParameter[] };

/** Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table */
export interface TableResource {
  type: "TABLE" | "VIEW" | "MATERIALIZED_VIEW" | "EXTERNAL" | "SNAPSHOT";
  location: string;
  schema?: { fields?: BigqueryField[] };
  numBytes?: string;
  numRows?: string;
  lastModifiedTime?: string;
}

export interface Reading {
  client: BigQueryClient;
  /** Undefined where the Storage Read API may not be used. */
  storage: () => Promise<StorageReader | undefined>;
}

/** Below this, opening a session takes longer than the rows do over REST. */
export const smallTable = 10_000_000;

/** @throws {EtlError} `invalid` when the source is not what was declared; else why it cannot be read */
export async function planRead(source: ReadSource, reading: Reading): Promise<ReadPlan> {
  const { table, query } = source.spec;
  try {
    return query === undefined ? await planTable(table!, source, reading) : await planQuery(source, query, reading);
  } catch (error) {
    const action = query === undefined ? "read" : "query";
    const where = source.where(query === undefined ? "table" : "query");
    const name = table ?? `\`query\` of ${source.name}`;
    throw await explainRefusal(error, { action, name, part: `source ${source.name}`, where }, reading.client);
  }
}

async function planTable(text: string, source: ReadSource, reading: Reading): Promise<ReadPlan> {
  const { client } = reading;
  const table = parseTableName(text, { project: client.project, where: () => source.where("table") });
  const resource = await client.request<TableResource>({ path: tablePath(table) });
  const { fields, undeclared } = compare(source, formatTableName(table), resource.schema?.fields ?? []);
  const base = { source, shown: formatTableName(table), location: resource.location, fields, undeclared };
  const since = sinceOf(source, resource.schema?.fields ?? []);
  const direct = await readDirectly({ table, resource, fields, source, since, reading });
  if (direct) return { ...base, ...direct };
  const sql = selectSql({ source, since, fields, from: quotePath(formatTableName(table)) });
  return { ...base, ...(await dryRun({ sql, source, client, location: resource.location })) };
}

async function planQuery(source: ReadSource, query: string, { client }: Reading): Promise<ReadPlan> {
  const location = source.spec.location ?? client.location;
  const whole = trimQuery(query);
  const found = await dryRun({ sql: whole, source, client, location });
  const since = sinceOf(source, found.schema);
  const plain = source.limit === undefined && since === undefined;
  const { fields, undeclared } = compare(source, "its query", found.schema);
  // A query runs as it is written, unless something must be put around it.
  const sql = plain ? whole : selectSql({ source, since, fields, from: `(\n${whole}\n)` });
  const planned = plain ? found : await dryRun({ sql, source, client, location });
  return { source, shown: `\`query\` of ${source.name}`, fields, undeclared, ...planned };
}

function compare(source: ReadSource, shown: string, found: BigqueryField[]) {
  const where = (column?: string) => (column === undefined ? source.where() : source.where("columns", column));
  const compared = compareColumns({ source: source.name, shown, found, declared: source.columns, where });
  if (compared.problems.length === 0) return compared;
  throw new EtlError({
    code: "invalid",
    message: `the source \`${source.name}\` is not what pipeline.yaml declares`,
    problems: compared.problems,
  });
}

/** Which rows are new, now that the type of the column is known. */
function sinceOf({ name, since, where }: ReadSource, fields: BigqueryField[]): string | undefined {
  if (!since) return undefined;
  const field = fields.find((one) => sameName(one.name, since.column));
  const type = field && typeOfBigquery(field);
  if (type) return since.condition(type);
  throw new EtlError({
    code: "invalid",
    message: `the source \`${name}\` has no column \`${since.column}\` for its cursor`,
    hint: didYouMean(
      since.column,
      fields.map((one) => one.name),
    ),
    where: where("cursor"),
  });
}

interface Direct {
  since: string | undefined;
  table: TableName;
  resource: TableResource;
  fields: BigqueryField[];
  source: ReadSource;
  reading: Reading;
}

/** Without a query job: over the Storage Read API, or in pages where the table is small. Undefined where that cannot be. */
async function readDirectly(direct: Direct): Promise<Pick<ReadPlan, "route" | "billed" | "crossing"> | undefined> {
  const { table, resource, fields, source, since, reading } = direct;
  const { where, limit } = { ...source.spec, limit: source.limit };
  if (resource.type !== "TABLE" || (where !== undefined && hasSubquery(where))) return undefined;
  const size = { bytes: Number(resource.numBytes ?? 0), rows: Number(resource.numRows ?? 0) };
  const isWhole = where === undefined && since === undefined;
  const pages = { route: { kind: "pages" as const, table }, billed: 0, crossing: size };
  if (isWhole && (size.bytes < smallTable || (limit !== undefined && limit * (size.bytes / size.rows) < smallTable)))
    return pages;
  const storage = await reading.storage();
  const session = await openSession(
    storage,
    { table, fields: fields.map(({ name }) => name), restriction: restrictionOf(source, since) },
    reading,
  );
  if (!session) return isWhole ? pages : undefined;
  const crossing = isWhole ? size : { bytes: session.estimatedBytes, rows: session.estimatedRows };
  return { route: { kind: "session", session }, billed: session.estimatedBytes, crossing };
}

/** Undefined where a query can do what a session cannot. */
async function openSession(
  storage: StorageReader | undefined,
  request: Parameters<StorageReader["openSession"]>[0],
  { client }: Reading,
): Promise<ReadSession | undefined> {
  return storage?.openSession(request).catch((error: unknown) => {
    if (!(error instanceof Refusal) || ![400, 403].includes(error.status)) throw error;
    // 400: what is no table, or a condition that only queries understand. 403: a query needs other grants.
    client.context.log.debug(`no read session of ${formatTableName(request.table)}: ${error.message}`);
    return undefined;
  });
}

function restrictionOf(source: ReadSource, since: string | undefined): string | undefined {
  const { where } = source.spec;
  const bound = where === undefined ? undefined : withLiterals(where, bindOf(source, "where"));
  return allOf([bound, since]);
}

function allOf(conditions: (string | undefined)[]): string | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? undefined : given.map((condition) => `(${condition}\n)`).join(" AND ");
}

interface Select {
  source: ReadSource;
  since: string | undefined;
  fields: BigqueryField[];
  from: string;
}

function selectSql({ source: { spec, limit }, since, fields, from }: Select): string {
  const condition = allOf([spec.where, since]);
  return [
    `SELECT ${fields.map(({ name }) => quotePath(name)).join(", ")}`,
    `FROM ${from}`,
    ...(condition === undefined ? [] : [`WHERE ${condition}`]),
    ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
  ].join("\n");
}

function bindOf(source: ReadSource, key: string) {
  return { values: source.values, where: () => source.where(key) };
}

interface DryRun {
  sql: string;
  source: ReadSource;
  client: BigQueryClient;
  location: string | undefined;
}

/** Asks what a query would read, where, and checks it: nothing runs, and nothing is billed. */
export async function dryRun({ sql, source, client, location }: DryRun) {
  const key = source.spec.query === undefined ? "where" : "query";
  const parameters = queryParameters(sql, bindOf(source, key));
  const job = await client.request<Job>({
    method: "POST",
    path: jobsPath({ projectId: client.project }),
    body: {
      jobReference: { projectId: client.project, ...(location !== undefined && { location }) },
      configuration: { dryRun: true, labels: client.labels, query: queryConfiguration(sql, parameters) },
    },
  });
  const { query, totalBytesProcessed } = job.statistics ?? {};
  const processed = Number(totalBytesProcessed ?? query?.totalBytesProcessed ?? 0);
  if (query?.statementType !== undefined && query.statementType !== "SELECT")
    throw notSelect(query.statementType, source);
  return {
    route: { kind: "query" as const, sql, parameters },
    schema: (query?.schema?.fields ?? []) as BigqueryField[],
    billed: billedFor(processed, query?.referencedTables?.length ?? 1),
    crossing: { bytes: undefined, rows: undefined },
    location: job.jobReference.location ?? location,
  };
}

const leastBilled = 10 * 1024 * 1024;

/**
 * What is processed, and at least 10 MB for each table that the query refers to; nothing where nothing is processed.
 * Source: "minimum 10 MB data processed per table referenced by the query", https://cloud.google.com/bigquery/pricing
 */
function billedFor(processed: number, tables: number): number {
  return processed === 0 ? 0 : Math.max(processed, leastBilled * Math.max(tables, 1));
}

function notSelect(statement: string, source: ReadSource): EtlError {
  return new EtlError({
    code: "invalid",
    message: `\`query\` of the source \`${source.name}\` is a ${statement} statement: a source only reads`,
    hint: "Write one SELECT.",
    where: source.where("query"),
  });
}
