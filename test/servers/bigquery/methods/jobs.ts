/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, errorProto, invalid, notHere } from "../api-error.ts";
import { findDataset } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import { isTrue, type Call } from "../http/call.ts";
import { addJob, cancelled, getJob, jobResource, settled, startJob, type Job } from "../job/job.ts";
import { prepareCopy } from "../job/copy.ts";
import { prepareLoad } from "../job/load.ts";
import { dryRun, prepareQuery, queryLocation } from "../job/query.ts";
import type { Fault } from "../options.ts";
import type { State } from "../state.ts";

type Json = Record<string, any>;

export interface NewJob {
  state: State;
  project: string;
  job: Json;
  principal: string;
  /** File of an upload. */
  media?: string;
  jobFault?: Fault;
}

export async function insertJobMethod({ state, path, body, principal, jobFault }: Call): Promise<unknown> {
  return insertJob({ state, project: path["projectId"]!, job: body, principal, ...(jobFault && { jobFault }) });
}

/** The reply of `jobs.insert`. A query that BigQuery would not even begin is refused at once, and its id is burnt. */
export async function insertJob(parts: NewJob): Promise<Json> {
  const isDryRun = parts.job["configuration"]?.dryRun === true;
  if (isDryRun) return dryRun(parts, checkedConfiguration(parts));
  const job = await beginJob(parts);
  const reply = jobResource(job);
  await settled(job, restBeforeReply);
  return reply;
}

/** A client asks at once, and again only after half a second: a short job is done when it first asks. */
const restBeforeReply = 100;

/** Makes the job and sets it going. */
export async function beginJob(parts: NewJob): Promise<Job> {
  const { state, project, principal } = parts;
  demand(state, { principal, permission: "bigquery.jobs.create", on: { project } });
  const configuration = checkedConfiguration(parts);
  const reference = parts.job["jobReference"] as Json | undefined;
  const job = addJob(state.jobs, {
    project,
    principal,
    configuration,
    id: checkedId(reference, project),
    location: reference?.["location"] ?? locationOf(state, configuration, project),
    ...(parts.jobFault && { fault: parts.jobFault }),
  });
  try {
    const work = await prepare(parts, job);
    startJob(job, () => afterFault(state, job, work));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    Object.assign(job, { state: "DONE", error: errorProto(error) });
    throw error;
  }
  return job;
}

function checkedConfiguration({ job }: NewJob): Json {
  const configuration = (job["configuration"] ?? {}) as Json;
  const kinds = ["query", "load", "copy", "extract"].filter((it) => configuration[it] !== undefined);
  if (kinds.length !== 1) throw invalid("Required parameter is missing: exactly one of query, load, copy, extract");
  checkLabels(configuration["labels"] as Json | undefined);
  return { ...configuration, jobType: kinds[0]!.toUpperCase() };
}

/** https://cloud.google.com/bigquery/docs/labels-intro#requirements */
function checkLabels(labels: Json | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (
      /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key) &&
      /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(String(value))
    )
      continue;
    throw invalid(`Label key or value is invalid: ${key}=${value}`);
  }
}

function checkedId(reference: Json | undefined, project: string): string {
  if (reference?.["projectId"] !== undefined && reference["projectId"] !== project) {
    throw invalid("Value of jobReference.projectId does not match the project in the path");
  }
  const id = (reference?.["jobId"] as string | undefined) ?? `job_${randomUUID().replaceAll("-", "")}`;
  if (/^[\w-]{1,1024}$/.test(id)) return id;
  throw invalid(
    `Invalid job ID "${id}". Job IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.`,
  );
}

function locationOf(state: State, configuration: Json, project: string): string {
  if (configuration["query"]) return queryLocation(state, configuration["query"] as Json, project);
  const target = configuration["load"]?.destinationTable ?? configuration["copy"]?.destinationTable;
  const found = target && findDataset(state.catalog, target.projectId, target.datasetId);
  return found?.location ?? state.options.location;
}

type Work = () => Promise<void>;

async function prepare(parts: NewJob, job: Job): Promise<Work> {
  const { state, media } = parts;
  if (job.configuration["query"]) return prepareQuery(state, job);
  if (job.configuration["load"]) return prepareLoad({ state, job, ...(media !== undefined && { media }) });
  if (job.configuration["copy"]) return prepareCopy(state, job);
  throw notHere("extract jobs");
}

async function afterFault(state: State, job: Job, work: Work): Promise<void> {
  const { fault } = job;
  const wait = (state.options.jobMilliseconds ?? 0) + (fault?.milliseconds ?? 0);
  if (wait > 0) await sleep(wait, undefined, { signal: job.cancel.signal }).catch(() => {});
  if (job.cancel.signal.aborted) throw cancelled();
  if (fault?.action === "hold-job" && fault.statement === undefined) await state.faults.held();
  if (fault?.action === "fail-job") {
    throw new ApiError(
      fault.error ?? {
        reason: "backendError",
        message: "Error encountered during execution. Retrying may solve the problem.",
      },
    );
  }
  await work();
}

export async function getJobMethod(call: Call): Promise<unknown> {
  return jobResource(findJob(call));
}

export function findJob({ state, path, query, principal }: Call): Job {
  const location = query.get("location");
  const project = path["projectId"]!;
  const job = getJob(state.jobs, { project, id: path["jobId"]!, ...(location !== null && { location }) });
  if (job.principal !== principal) demand(state, { principal, permission: "bigquery.jobs.get", on: { project } });
  return job;
}

export async function cancelJob(call: Call): Promise<unknown> {
  const job = findJob(call);
  if (job.state !== "DONE") job.cancel.abort();
  return { kind: "bigquery#jobCancelResponse", job: jobResource(job) };
}

export async function listJobs({ state, path, query, principal }: Call): Promise<unknown> {
  const states = query.getAll("stateFilter").map((it) => it.toUpperCase());
  const [parent, after, before] = ["parentJobId", "minCreationTime", "maxCreationTime"].map((it) => query.get(it));
  const found = state.jobs.all.filter(
    (job) =>
      job.project === path["projectId"] &&
      (isTrue(query, "allUsers") || job.principal === principal) &&
      (states.length === 0 || states.includes(job.state)) &&
      (parent ? job.parent === parent : job.parent === undefined) &&
      (!after || job.created >= Number(after)) &&
      (!before || job.created <= Number(before)),
  );
  const from = Number(query.get("pageToken") ?? 0);
  const end = from + Number(query.get("maxResults") ?? 50);
  const jobs = found.toReversed().slice(from, end).map(listed);
  return {
    kind: "bigquery#jobList",
    etag: String(found.length),
    ...(jobs.length > 0 && { jobs }),
    ...(end < found.length && { nextPageToken: String(end) }),
  };
}

function listed(job: Job): Json {
  const { id, status, statistics, configuration, jobReference, user_email, principal_subject } = jobResource(
    job,
  ) as Json;
  const { errorResult, state } = status;
  return {
    kind: "bigquery#job",
    id,
    jobReference,
    configuration,
    statistics,
    status,
    state,
    user_email,
    principal_subject,
    ...(errorResult && { errorResult }),
  };
}
