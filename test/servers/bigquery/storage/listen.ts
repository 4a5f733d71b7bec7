/** The Storage Read API over gRPC. https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { fromJSON, type ServiceDefinition } from "@grpc/proto-loader";
import type { State } from "../state.ts";
import { answerRows, answerSession } from "./answer.ts";
import { listen, type Method } from "./grpc.ts";
import { RpcError } from "./rpc-error.ts";

export type Json = Record<string, any>;

/** How a message of the API is written. */
export type Encode = (message: Json) => Buffer;

export function listenGrpc(state: State, port: number): Promise<{ port: number; stop(): void }> {
  const service = readService();
  const { CreateReadSession, ReadRows, SplitReadStream } = service as Record<string, Definition>;
  const encodeRows = ReadRows!.responseSerialize;
  const methods: Record<string, Method> = {
    [CreateReadSession!.path]: async ({ message, ...call }) => {
      const session = await answerSession(state, { ...call, request: CreateReadSession!.requestDeserialize(message) });
      await call.send(CreateReadSession!.responseSerialize(session));
    },
    [ReadRows!.path]: ({ message, ...call }) =>
      answerRows(state, { ...call, request: ReadRows!.requestDeserialize(message), encode: encodeRows }),
    [SplitReadStream!.path]: async () => {
      throw new RpcError("UNIMPLEMENTED", "the BigQuery test server splits no streams");
    },
  };
  return listen(methods, port);
}

interface Definition {
  path: string;
  requestDeserialize(bytes: Buffer): Json;
  responseSerialize: Encode;
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
