/** The HTTP side: each request is listed, may be hit by a fault, is held against Google's description, and answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ApiError, asApiError } from "../api-error.ts";
import { control } from "../control.ts";
import type { SeenRequest } from "../options.ts";
import type { State } from "../state.ts";
import { parseJson, readAll } from "./body.ts";
import { perform, prepare, refusal, type Incoming, type Reply } from "./exchange.ts";

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
