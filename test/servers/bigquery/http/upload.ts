/**
 * Load jobs that bring their data: in one request (multipart), or in pieces (resumable).
 * https://cloud.google.com/bigquery/docs/reference/api-uploads
 */
import { randomUUID } from "node:crypto";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError, invalid, notHere } from "../api-error.ts";
import { insertJob } from "../methods/jobs.ts";
import type { Fault, SeenRequest } from "../options.ts";
import type { State, Upload } from "../state.ts";
import { parseJson, splitMultipart } from "./body.ts";
import { classify } from "./classify.ts";
import { canonicalRequest } from "./discovery.ts";
import type { Incoming } from "./exchange.ts";

type Json = Record<string, unknown>;

export interface UploadRequest {
  about: Partial<SeenRequest>;
  /** The job's JSON, where this request brings it. */
  job?: Json;
  act(by: By): Promise<Uploaded>;
}

interface By {
  principal: string;
  seen: SeenRequest;
  jobFault?: Fault;
}

/** The job where the upload is complete; otherwise what tells the client to go on. */
interface Uploaded {
  status: number;
  headers: Record<string, string>;
  job?: unknown;
}

/** What the request is, when it is about an upload. */
export function findUpload(state: State, incoming: Incoming): UploadRequest | undefined {
  const path = /^(?:\/resumable)?\/upload\/bigquery\/v2\/projects\/([^/]+)\/jobs$/.exec(incoming.url.pathname);
  if (!path) return undefined;
  const project = decodeURIComponent(path[1]!);
  const id = incoming.url.searchParams.get("upload_id");
  if (id !== null) return chunk(state, incoming, id);
  const type = incoming.url.searchParams.get("uploadType");
  if (type === "multipart") return multipart(state, incoming, project);
  if (type === "resumable") return start(state, incoming, project);
  throw notHere(`uploadType ${type}`);
}

const canonicalJob = (job: Json) => canonicalRequest("jobs.insert", job) as Json;

function multipart(state: State, { headers, bytes }: Incoming, project: string): UploadRequest {
  const { json, media } = splitMultipart(headers["content-type"] ?? "", bytes);
  const job = json as Json;
  return {
    job,
    about: { ...classify("jobs.insert", {}, job), body: job },
    async act(by) {
      const file = join(state.folder, randomUUID());
      await writeFile(file, media);
      return {
        status: 200,
        headers: {},
        job: await insertJob({ state, project, job: canonicalJob(job), media: file, ...by }),
      };
    },
  };
}

function start(state: State, { headers, url, bytes }: Incoming, project: string): UploadRequest {
  const job = (parseJson(bytes) ?? {}) as Json;
  const about = {
    ...classify("jobs.insert", {}, job),
    kind: "upload-start",
    writes: false,
    startsJob: false,
    body: job,
  };
  return {
    job,
    about,
    async act() {
      const upload: Upload = { id: randomUUID(), project, job, file: join(state.folder, randomUUID()), received: 0 };
      await writeFile(upload.file, "");
      state.uploads.set(upload.id, upload);
      const location = `http://${headers.host}${url.pathname}?uploadType=resumable&upload_id=${upload.id}`;
      return { status: 200, headers: { location, "x-guploader-uploadid": upload.id } };
    },
  };
}

function chunk(state: State, { headers, bytes }: Incoming, id: string): UploadRequest {
  const upload = state.uploads.get(id);
  const range = readRange(headers["content-range"], bytes.length);
  const isLast = range.total !== undefined && range.from + bytes.length >= range.total;
  const about = upload ? classify("jobs.insert", {}, upload.job) : {};
  return {
    about: { ...about, kind: "upload-chunk", writes: isLast, startsJob: isLast, body: upload?.job },
    async act(by) {
      if (!upload) throw new ApiError({ reason: "notFound", message: "Upload not found", status: 410 });
      if (upload.reply !== undefined) return { status: 200, headers: {}, job: upload.reply };
      await store(upload, range, bytes);
      if (range.total === undefined || upload.received < range.total) return goOn(upload);
      upload.reply = await insertJob({
        state,
        project: upload.project,
        job: canonicalJob(upload.job),
        media: upload.file,
        ...by,
      });
      return { status: 200, headers: {}, job: upload.reply };
    },
  };
}

interface Range {
  from: number;
  total?: number;
}

/** `bytes 0-99/200`, or with a star for the total or for the range; the latter asks how much has come. */
function readRange(header: string | undefined, length: number): Range {
  if (header === undefined) return { from: 0, total: length };
  const found = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header);
  if (!found) throw invalid(`Invalid Content-Range: ${header}`);
  const total = found[3] === "*" ? {} : { total: Number(found[3]) };
  return { from: Number(found[1] ?? 0), ...total };
}

/** What the server has already is not taken twice; a hole is refused. */
async function store(upload: Upload, { from }: Range, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return;
  if (from > upload.received)
    throw invalid(`Invalid request. The upload goes on at byte ${upload.received}, not ${from}.`);
  const fresh = bytes.subarray(upload.received - from);
  await appendFile(upload.file, fresh);
  upload.received += fresh.length;
}

/** 308: Google's way to say that more is wanted. */
function goOn({ received }: Upload): Uploaded {
  return { status: 308, headers: received > 0 ? { range: `bytes=0-${received - 1}` } : {} };
}
