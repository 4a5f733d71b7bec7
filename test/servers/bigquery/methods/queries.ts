/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query and /getQueryResults */
import { ApiError } from "../api-error.ts";
import { sizeOf } from "../catalog/size.ts";
import { numberOf, type Call } from "../http/call.ts";
import { settled, type Job } from "../job/job.ts";
import type { State } from "../state.ts";
import { beginJob } from "../job/begin.ts";
import { findJob, insertJob } from "./jobs.ts";
import { pagingOf, readPage, timestampFormat, type Paging } from "./page.ts";

type Json = Record<string, any>;

export async function getQueryResults(call: Call): Promise<unknown> {
  const job = findJob(call);
  await settled(job, numberOf(call.query, "timeoutMs") ?? 10_000);
  return { kind: "bigquery#getQueryResultsResponse", ...(await results(call.state, job, pagingOf(call.query))) };
}

/** @throws ApiError what the job failed with */
async function results(state: State, job: Job, paging: Paging): Promise<Json> {
  const { project, id, location } = job;
  const reference = { jobReference: { projectId: project, jobId: id, location } };
  if (job.state !== "DONE") return { ...reference, jobComplete: false };
  if (job.error) throw new ApiError(job.error.reason === "stopped" ? { ...job.error, status: 499 } : job.error);
  const { query } = job.statistics as Json;
  const counts = {
    totalBytesProcessed: job.statistics["totalBytesProcessed"] ?? "0",
    cacheHit: false,
    ...(query?.numDmlAffectedRows !== undefined && { numDmlAffectedRows: query.numDmlAffectedRows }),
  };
  if (!job.result) return { ...reference, jobComplete: true, ...counts, totalRows: "0" };
  const { rows: total } = await sizeOf(state.catalog, job.result);
  const { rows, pageToken } = await readPage(state, job.result, paging, total);
  return {
    ...reference,
    jobComplete: true,
    ...counts,
    schema: { fields: job.result.fields },
    totalRows: String(total),
    ...(rows.length > 0 && { rows }),
    ...(pageToken !== undefined && { pageToken }),
  };
}

/** The keys of `jobs.query` that a query's configuration has, too. */
const shared = [
  "query",
  "useLegacySql",
  "defaultDataset",
  "maximumBytesBilled",
  "parameterMode",
  "queryParameters",
  "useQueryCache",
  "createSession",
  "connectionProperties",
];

export async function query(call: Call): Promise<unknown> {
  const body = call.body as Json;
  const [project, state] = [call.path["projectId"]!, call.state];
  const job = configurationOf(body);
  const parts = { state, project, job, principal: call.principal, ...(call.jobFault && { jobFault: call.jobFault }) };
  if (body["dryRun"] === true) return dryReply(await insertJob(parts));
  const requestId = body["requestId"] as string | undefined;
  const begun = state.jobs.requests.get(requestId ?? "") ?? (await beginJob(parts));
  if (requestId) state.jobs.requests.set(requestId, begun);
  await settled(begun, (body["timeoutMs"] as number | undefined) ?? 10_000);
  const paging: Paging = { start: 0, timestamps: formatOf(body["formatOptions"] as Json | undefined) };
  if (body["maxResults"] !== undefined) paging.maxResults = Number(body["maxResults"]);
  const { numDmlAffectedRows, ...rest } = await results(state, begun, paging);
  return {
    kind: "bigquery#queryResponse",
    ...rest,
    ...(numDmlAffectedRows !== undefined && { numDmlAffectedRows }),
    location: begun.location,
    creationTime: String(begun.created),
    ...(begun.state === "DONE" && { totalBytesBilled: begun.statistics["query"]?.totalBytesBilled ?? "0" }),
  };
}

function configurationOf(body: Json): Json {
  const kept = Object.fromEntries(shared.filter((key) => body[key] !== undefined).map((key) => [key, body[key]]));
  return {
    configuration: {
      query: kept,
      ...(body["dryRun"] !== undefined && { dryRun: body["dryRun"] }),
      ...(body["labels"] && { labels: body["labels"] }),
      ...(body["jobTimeoutMs"] !== undefined && { jobTimeoutMs: String(body["jobTimeoutMs"]) }),
    },
    ...(body["location"] !== undefined && { jobReference: { location: body["location"] } }),
  };
}

const formatOf = (options: Json | undefined) =>
  timestampFormat(options?.["timestampOutputFormat"] as string | undefined, options?.["useInt64Timestamp"] === true);

function dryReply({ jobReference, statistics }: Json): Json {
  return {
    kind: "bigquery#queryResponse",
    jobReference,
    jobComplete: true,
    totalBytesProcessed: statistics.totalBytesProcessed,
    cacheHit: false,
    ...(statistics.query.schema && { schema: statistics.query.schema }),
  };
}
