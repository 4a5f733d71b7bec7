/** An HTTP server on loopback that answers as a test says, and keeps what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpServer {
  url: string;
  /** What came, in order: path with query, and headers. */
  asked: { path: string; headers: IncomingMessage["headers"] }[];
  stop(): Promise<void>;
}

/** @param n how many were asked before it */
export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

export async function startHttpServer(answer: Answer): Promise<HttpServer> {
  const asked: HttpServer["asked"] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", headers: request.headers });
    answer(request, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** The query parameter of a request. */
export function asks(request: IncomingMessage, name: string): string | undefined {
  return new URL(request.url ?? "", "http://x").searchParams.get(name) ?? undefined;
}
