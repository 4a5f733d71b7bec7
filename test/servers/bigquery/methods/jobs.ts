/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs */
import { demand } from "../grants.ts";
import { isTrue, type Call } from "../http/call.ts";
import { getJob, jobResource, settled, type Job } from "../job/job.ts";
import { dryRun } from "../job/query.ts";
import { beginJob, checkedConfiguration, type NewJob } from "../job/begin.ts";

export type Json = Record<string, any>;

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
