/**
 * BigQuery over REST, made once a run. Google's credentials and addresses, one way of asking, of trying again and of ending.
 * Asked for with `fetch` and Google's auth library: the client library cannot end a request, and copies each answer.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest
 */
import type { Context } from "../../../util/context.ts";
import type { Endpoint } from "../../../util/endpoint.ts";
import { EtlError, type Where } from "../../../util/error.ts";
import { defaultAccount, nobody, type Account } from "../../../util/google-account.ts";
import { parseGoogleEndpoint } from "../../../util/google-endpoint.ts";
import { retry, type Verdict } from "../../../util/retry.ts";
import { sendPart, type FilePart } from "./send-part.ts";
import { version } from "../../../util/version.ts";
import { judgeRefusal, Refusal, refusalOfNetwork, refusalOfResponse } from "./refusal.ts";

/** `bigquery:` of pipeline.yaml, its references replaced. */
export interface BigQuerySettings {
  project?: string | undefined;
  location?: string | undefined;
  api_endpoint?: string | undefined;
  storage_endpoint?: string | undefined;
}

export interface BigQueryClient {
  context: Context;
  /** Pays for jobs, and holds tables that are named without a project. */
  project: string;
  /** Who says so: a key of the file, a variable, or the credentials. */
  projectFrom: string;
  /** Where jobs run that nothing else places; undefined lets BigQuery choose. */
  location: string | undefined;
  /** Of every job. */
  labels: Record<string, string>;
  account: Account;
  api: Endpoint;
  storage: Endpoint;
  /** @throws {Refusal} after trying again where that may help; what the run is stopped with, when it is */
  request<T>(request: ApiRequest): Promise<T>;
  /** The same, with the answer's text as it came. */
  text(request: ApiRequest): Promise<string>;
  /** The same, for who wants more of the answer than its JSON. */
  send(request: ApiRequest): Promise<Response>;
}

export interface ApiRequest {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/bigquery/v2/`, or a whole address (of an upload, for one). Its parts are encoded already. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  part?: FilePart;
  headers?: Record<string, string>;
  /** Statuses besides 2xx that are an answer too: 308 of an upload. */
  accept?: number[];
  /** Milliseconds until an answer must have come. */
  timeout?: number;
  /** Whether to ask even when the run is told to stop: to leave nothing behind. */
  evenIfStopped?: boolean;
  /** Milliseconds during which it is tried again; 0 for never. */
  patience?: number;
}

export interface OpenBigQuery {
  settings: BigQuerySettings;
  context: Context;
  labels: Record<string, string>;
  /** Place of a key of `bigquery:`, for messages. */
  where: (key: keyof BigQuerySettings) => Where;
}

const defaultApi = "https://bigquery.googleapis.com";
const defaultStorage = "https://bigquerystorage.googleapis.com";

/** Application Default Credentials: in a pod they are workload identity. */
const asked = {
  scope: "https://www.googleapis.com/auth/bigquery",
  part: "bigquery",
  hint: "On target `local` a source with `sample:` needs none.",
};

const usualTimeout = 60_000;
/** Who was told to stop is killed soon. */
const patienceWhenStopped = 5000;

/** @throws {EtlError} `usage`, where nobody says which project */
export async function openBigQuery({ settings, context, labels, where }: OpenBigQuery): Promise<BigQueryClient> {
  const endpoint = (key: "api_endpoint" | "storage_endpoint", usual: string) =>
    parseGoogleEndpoint(settings[key] ?? usual, { key: `bigquery.${key}`, where: () => where(key), env: context.env });
  const api = endpoint("api_endpoint", defaultApi);
  const storage = endpoint("storage_endpoint", defaultStorage);
  const account = api.isLoopback ? nobody : await defaultAccount(asked);
  const { project, projectFrom } = await projectOf(settings, context, account);
  const sender = { api, account, context };
  return {
    context,
    project,
    projectFrom,
    location: settings.location,
    labels: labelsOf(labels),
    account,
    api,
    storage,
    send: (request) => sendPatiently(request, sender, async (response) => response),
    text: (request) => sendPatiently(request, sender, (response) => response.text()),
    request: <T>(request: ApiRequest) => sendPatiently(request, sender, (response) => response.json() as Promise<T>),
  };
}

const projectVariables = ["GCP_TEAM_PROJECT_ID", "GOOGLE_CLOUD_PROJECT"];

/** On nais the platform says it. Source: https://doc.nais.io/workloads/reference/environment */
async function projectOf(
  settings: BigQuerySettings,
  { env }: Context,
  account: Account,
): Promise<Pick<BigQueryClient, "project" | "projectFrom">> {
  if (settings.project !== undefined) return { project: settings.project, projectFrom: "bigquery.project" };
  const variable = projectVariables.find((name) => env[name] !== undefined);
  if (variable !== undefined) return { project: env[variable]!, projectFrom: variable };
  const project = await account.project();
  if (project !== undefined) return { project, projectFrom: "the credentials, or gcloud's configuration" };
  // Who has no credentials at all is told that first.
  await account.kind();
  throw new EtlError({
    code: "usage",
    part: "bigquery",
    message: "it is not known which Google project pays for queries",
    hint: "Write `bigquery: { project: NAME }` in pipeline.yaml, or set GOOGLE_CLOUD_PROJECT. On nais, GCP_TEAM_PROJECT_ID says it.",
  });
}

interface Sender {
  api: Endpoint;
  account: Account;
  context: Context;
}

async function sendPatiently<T>(
  request: ApiRequest,
  sender: Sender,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { context, api, account } = sender;
  const stopped = request.evenIfStopped && context.signal.aborted;
  const signal = request.evenIfStopped ? new AbortController().signal : context.signal;
  const within = request.patience ?? (stopped ? patienceWhenStopped : undefined);
  let renewed = false;
  const judge = (error: unknown): Verdict => {
    const { status } = error as Partial<Refusal>;
    if (status !== 401 || renewed) return judgeRefusal(error, api);
    renewed = true;
    account.renew();
    return { again: "now" };
  };
  return retry(() => sendOnce(request, { ...sender, signal }, read), {
    context: { ...context, signal },
    what: `${request.method ?? "GET"} ${request.path}`,
    judge,
    ...(within !== undefined && { within }),
  });
}

async function sendOnce<T>(
  request: ApiRequest,
  { api, account, signal }: Sender & { signal: AbortSignal },
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const { method = "GET", body, part, accept = [], timeout = usualTimeout } = request;
  const headers = {
    "user-agent": `nais-etl/${version()}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(await account.headers()),
    ...request.headers,
  };
  const init = {
    method,
    headers,
    redirect: "manual" as const,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  try {
    const address = addressOf(request, api);
    const response = await (part ? sendPart(address, { ...init, part }) : fetch(address, init));
    if (!response.ok && !accept.includes(response.status)) throw await refusalOfResponse(response);
    return await read(response);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Refusal ? error : refusalOfNetwork(error);
  }
}

function addressOf({ path, query = {} }: ApiRequest, api: Endpoint): string {
  const url = new URL(path.startsWith("http") ? path : `${api.url}/bigquery/v2/${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  if (!url.searchParams.has("prettyPrint")) url.searchParams.set("prettyPrint", "false");
  return url.href;
}

/** Source: https://cloud.google.com/bigquery/docs/labels-intro#requirements */
function labelsOf(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [labelOf(name), labelOf(value)]));
}

export function labelOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]/gu, "-")
    .slice(0, 63);
}
