/** The HTTP side: each request is listed, may be hit by a fault, is held against Google's description, and answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ApiError, asApiError, errorBody, invalid, notFound, notHere } from "../api-error.ts";
import { control } from "../control.ts";
import { answerOf } from "../fault.ts";
import { principalOf } from "../grants.ts";
import { handlers } from "../methods/methods.ts";
import type { Fault, SeenRequest } from "../options.ts";
import type { State } from "../state.ts";
import { parseJson, readAll } from "./body.ts";
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

export async function listenHttp(state: State, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => {
      response.destroy();
      state.violations.push({ request: 0, method: request.url ?? "", side: "reply", message: String(error) });
    });
  });
  // Clients keep connections: one that the server closes just then looks like a fault that nobody asked for.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const incoming: Incoming = {
    verb: request.method ?? "GET",
    url: new URL(request.url ?? "/", "http://127.0.0.1"),
    headers: request.headers,
    bytes: await readAll(request),
  };
  if (incoming.url.pathname.startsWith("/_control/")) return send(response, await answerControl(state, incoming));
  const seen: SeenRequest = {
    number: state.requests.length + 1,
    protocol: "rest",
    method: `${incoming.verb} ${incoming.url.pathname}`,
    writes: false,
    startsJob: false,
  };
  state.requests.push(seen);
  const exchange = await prepare(state, incoming, seen).catch((error: unknown) => asApiError(error));
  const reply = exchange instanceof ApiError ? refusal(exchange) : await perform(state, exchange);
  if (!reply) {
    seen.status = "dropped";
    request.socket.destroy();
    return;
  }
  seen.status = reply.status;
  send(response, reply);
}

async function answerControl(state: State, { url, bytes }: Incoming): Promise<Reply> {
  const name = url.pathname.slice("/_control/".length);
  try {
    const result = await control(state, name, (parseJson(bytes) ?? []) as unknown[]);
    return { status: 200, body: { result } };
  } catch (error) {
    return { status: 400, body: { error: asApiError(error).message } };
  }
}

/** A request that is understood, and what is to be done for it. */
interface Exchange {
  seen: SeenRequest;
  act: (fault: Fault | undefined) => Promise<Reply>;
}

async function prepare(state: State, incoming: Incoming, seen: SeenRequest): Promise<Exchange> {
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
async function perform(state: State, { seen, act }: Exchange): Promise<Reply | undefined> {
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

function refusal(error: ApiError): Reply {
  // A job that was stopped is no failed request.
  return { status: error.status, body: errorBody(error) };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  if (typeof body === "string") {
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
    return;
  }
  const bytes = body === undefined ? "" : JSON.stringify(body);
  const length = Buffer.byteLength(bytes);
  const type = body === undefined ? {} : { "content-type": "application/json; charset=UTF-8" };
  response.writeHead(status, { ...type, "content-length": String(length), ...headers }).end(bytes);
}
