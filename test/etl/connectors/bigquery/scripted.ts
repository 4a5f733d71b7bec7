/** A server on loopback that answers as it is told, one answer after the other, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openBigQuery, type BigQueryClient } from "../../../../src/etl/connectors/bigquery/client.ts";
import type { Context } from "../../../../src/util/context.ts";
import { plainContext } from "../../../support/context.ts";

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** `hang` never answers; `drop` ends the connection without an answer. */
export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | "hang" | "drop";

export interface Scripted extends AsyncDisposable {
  asked: Asked[];
  url: string;
  client: BigQueryClient;
}

/** The last answer is given from then on. */
export async function scripted(
  answers: (Answer | ((asked: Asked) => Answer))[],
  context: Partial<Context> = {},
): Promise<Scripted> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const one = await read(request);
      asked.push(one);
      const answer = answers[Math.min(asked.length, answers.length) - 1]!;
      give(typeof answer === "function" ? answer(one) : answer, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await openBigQuery({
    settings: { project: "own-project", api_endpoint: url },
    context: { ...plainContext(), now: () => new Date(), ...context },
    labels: { pipeline: "trial", run: "2022-01-20" },
    where: (key) => ({ file: `pipeline.yaml:${key}` }),
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { asked, url, client, [Symbol.asyncDispose]: close };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks = (await request.toArray()) as Buffer[];
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url!, "http://x");
  const isJson = request.headers["content-type"] === "application/json";
  return {
    method: request.method!,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: request.headers,
    body: isJson && text !== "" ? JSON.parse(text) : text,
  };
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "drop") return void response.destroy();
  response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
  response.end(JSON.stringify(answer.body ?? {}));
}

/** An error as BigQuery's REST API writes one. */
export function refused(status: number, reason: string, message = reason): Answer {
  return { status, body: { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } } };
}
