/** What a test may ask of the server. Everything here is plain JSON, so that it also goes to a process of its own. */

export interface ServerOptions {
  /** Loopback ports; free ones are picked when they are not given. */
  port?: number;
  storagePort?: number;
  /** The project whose datasets and jobs are made without saying one; any project may be named in requests. */
  project?: string;
  /** Where a dataset or a job goes that names no location. BigQuery's own default, US, unless said here. */
  location?: string;
  /**
   * Which bearer tokens are good, and whose they are: `{ "token-1": "app@project.iam.gserviceaccount.com" }`.
   * A token that is not here is refused with 401. Without this option any token, and none, is good.
   */
  tokens?: Record<string, string>;
  /** Whether a request without a token is refused (401). Otherwise its principal is `anonymous`. */
  requireToken?: boolean;
  /** Who may do what. Without this option everyone may do everything; with it, nobody what is not listed. */
  grants?: Grant[];
  /** Datasets that are there from the start: `dataset` or `project.dataset`. */
  datasets?: { name: string; location?: string }[];
  /** How long a job is PENDING and RUNNING before its work begins. 0 unless said. */
  jobMilliseconds?: number;
  /** Bytes of a query's rows that can lie aside: more is refused, unless the job names a table for them. BigQuery takes about 10 GB. */
  largestResult?: number;
  /** Whether `FOR SYSTEM_TIME AS OF` finds tables as they were: each change then copies its table. */
  timeTravel?: boolean;
  /** Directory for DuckDB's spilled data. Tables live in memory. */
  temporaryDirectory?: string;
}

/** One of the predefined roles of BigQuery, on all, or on a project, a dataset or a table. */
export interface Grant {
  /** A principal named in `tokens`, or `anonymous`. */
  member: string;
  role: Role;
  /** What of the role is not given: `bigquery.tables.createSnapshot`. Then it is a role of somebody's own. */
  without?: string[];
  /** `project`, `project.dataset` or `project.dataset.table`; everything when it is left out. */
  on?: string;
}

/** https://cloud.google.com/bigquery/docs/access-control: the parts of these roles that the server knows. */
export type Role =
  | "roles/bigquery.metadataViewer"
  | "roles/bigquery.dataViewer"
  | "roles/bigquery.dataEditor"
  | "roles/bigquery.dataOwner"
  | "roles/bigquery.jobUser"
  | "roles/bigquery.user"
  | "roles/bigquery.readSessionUser"
  | "roles/bigquery.admin";

/** Which requests a fault, or a look into the list of requests, means. Every part that is given must match. */
export interface RequestMatch {
  /** `tables.insert`, `jobs.insert`, `jobs.getQueryResults`, `storage.CreateReadSession`, `storage.ReadRows` … */
  method?: string;
  /** What a `jobs.insert` is about: `query`, `load`, `copy`, `extract`; a step of a resumable upload: `upload-start`, `upload-chunk`. */
  kind?: string;
  /** A regular expression, looked for in the request's target: a table, a dataset, a job id, a stream. */
  target?: string;
  /** A regular expression, looked for in the JSON of the request (the SQL stands there), without uploaded data. */
  body?: string;
  /** Only requests that change something. */
  writes?: boolean;
}

export interface Fault {
  on: RequestMatch;
  /** From which matching request on, counted from 1 when the fault is set. */
  nth?: number;
  /** How many matching requests it hits. 1 unless said. */
  times?: number;
  /**
   * - `drop`: the connection breaks before any work;
   * - `lose-answer`: the work is done, then the connection breaks;
   * - `hold`: the request waits, before any work, until `release()`;
   * - `hold-after`: the work is done, and the answer waits until `release()`;
   * - `token-expired` 401; `rate-limit` 403 rateLimitExceeded; `too-many-requests` 429; `quota` 403 quotaExceeded;
   *   `forbidden` 403 accessDenied; `internal` 500; `bad-gateway` 502 (HTML, as from a proxy); `unavailable` 503. No work is done.
   * - over gRPC: `drop` and `unavailable` end with UNAVAILABLE, `rate-limit` and `quota` with RESOURCE_EXHAUSTED,
   *   `token-expired` with UNAUTHENTICATED, `internal` with INTERNAL;
   * - `fail-job`: the request goes well, and the job that it starts ends with `error` instead of doing its work;
   * - `hold-job`: the job that it starts waits before its work until `release()`; a script before the `statement` that is
   *   named, so that it stands in the midst of its transaction;
   * - `slow-job`: the job that it starts rests for `milliseconds` before its work.
   */
  action: FaultAction;
  /** For `storage.ReadRows`: how many messages are sent before the fault. 0 unless said. */
  afterMessages?: number;
  /** For `fail-job`: what its errorResult says. */
  error?: { reason: string; message: string };
  /** For `hold-job` and a script: which of its statements waits, counted from 1. The first unless said. */
  statement?: number;
  /** For `slow-job`. */
  milliseconds?: number;
}

export type FaultAction =
  | "drop"
  | "lose-answer"
  | "hold"
  | "hold-after"
  | "token-expired"
  | "rate-limit"
  | "too-many-requests"
  | "quota"
  | "forbidden"
  | "internal"
  | "bad-gateway"
  | "unavailable"
  | "fail-job"
  | "hold-job"
  | "slow-job";

/** One request that came in, whatever became of it. */
export interface SeenRequest {
  /** Counts from 1, in the order in which requests came. */
  number: number;
  protocol: "rest" | "grpc";
  /** See {@link RequestMatch}. */
  method: string;
  kind?: string;
  /** `project.dataset.table`, `project.dataset`, a job id, the name of a session or stream: what the request is about. */
  target?: string;
  /** First words of the SQL: SELECT, MERGE, BEGIN TRANSACTION …. */
  statement?: string;
  /**
   * Whether the request changes what a client can later see: a table, a dataset, data. A job that only reads (SELECT)
   * and a dry run do not; a load, a DML statement, a script, and the upload that ends in a load do.
   */
  writes: boolean;
  /** Whether it makes a job, which burns its job id and may cost money. */
  startsJob: boolean;
  principal?: string;
  /** The request's JSON, without uploaded data; a gRPC request as JSON. */
  body?: unknown;
  /** HTTP status, or the gRPC code's name, once there is one; `dropped` where the connection was broken. */
  status?: number | string;
  /** The fault that hit it. */
  fault?: FaultAction;
}

/** What the server and Google's discovery document do not agree on. A test asserts that there is none. */
export interface Violation {
  request: number;
  method: string;
  /** Whether the client's request or the server's own reply is at fault. */
  side: "request" | "reply";
  message: string;
}

/** A table of which prebuilt Arrow batches are sent again and again: for measuring a reader. */
export interface ReplayTable {
  /** `project.dataset.table` or `dataset.table`. */
  table: string;
  /** How many rows the table seems to have. */
  rows: number;
  /** GoogleSQL that gives the rows of which batches are made. */
  query: string;
  /** Rows of one batch. 10,000 unless said. */
  batchRows?: number;
}
