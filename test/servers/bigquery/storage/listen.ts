/** The Storage Read API over gRPC. https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import type { State } from "../state.ts";
import { answerRows, answerSession } from "./answer.ts";

export type Json = Record<string, any>;

export type Unary = ServerUnaryCall<Json, Json>;

export type Streaming = ServerWritableStream<Json, Json>;

export async function listenGrpc(state: State, port: number): Promise<{ port: number; stop(): void }> {
  const server = new Server({ "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 });
  server.addService(readService(), {
    CreateReadSession: (call: Unary, reply: sendUnaryData<Json>) => void answerSession(state, call, reply),
    ReadRows: (call: Streaming) => void answerRows(state, call),
    SplitReadStream: (_: Unary, reply: sendUnaryData<Json>) =>
      reply({ code: status.UNIMPLEMENTED, details: "the BigQuery test server splits no streams" }),
  });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    );
  });
  return { port: bound, stop: () => server.forceShutdown() };
}

/** The service as Google's own client describes it. */
function readService(): ServiceDefinition {
  const main = createRequire(import.meta.url).resolve("@google-cloud/bigquery-storage");
  const protos = new URL("../protos/protos.json", `file://${main}`);
  const definition = fromJSON(JSON.parse(readFileSync(protos, "utf8")) as never, {
    longs: String,
    enums: String,
    defaults: true,
  });
  return definition["google.cloud.bigquery.storage.v1.BigQueryRead"] as ServiceDefinition;
}
