/**
 * Jobs with ids of our own choosing: a restarted process inserts the same id, is refused, and adopts what its predecessor did.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs
 */
import { sleep } from "../../../util/retry.ts";
import { shortHash } from "../../../util/short-hash.ts";
import type { BigQueryClient } from "./client.ts";
import type { QueryParameter } from "./parameters.ts";
import { judgeRefusal, Refusal, refusalOfJob, type ErrorProto } from "./refusal.ts";

export interface Job {
  jobReference: { projectId: string; jobId: string; location?: string };
  configuration: JobConfiguration;
  status: { state: "PENDING" | "RUNNING" | "DONE"; errorResult?: ErrorProto; errors?: ErrorProto[] };
  statistics?: JobStatistics;
}

/** One of `query`, `load`, `copy`, and what all have. Source: …/rest/v2/Job#jobconfiguration */
export interface JobConfiguration {
  query?: Record<string, unknown>;
  load?: Record<string, unknown>;
  copy?: Record<string, unknown>;
  labels?: Record<string, string>;
  dryRun?: boolean;
  jobTimeoutMs?: string;
}

/** Numbers are texts, as int64 are in Google's JSON. */
export interface JobStatistics {
  totalBytesProcessed?: string;
  query?: {
    totalBytesBilled?: string;
    totalBytesProcessed?: string;
    cacheHit?: boolean;
    statementType?: string;
    /** Through views, too. */
    referencedTables?: object[];
    schema?: { fields?: unknown[] };
  };
  load?: { outputRows?: string; badRecords?: string };
}

export interface NamedJob {
  /** The same for a restarted process, different for anything that must not be adopted: see {@link jobName}. */
  id: string;
  /** Of the effect that inserting it is. */
  effect: string;
  configuration: JobConfiguration;
  /** Where its tables are. `jobs.get` needs it outside US and EU. */
  location?: string | undefined;
  /** Whether what a predecessor's job made is still there: a load's staging table, for one. By default it is. */
  adopt?: (job: Job) => Promise<boolean>;
  /** How it is inserted, where it is more than its configuration: an upload. */
  insert?: (reference: Job["jobReference"], configuration: JobConfiguration) => Promise<Job>;
  /** Whether nobody wants its result once the run is told to stop. */
  cancelWhenStopped?: boolean;
  /** Whether it is inserted, and its end waited for, also when the run is told to stop. */
  evenIfStopped?: boolean;
}

/** A failed id is burnt. So many are tried before the last failure counts. */
const mostAttempts = 10;
/** Failures of jobs of our own that pass by themselves are tried so often. */
const mostFailures = 4;
const firstPause = 100;

const firstPoll = 30;
const longestPoll = 2000;

/**
 * Inserts a job, or adopts the one that has its id, and waits for its end.
 * @returns the job, done and without error, and whether it was adopted
 * @throws {Refusal} why it failed
 */
export async function runJob(client: BigQueryClient, named: NamedJob): Promise<{ job: Job; adopted: boolean }> {
  let failures = 0;
  for (let attempt = 0; ; attempt++) {
    const { job: begun, known } = await beginJob(client, named, attempt);
    const job = await waitForJob(client, begun, named);
    const failure = job.status.errorResult && refusalOfJob(job.status.errorResult);
    if (!failure && (!known || (await (named.adopt?.(job) ?? true)))) return { job, adopted: known };
    if (failure && !known && (++failures >= mostFailures || judgeRefusal(failure, client.api).again === "never"))
      throw failure;
    if (attempt + 1 >= mostAttempts)
      throw failure ?? new Refusal({ status: 409, reason: "duplicate", message: `Job ${named.id} was run too often` });
    client.context.log.debug(
      `job ${job.jobReference.jobId}: ${failure?.message ?? "not to be adopted"}; another attempt`,
    );
    if (failure && !known) await sleep(firstPause * 5 ** failures, client.context.signal);
  }
}

async function beginJob(
  client: BigQueryClient,
  named: NamedJob,
  attempt: number,
): Promise<{ job: Job; known: boolean }> {
  const { id, effect, location = client.location, configuration, evenIfStopped } = named;
  const { insert = inserted(client, evenIfStopped) } = named;
  const jobReference = {
    projectId: client.project,
    jobId: attempt === 0 ? id : `${id}_${attempt}`,
    ...(location !== undefined && { location }),
  };
  const labelled = { ...configuration, labels: { ...client.labels, ...configuration.labels } };
  try {
    const job = await client.context.effect(effect, () => insert(jobReference, labelled));
    return { job, known: false };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 409) throw error;
    return { job: await getJob(client, jobReference, evenIfStopped), known: true };
  }
}

function inserted(client: BigQueryClient, evenIfStopped = false): NonNullable<NamedJob["insert"]> {
  return (jobReference, configuration) =>
    client.request<Job>({
      method: "POST",
      path: jobsPath(jobReference),
      body: { jobReference, configuration },
      evenIfStopped,
    });
}

/** A job as it stands, whose end nobody waits for: 409 and 404 are the caller's to read. */
export function getJob(client: BigQueryClient, reference: Job["jobReference"], evenIfStopped = false): Promise<Job> {
  const { jobId, location } = reference;
  const path = `${jobsPath(reference)}/${encodeURIComponent(jobId)}`;
  return client.request<Job>({ path, query: { location }, evenIfStopped });
}

export function jobsPath({ projectId }: Pick<Job["jobReference"], "projectId">): string {
  return `projects/${encodeURIComponent(projectId)}/jobs`;
}

async function waitForJob(client: BigQueryClient, begun: Job, named: NamedJob): Promise<Job> {
  const { cancelWhenStopped, evenIfStopped } = named;
  const signal = evenIfStopped ? new AbortController().signal : client.context.signal;
  let job = begun;
  try {
    for (let pause = firstPoll; job.status.state !== "DONE"; pause = Math.min(pause * 1.5, longestPoll)) {
      await sleep(pause, signal);
      job = await getJob(client, job.jobReference, evenIfStopped);
    }
    return job;
  } catch (error) {
    if (cancelWhenStopped && client.context.signal.aborted) await cancelJob(client, job.jobReference);
    throw error;
  }
}

async function cancelJob(client: BigQueryClient, reference: Job["jobReference"]): Promise<void> {
  const { jobId, location } = reference;
  const path = `${jobsPath(reference)}/${encodeURIComponent(jobId)}/cancel`;
  await client.context
    .effect("job.cancel", () =>
      client.send({ method: "POST", path, query: { location }, evenIfStopped: true, timeout: 5000 }),
    )
    .catch(() => undefined);
}

/** `query` of a job that runs GoogleSQL: a query, or a script. */
export function queryConfiguration(query: string, parameters: QueryParameter[] = []): Record<string, unknown> {
  return {
    query,
    useLegacySql: false,
    ...(parameters.length > 0 && { parameterMode: "NAMED", queryParameters: parameters }),
  };
}

/** What a job is for, which makes its id. */
export interface JobPurpose {
  pipeline: string;
  runId: string;
  execution: string;
  generation: number;
  /** `load_apps_per_env`, `publish` … and what it depends on, as a hash. */
  step: string;
}

/** Readable, and different whenever one of its parts is. At most 1,024 letters, digits, _ and -. */
export function jobName({ pipeline, runId, execution, generation, step }: JobPurpose): string {
  const parts = [pipeline, runId, execution, String(generation), step];
  const readable = parts.map((part) => part.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 100)).join("_");
  const hash = shortHash(JSON.stringify(parts));
  return `nais-etl_${readable}_${hash}`;
}
