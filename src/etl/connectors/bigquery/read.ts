/** Reads a source as planned: Arrow batches, whichever way they come. */
import { messageOf } from "../../../util/error.ts";
import { shortHash } from "../../../util/short-hash.ts";
import type { BatchScan } from "../connector.ts";
import type { BigQueryClient } from "./client.ts";
import { explainRefusal } from "./errors.ts";
import { jobName, queryConfiguration, runJob, type Job, type JobPurpose } from "./job.ts";
import { readPages, resultPages, tablePages, type PageSource } from "./pages.ts";
import { smallTable, type ReadPlan, type Reading, type Route, type TableResource } from "./plan.ts";
import { Refusal, unlessRefused } from "./refusal.ts";
import type { ReadSession } from "./storage.ts";
import { formatTableName, tablePath, type TableName } from "./table-name.ts";

export interface ReadOptions extends Reading {
  /** Makes the query job's id, which a restarted process finds again. */
  purpose: Omit<JobPurpose, "step">;
  /** Bytes that this source's query may bill; undefined: no limit. */
  mostBilled: number | undefined;
  /** Whether a later process may want the query's result when this one is stopped. */
  mayBeAdopted: boolean;
  /** Whether it is read before the run has the lock: another run must not adopt the query, nor tidy its result away. */
  ahead?: boolean;
  /** Where a result goes that is too large for BigQuery to keep aside: `project.dataset` in the query's location. */
  staging: () => Pick<TableName, "project" | "dataset"> | undefined;
}

/** @throws {EtlError} why it cannot be read */
export async function openRead(plan: ReadPlan, options: ReadOptions): Promise<BatchScan> {
  const explain = (error: unknown) => {
    const { name, spec, where } = plan.source;
    const isQuery = plan.route.kind === "query";
    const place = where(spec.query === undefined ? "table" : "query");
    return explainRefusal(
      error,
      {
        action: isQuery ? "query" : "read",
        name: plan.shown,
        part: `source ${name}`,
        where: place,
        isAnalysed: isQuery,
      },
      options.client,
    );
  };
  try {
    const scan = await openRoute(plan, plan.route, options);
    return { ...scan, batches: explaining(scan.batches, explain) };
  } catch (error) {
    throw await explain(error);
  }
}

async function* explaining<T>(batches: AsyncIterable<T>, explain: (error: unknown) => Promise<unknown>) {
  try {
    yield* batches;
  } catch (error) {
    throw await explain(error);
  }
}

async function openRoute(plan: ReadPlan, route: Route, options: ReadOptions): Promise<BatchScan> {
  switch (route.kind) {
    case "session":
      return scanSession(route.session, { billed: plan.billed, size: plan.crossing });
    case "pages":
      return scanPages(options.client, tablePages(route.table, plan.fields), { billed: 0, size: plan.crossing });
    case "query":
      return scanQuery(plan, route, options);
  }
}

type Known = Pick<BatchScan, "billed" | "size">;

function scanSession(session: ReadSession, known: Known): BatchScan {
  return {
    kind: "batches",
    schema: session.schema,
    batches: session.batches(),
    received: () => session.received(),
    ...known,
  };
}

async function scanPages(client: BigQueryClient, pages: PageSource, known: Known): Promise<BatchScan> {
  const { arrowSchema } = await import("./rest-rows.ts");
  let received = 0;
  const batches = readPages(client, pages, (bytes) => (received += bytes));
  return { kind: "batches", schema: arrowSchema(pages.fields), batches, received: () => received, ...known };
}

type QueryRoute = Extract<Route, { kind: "query" }>;

async function scanQuery(plan: ReadPlan, route: QueryRoute, options: ReadOptions): Promise<BatchScan> {
  const { client } = options;
  const { job, staged } = await runQuery(plan, route, options);
  const { projectId, datasetId, tableId } = job.configuration.query!["destinationTable"] as Record<string, string>;
  const table = { project: projectId!, dataset: datasetId!, table: tableId! };
  const result = await client.request<TableResource>({ path: tablePath(table) });
  const billed = Number(job.statistics?.query?.totalBytesBilled ?? 0);
  const size = { bytes: Number(result.numBytes ?? 0), rows: Number(result.numRows ?? 0) };
  const session = await openSession({ table, result, fields: plan.fields.map(({ name }) => name) }, options);
  // Pages hold every column of the query, also one that nobody declares.
  const pages = resultPages(job.jobReference, result.schema?.fields ?? plan.fields);
  const scan = session ? scanSession(session, { billed, size }) : await scanPages(client, pages, { billed, size });
  return staged ? { ...scan, batches: dropping(scan.batches, () => dropStaged(client, table)) } : scan;
}

interface Result {
  table: TableName;
  result: TableResource;
  fields: string[];
}

async function openSession({ table, result, fields }: Result, options: ReadOptions): Promise<ReadSession | undefined> {
  if (Number(result.numBytes ?? 0) < smallTable) return undefined;
  const storage = await options.storage();
  return storage?.openSession({ table, fields, restriction: undefined }).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.status !== 403) throw error;
    options.client.context.log.info(
      `the Storage Read API may not be used, so rows come over REST, which is slower: ask for roles/bigquery.readSessionUser on project ${options.client.project}`,
    );
    return undefined;
  });
}

/** Its result lies aside for a day; one that is too large for that goes into a table of its own. */
async function runQuery(
  plan: ReadPlan,
  route: QueryRoute,
  options: ReadOptions,
): Promise<{ job: Job; staged: boolean }> {
  const run = (more: Record<string, unknown>, step: string) => runQueryJob({ plan, route, more, step }, options);
  try {
    return { job: await run({}, "source"), staged: false };
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== "responseTooLarge") throw error;
    return runStaged(plan, options, { run, tooLarge: error });
  }
}

interface Staged {
  run: (more: Record<string, unknown>, step: string) => Promise<Job>;
  tooLarge: Refusal;
}

async function runStaged(plan: ReadPlan, options: ReadOptions, { run, tooLarge }: Staged) {
  const { client } = options;
  const dataset = options.staging();
  if (!dataset) throw tooLarge;
  const table = { ...dataset, table: stagedName(plan, options) };
  const destinationTable = { projectId: table.project, datasetId: table.dataset, tableId: table.table };
  const job = await run({ destinationTable, writeDisposition: "WRITE_TRUNCATE" }, "staged-source");
  const expirationTime = String(client.context.now().getTime() + 86_400_000);
  await client.context.effect("source.expire", () =>
    client.send({ method: "PATCH", path: tablePath(table), body: { expirationTime } }),
  );
  return { job, staged: true };
}

interface QueryJob {
  plan: ReadPlan;
  route: QueryRoute;
  more: Record<string, unknown>;
  step: string;
}

async function runQueryJob({ plan, route, more, step }: QueryJob, options: ReadOptions): Promise<Job> {
  const { client, mostBilled, purpose, mayBeAdopted, ahead } = options;
  const query = {
    ...queryConfiguration(route.sql, route.parameters),
    ...(mostBilled !== undefined && { maximumBytesBilled: String(mostBilled) }),
    ...more,
  };
  const { job, adopted } = await runJob(client, {
    id: jobName({ ...purpose, step: `${ahead ? "ahead-" : ""}${step}_${plan.source.name}_${hashOf(route, more)}` }),
    effect: "source.query",
    configuration: { query },
    location: plan.location,
    adopt: (known) => isThere(client, known),
    cancelWhenStopped: !mayBeAdopted,
  });
  if (adopted) client.context.log.info(`source ${plan.source.name}: the result of an earlier start is taken up`);
  return job;
}

/** What a query reads, with which values, and where its result goes: another one must not adopt it. */
function hashOf({ sql, parameters }: QueryRoute, more: Record<string, unknown>): string {
  return shortHash(JSON.stringify([sql, parameters, more]));
}

/** Of tables of large results. A pipeline's name has no `_`, so that no other pipeline's tables begin so. */
export function stagedSourcePrefix(pipeline: string): string {
  return `_nais_etl_source_${pipeline}_`;
}

/** Of those that are read while another run has the lock. */
export function aheadSourcePrefix(pipeline: string): string {
  return `_nais_etl_ahead_${pipeline}_`;
}

function stagedName({ source }: ReadPlan, { purpose, ahead }: ReadOptions): string {
  const prefix = (ahead ? aheadSourcePrefix : stagedSourcePrefix)(purpose.pipeline);
  return `${prefix}${source.name}_${shortHash(JSON.stringify(purpose))}`;
}

async function isThere(client: BigQueryClient, { configuration }: Job): Promise<boolean> {
  const { projectId, datasetId, tableId } = (configuration.query?.["destinationTable"] ?? {}) as Record<string, string>;
  if (tableId === undefined) return false;
  const path = tablePath({ project: projectId!, dataset: datasetId!, table: tableId });
  return (await unlessRefused(404, () => client.request({ path }))) !== undefined;
}

async function* dropping<T>(batches: AsyncIterable<T>, drop: () => Promise<void>): AsyncGenerator<T, void> {
  try {
    yield* batches;
  } finally {
    await drop();
  }
}

/** It expires in any case. */
async function dropStaged(client: BigQueryClient, table: TableName): Promise<void> {
  await client.context
    .effect("source.drop", () => client.send({ method: "DELETE", path: tablePath(table), evenIfStopped: true }))
    .catch((error: unknown) => client.context.log.debug(`${formatTableName(table)} is left: ${messageOf(error)}`));
}
