/** One request and its answer: understood, perhaps hit by a fault, held against Google's description, done. */
import type { IncomingMessage } from "node:http";
import { ApiError, asApiError, errorBody, invalid, notFound, notHere } from "../api-error.ts";
import { answerOf } from "../fault.ts";
import { principalOf } from "../grants.ts";
import { handlers } from "../methods/methods.ts";
import type { Fault, SeenRequest } from "../options.ts";
import type { State } from "../state.ts";
import { parseJson } from "./body.ts";
import type { Call } from "./call.ts";
import { classify } from "./classify.ts";
import { canonicalRequest, checkQuery, checkReply, checkRequest, findMethod } from "./discovery.ts";
import { findUpload, type UploadRequest } from "./upload.ts";

/** One HTTP request, read to its end. */
export interface Incoming {
  verb: string;
  url: URL;
  headers: IncomingMessage["headers"];
  bytes: Buffer;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request that is understood, and what is to be done for it. */
interface Exchange {
  seen: SeenRequest;
  act: (fault: Fault | undefined) => Promise<Reply>;
}

export async function prepare(state: State, incoming: Incoming, seen: SeenRequest): Promise<Exchange> {
  const upload = findUpload(state, incoming);
  if (upload) return prepareUpload(state, incoming, upload, seen);
  const path = incoming.url.pathname.replace(/^\/bigquery\/v2\//, "");
  const route = path === incoming.url.pathname ? undefined : findMethod(incoming.verb, path);
  if (!route) throw notFound(`${incoming.verb} ${incoming.url.pathname}`);
  const body = incoming.verb === "GET" || incoming.verb === "DELETE" ? undefined : parseJson(incoming.bytes);
  Object.assign(seen, { method: route.method, body }, classify(route.method, route.path, body));
  const act = (fault: Fault | undefined) => actOn(state, incoming, { seen, ...route, body, ...(fault && { fault }) });
  return { seen, act };
}

interface Act {
  seen: SeenRequest;
  method: string;
  path: Record<string, string>;
  body: unknown;
  fault?: Fault;
}

async function actOn(
  state: State,
  { url, headers }: Incoming,
  { seen, method, path, body, fault }: Act,
): Promise<Reply> {
  const principal = principalOf(state, headers.authorization);
  seen.principal = principal;
  report(state, seen, [...checkQuery(method, url.searchParams), ...checkRequest(method, body)]);
  const call: Call = {
    state,
    method,
    path,
    headers,
    principal,
    seen,
    query: url.searchParams,
    body: (canonicalRequest(method, body) ?? {}) as Record<string, unknown>,
    ...(fault && { jobFault: fault }),
  };
  const handler = handlers[method];
  if (!handler) throw notHere(method);
  return checked(state, seen, method, await handler(call));
}

/** The body is checked as it is sent: what is undefined is not there. */
function checked(state: State, seen: SeenRequest, method: string, result: unknown): Reply {
  const body: unknown = result === undefined ? undefined : JSON.parse(JSON.stringify(result));
  for (const message of checkReply(method, body)) {
    state.violations.push({ request: seen.number, method, side: "reply", message });
  }
  return body === undefined ? { status: 204 } : { status: 200, body };
}

function report(state: State, seen: SeenRequest, problems: string[]): void {
  for (const message of problems) {
    state.violations.push({ request: seen.number, method: seen.method, side: "request", message });
  }
  if (problems.length > 0) throw invalid(problems.join("\n"));
}

async function prepareUpload(
  state: State,
  incoming: Incoming,
  upload: UploadRequest,
  seen: SeenRequest,
): Promise<Exchange> {
  Object.assign(seen, { method: "jobs.insert", ...upload.about });
  const act = async (fault: Fault | undefined): Promise<Reply> => {
    const principal = principalOf(state, incoming.headers.authorization);
    seen.principal = principal;
    report(state, seen, checkRequest("jobs.insert", upload.job));
    const done = await upload.act({ principal, seen, ...(fault && { jobFault: fault }) });
    if (done.job === undefined) return { status: done.status, headers: done.headers };
    return { ...checked(state, seen, "jobs.insert", done.job), headers: done.headers };
  };
  return { seen, act };
}

/** Does the work, unless a fault comes between. Gives nothing where the connection is to break. */
export async function perform(state: State, { seen, act }: Exchange): Promise<Reply | undefined> {
  const fault = state.faults.strike(seen);
  if (fault) seen.fault = fault.action;
  const action = fault?.action;
  if (action === "drop") return undefined;
  if (action === "hold") await state.faults.held();
  if (action === "bad-gateway") return { status: 502, body: "<html><title>502 Bad Gateway</title></html>" };
  const instead = action && answerOf(action);
  if (instead) return refusal(instead);
  const reply = await act(fault).catch((error: unknown) => refusal(asApiError(error)));
  if (action === "hold-after") await state.faults.held();
  return action === "lose-answer" ? undefined : reply;
}

export function refusal(error: ApiError): Reply {
  // A job that was stopped is no failed request.
  return { status: error.status, body: errorBody(error) };
}
