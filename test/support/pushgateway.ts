/** A Pushgateway's door: takes pushes and keeps them to look at. Merging them is the real one's (test/e2e). */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Pushed {
  method: string;
  path: string;
  body: string;
}

export interface Pushgateway {
  /** `127.0.0.1:12345` */
  address: string;
  pushes: Pushed[];
  close(): Promise<void>;
}

/** @param status what it answers; 0 never does */
export async function startPushgateway({ status = 200 } = {}): Promise<Pushgateway> {
  const pushes: Pushed[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      pushes.push({ method: request.method ?? "", path: request.url ?? "", body });
      if (status > 0) response.writeHead(status).end(status === 200 ? "" : "pushed metrics are invalid\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, pushes, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
