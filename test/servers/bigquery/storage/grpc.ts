/**
 * gRPC on Node's own HTTP/2, of which a server needs little: so large messages go out as they lie in memory, and a server
 * costs less than any reader of it. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { asRpcError, statuses, type CodeName } from "./rpc-error.ts";

export interface Call {
  /** The message that was sent, without its prefix. */
  message: Buffer;
  authorization: string | undefined;
  isCancelled(): boolean;
  /** Sends a message, which may lie in parts; resolves when there is room for another. */
  send(...parts: Uint8Array[]): Promise<void>;
}

/** @throws RpcError, or what {@link asRpcError} makes of it */
export type Method = (call: Call) => Promise<void>;

/** How many messages may wait for the client. */
const mostWaiting = 4;

export async function listen(methods: Record<string, Method>, port: number): Promise<{ port: number; stop(): void }> {
  const server = createServer();
  const sessions = new Set<Http2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session)).on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const path = String(headers[":path"]);
    const { authorization } = headers;
    void answer(stream, methods[path] ?? unimplemented(path), authorization);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

async function answer(stream: ServerHttp2Stream, method: Method, authorization: string | undefined): Promise<void> {
  let end: { code: CodeName; message: string } = { code: "OK", message: "" };
  stream.on("wantTrailers", () => stream.sendTrailers(trailersOf(end)));
  try {
    const message = await readMessage(stream);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    await method({ message, authorization, isCancelled: () => stream.closed, send: sender(stream) });
  } catch (error) {
    end = asRpcError(error);
  }
  if (!stream.closed) stream.end();
}

function unimplemented(path: string): Method {
  return async () => {
    throw asRpcError(new Error(`there is no method ${path}`));
  };
}

/** The first message; the methods here take one. */
async function readMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  const all = Buffer.concat(parts);
  return all.subarray(prefixBytes, prefixBytes + all.readUInt32BE(1));
}

/** Whether it is compressed, and its length. */
const prefixBytes = 5;

function sender(stream: ServerHttp2Stream): Call["send"] {
  let waiting = 0;
  let wake: (() => void) | undefined;
  const written = () => {
    waiting -= 1;
    wake?.();
  };
  stream.on("close", () => wake?.());
  const room = async () => {
    if (waiting >= mostWaiting && !stream.closed) await new Promise<void>((resolve) => (wake = resolve));
  };
  return async (...parts) => {
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32BE(
      parts.reduce((sum, { length }) => sum + length, 0),
      1,
    );
    waiting += 1;
    stream.cork();
    stream.write(prefix);
    parts.forEach((part, i) => stream.write(part, ...(i === parts.length - 1 ? [written] : [])));
    stream.uncork();
    await room();
  };
}

/** What stands in a header is ASCII; the rest is written as in an address. */
function trailersOf({ code, message }: { code: CodeName; message: string }): Record<string, string> {
  const text = message.replaceAll(/[^\x20-\x24\x26-\x7E]+/g, (part) => encodeURIComponent(part));
  return { "grpc-status": String(statuses[code]), ...(text && { "grpc-message": text }) };
}
