/**
 * A load job that brings its file, in pieces: what a broken connection has lost is sent again, and no more.
 * Source: https://cloud.google.com/bigquery/docs/reference/api-uploads
 */
import { open, type FileHandle } from "node:fs/promises";
import type { BigQueryClient } from "./client.ts";
import { getJob, type Job, type NamedJob } from "./job.ts";
import { judgeRefusal, Refusal, unlessRefused } from "./refusal.ts";

/** A multiple of 256 KiB, as the API asks for. */
const pieceBytes = 8 * 1024 ** 2;
/** Milliseconds that one piece may take. */
const pieceTimeout = 5 * 60_000;
/** Failures one after the other, with nothing received in between. */
const mostFailures = 6;

/** How to insert a load job whose data is this file. */
export function uploading(client: BigQueryClient, path: string): NonNullable<NamedJob["insert"]> {
  return async (jobReference, configuration) => {
    await refuseKnown(client, jobReference);
    const file = await open(path, "r");
    try {
      const session = await startSession(client, { jobReference, configuration });
      const { size } = await file.stat();
      return await sendPieces({ client, session, file, size });
    } finally {
      await file.close();
    }
  };
}

/** A job's id is refused only once all is sent: better to ask before. */
async function refuseKnown(client: BigQueryClient, reference: Job["jobReference"]): Promise<void> {
  const known = await unlessRefused(404, () => getJob(client, reference));
  if (known) throw new Refusal({ status: 409, reason: "duplicate", message: `Already Exists: Job ${reference.jobId}` });
}

async function startSession(client: BigQueryClient, body: object): Promise<string> {
  const path = `${client.api.url}/upload/bigquery/v2/projects/${encodeURIComponent(client.project)}/jobs`;
  const response = await client.send({ method: "POST", path, query: { uploadType: "resumable" }, body });
  return response.headers.get("location")!;
}

interface Upload {
  client: BigQueryClient;
  /** Address of the upload. */
  session: string;
  file: FileHandle;
  size: number;
}

async function sendPieces(upload: Upload): Promise<Job> {
  let received: Received = { offset: 0 };
  for (let failures = 0; ;) {
    const { offset } = received;
    try {
      received = await sendPiece(upload, offset);
      failures = 0;
    } catch (error) {
      if (!mayPass(error, upload) || ++failures > mostFailures) throw error;
      received = await askReceived(upload);
    }
    if (received.job) return received.job;
  }
}

/** A token that ran out in the midst of a long upload is renewed already. */
function mayPass(error: unknown, { client }: Upload): boolean {
  return judgeRefusal(error, client.api).again !== "never" || (error instanceof Refusal && error.status === 401);
}

/** How much has come, or the job that was made of all. */
interface Received {
  offset: number;
  job?: Job;
}

async function sendPiece({ client, session, file, size }: Upload, offset: number): Promise<Received> {
  const length = Math.min(pieceBytes, size - offset);
  const response = await client.send({
    method: "PUT",
    path: session,
    headers: { "content-range": `bytes ${offset}-${offset + length - 1}/${size}` },
    part: { file, from: offset, length },
    accept: [308],
    timeout: pieceTimeout,
    patience: 0,
  });
  return readReceived(response);
}

async function askReceived({ client, session, size }: Upload): Promise<Received> {
  const headers = { "content-range": `bytes */${size}` };
  return readReceived(await client.send({ method: "PUT", path: session, headers, accept: [308] }));
}

async function readReceived(response: Response): Promise<Received> {
  if (response.status !== 308) return { offset: 0, job: (await response.json()) as Job };
  await response.body?.cancel();
  const last = /-(\d+)$/.exec(response.headers.get("range") ?? "")?.[1];
  return { offset: last === undefined ? 0 : Number(last) + 1 };
}
