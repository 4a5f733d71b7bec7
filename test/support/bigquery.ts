/** Google's official clients against the in-repo server, unmodified. */
import { BigQuery } from "@google-cloud/bigquery";
import { v1 } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { PassThroughClient } from "google-auth-library";
import type { BigQueryServer } from "../servers/bigquery/start.ts";

// Google's client would look for a machine that gives it credentials.
process.env["METADATA_SERVER_DETECTION"] ??= "none";

/** @param token sent as it is; without one, requests carry none */
export function connectBigQuery(
  server: BigQueryServer,
  { token, location }: { token?: string; location?: string } = {},
) {
  return new BigQuery({
    projectId: server.project,
    apiEndpoint: server.endpoint,
    authClient: new FixedTokenClient(token),
    ...(location !== undefined && { location }),
  });
}

class FixedTokenClient extends PassThroughClient {
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    super();
    this.#token = token;
  }

  override async getRequestHeaders(): Promise<Headers> {
    return new Headers(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` });
  }
}

/** Google's official client of the Storage Read API against the in-repo server. Close it. */
export function connectStorage(server: Pick<BigQueryServer, "storagePort" | "project">) {
  return new v1.BigQueryReadClient({
    apiEndpoint: "127.0.0.1",
    port: server.storagePort,
    projectId: server.project,
    sslCreds: credentials.createInsecure(),
  });
}

export interface ReadOptions {
  selectedFields?: string[];
  rowRestriction?: string;
  streams?: number;
}

/** Makes a read session of `dataset.table`. */
export async function openSession(
  client: v1.BigQueryReadClient,
  project: string,
  name: string,
  { selectedFields, rowRestriction, streams = 1 }: ReadOptions = {},
) {
  const [dataset, table] = name.split(".");
  const [session] = await client.createReadSession({
    parent: `projects/${project}`,
    maxStreamCount: streams,
    readSession: {
      table: `projects/${project}/datasets/${dataset}/tables/${table}`,
      dataFormat: "ARROW",
      readOptions: {
        ...(selectedFields && { selectedFields }),
        ...(rowRestriction !== undefined && { rowRestriction }),
      },
    },
  });
  return session;
}

/** The record batches of a stream from an offset on; what came before an error stands in its `batches`. */
export async function readStream(client: v1.BigQueryReadClient, stream: string, offset = 0): Promise<Uint8Array[]> {
  const batches: Uint8Array[] = [];
  // The client itself would ask three times more, and hide what the server said.
  const messages = client.readRows({ readStream: stream, offset }, { retryRequestOptions: { noResponseRetries: 0 } });
  try {
    for await (const { arrowRecordBatch } of messages) batches.push(arrowRecordBatch.serializedRecordBatch);
  } catch (error) {
    throw Object.assign(error as Error, { batches });
  }
  return batches;
}
