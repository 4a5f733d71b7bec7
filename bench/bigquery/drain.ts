/** Takes the bytes and looks at none of them, over HTTP/2 alone: what the server and the wire can do. */
import { readFileSync } from "node:fs";
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { createRequire } from "node:module";
import { fromJSON } from "@grpc/proto-loader";
import { timed } from "./reader.ts";

const { BENCH_STORAGE, BENCH_PROJECT } = process.env;
/** Bytes that may be on their way. */
const window = 16 * 1024 ** 2;

interface Method {
  path: string;
  requestSerialize: (message: object) => Buffer;
  responseDeserialize: (bytes: Buffer) => { streams: { name: string }[] };
}

function readMethods(): Record<"CreateReadSession" | "ReadRows", Method> {
  const main = createRequire(import.meta.url).resolve("@google-cloud/bigquery-storage");
  const protos = JSON.parse(readFileSync(new URL("../protos/protos.json", `file://${main}`), "utf8")) as never;
  return fromJSON(protos)["google.cloud.bigquery.storage.v1.BigQueryRead"] as never;
}

function call(session: ClientHttp2Session, { path, requestSerialize }: Method, message: object): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const bytes = requestSerialize(message);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  stream.end(Buffer.concat([prefix, bytes]));
  return stream;
}

function drain(stream: ClientHttp2Stream): Promise<number> {
  let bytes = 0;
  let status: unknown;
  stream.on("data", (part: Buffer) => (bytes += part.length));
  stream.on("trailers", (trailers) => (status = trailers["grpc-status"]));
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("close", () => (status === "0" ? resolve(bytes) : reject(new Error(`gRPC status ${String(status)}`))));
  });
}

const methods = readMethods();
const session = connect(`http://${BENCH_STORAGE}`, { settings: { initialWindowSize: window, maxFrameSize: 2 ** 20 } });
session.on("remoteSettings", () => session.setLocalWindowSize(window));

let bytes = 0;
await timed(async () => {
  const table = `projects/${BENCH_PROJECT}/datasets/bench/tables/big`;
  const opened = call(session, methods.CreateReadSession, {
    parent: `projects/${BENCH_PROJECT}`,
    readSession: { table, dataFormat: "ARROW" },
    maxStreamCount: 4,
  });
  const parts = (await opened.toArray()) as Buffer[];
  const { streams } = methods.CreateReadSession.responseDeserialize(Buffer.concat(parts).subarray(5));
  const read = streams.map(({ name }) => drain(call(session, methods.ReadRows, { readStream: name })));
  bytes = (await Promise.all(read)).reduce((sum, one) => sum + one, 0);
});
session.close();
if (bytes < 1e6) throw new Error(`only ${bytes} bytes came`);
