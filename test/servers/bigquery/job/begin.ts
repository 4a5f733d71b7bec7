/** A new job: what is checked before it has an id, and the work that follows. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, errorProto, invalid, notHere } from "../api-error.ts";
import { findDataset } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import type { Fault } from "../options.ts";
import type { State } from "../state.ts";
import type { Json } from "../methods/jobs.ts";
import { addJob, cancelled, startJob, type Job } from "./job.ts";
import { prepareCopy } from "./copy.ts";
import { prepareLoad } from "./load.ts";
import { prepareQuery, queryLocation } from "./query.ts";

export interface NewJob {
  state: State;
  project: string;
  job: Json;
  principal: string;
  /** File of an upload. */
  media?: string;
  jobFault?: Fault;
}

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

export function checkedConfiguration({ job }: NewJob): Json {
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
