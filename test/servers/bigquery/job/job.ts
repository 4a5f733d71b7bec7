/** Jobs: their ids, which are given once and for all, their states, and what the API says of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, duplicate, errorProto, notFound, type ErrorProto } from "../api-error.ts";
import { etagOf, type Table } from "../catalog/catalog.ts";
import type { Fault } from "../options.ts";

export interface Job {
  project: string;
  id: string;
  location: string;
  principal: string;
  configuration: Record<string, any>;
  statistics: Record<string, any>;
  state: "PENDING" | "RUNNING" | "DONE";
  error?: ErrorProto;
  /** The errors of single rows. */
  details?: ErrorProto[];
  /** Ends when the job does, well or not. */
  done: Promise<void>;
  /** Where a query's rows are. */
  result?: Table;
  /** A script's id, for the jobs of its statements. */
  parent?: string;
  /** What is to befall it. */
  fault?: Fault;
  /** Aborted by `jobs.cancel`. */
  cancel: AbortController;
  created: number;
}

export interface JobStore {
  /** In the order in which they were made. */
  all: Job[];
  byId: Map<string, Job>;
  /** The jobs of `jobs.query` by their requestId: the same request sent again gets the same job. */
  requests: Map<string, Job>;
}

export const makeJobs = (): JobStore => ({ all: [], byId: new Map(), requests: new Map() });

const showJob = ({ project, location, id }: Pick<Job, "project" | "location" | "id">) =>
  `Job ${project}:${location}.${id}`;

/** @throws ApiError 409: an id is used up, whatever became of its job. */
export function addJob(store: JobStore, job: Omit<Job, "statistics" | "state" | "done" | "cancel" | "created">): Job {
  if (store.byId.has(keyOf(job))) throw duplicate(showJob(job));
  const created = Date.now();
  const added: Job = {
    ...job,
    created,
    state: "PENDING",
    statistics: { creationTime: String(created) },
    done: Promise.resolve(),
    cancel: new AbortController(),
  };
  store.all.push(added);
  store.byId.set(keyOf(job), added);
  return added;
}

const keyOf = ({ project, id, location }: Pick<Job, "project" | "id" | "location">) =>
  `${project}:${location.toLowerCase()}.${id}`;

/**
 * @param location where the client says it is. Without it, only jobs in the US and EU multi-regions are found.
 * @throws ApiError 404
 */
export function getJob(store: JobStore, { project, id, location }: { project: string; id: string; location?: string }) {
  const places = location === undefined ? ["US", "EU"] : [location];
  const found = places
    .map((place) => store.byId.get(keyOf({ project, id, location: place })))
    .find((it) => it !== undefined);
  if (found) return found;
  throw notFound(location === undefined ? `Job ${project}:${id}` : showJob({ project, id, location }));
}

/** Runs the job's work; whatever goes wrong becomes its errorResult. */
export function startJob(job: Job, work: () => Promise<void>): void {
  const run = async () => {
    // Whoever made the job gets an answer first.
    await Promise.resolve();
    job.state = "RUNNING";
    job.statistics["startTime"] = String(Date.now());
    try {
      await work();
    } catch (error) {
      fail(job, error);
    }
    if (job.cancel.signal.aborted) fail(job, cancelled());
    job.statistics["endTime"] = String(Date.now());
    job.state = "DONE";
  };
  job.done = run();
}

/** Waits for the job, but no longer than the client wants. */
export async function settled(job: Job, milliseconds: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([job.done, sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

function fail(job: Job, error: unknown): void {
  if (job.error) return;
  const known = error instanceof ApiError ? error : new ApiError({ reason: "internalError", message: String(error) });
  job.error = errorProto(known);
  if (known.details) job.details = known.details;
}

export const cancelled = () =>
  new ApiError({ reason: "stopped", message: "Job execution was cancelled: User requested cancellation" });

/** As `jobs.get` gives it. */
export function jobResource(job: Job): Record<string, unknown> {
  const { project, id, location, principal, configuration, statistics, state, error } = job;
  return {
    kind: "bigquery#job",
    etag: etagOf(project, id, state),
    id: `${project}:${location}.${id}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/jobs/${id}?location=${location}`,
    jobReference: { projectId: project, jobId: id, location },
    configuration,
    status: { state, ...(error && { errorResult: error, errors: [error, ...(job.details ?? [])] }) },
    statistics: { ...statistics, ...(job.parent !== undefined && { parentJobId: job.parent }) },
    user_email: principal,
    principal_subject: `user:${principal}`,
  };
}
