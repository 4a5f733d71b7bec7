/**
 * The Storage Read API: a table's rows in Arrow, over several streams at once.
 * Source: https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1
 */
import type { RecordBatch, Schema } from "apache-arrow";
import { openDecoder, type Decoder } from "./decode.ts";
import type { BigQueryClient } from "./client.ts";
import { createGate, type Gate, type Share } from "./gate.ts";
import { mergeStreams } from "./merge.ts";
import { judgeRefusal, Refusal, refusalOfGrpc } from "./refusal.ts";
import { retry, sleep, type Verdict } from "../../../util/retry.ts";
import { tableResource, type TableName } from "./table-name.ts";

export interface StorageReader {
  openSession(request: SessionRequest): Promise<ReadSession>;
  close(): Promise<void>;
}

export interface SessionRequest {
  table: TableName;
  /** Columns to read; undefined: all. */
  fields: string[] | undefined;
  /** A condition of GoogleSQL, without parameters and sub-queries. */
  restriction: string | undefined;
}

export interface ReadSession {
  schema: Schema;
  /** What BigQuery expects that all streams together read, and bills. */
  estimatedBytes: number;
  /** And how many rows, where it says. */
  estimatedRows: number | undefined;
  /** Rows of the streams, in no order. Reads when it is asked for; a batch is good until the next one is. */
  batches(): AsyncIterable<RecordBatch>;
  /** Bytes that came so far. */
  received(): number;
}

interface Rows {
  arrowRecordBatch: { serializedRecordBatch: Uint8Array };
  rowCount: string;
}

/** Of grpc-js, as far as it is used here: each message is asked for on its own. */
interface RowStream extends AsyncIterable<Rows> {
  cancel(): void;
  on(event: "error", listener: () => void): void;
}

type ReadRows = (request: { readStream: string; offset: number }, share: Share) => RowStream;

export interface StorageLimits {
  /** Streams of one table. */
  streams: number;
  /** Bytes that may be on their way, of all streams together, besides a message that waits in each. */
  prefetch: number;
  /** Milliseconds before a stream that broke is taken up again, doubled each time. */
  firstPause: number;
}

/**
 * One thread decodes: more streams bring nothing. A message has about a megabyte, so that two are enough to have the next
 * at hand; what lies there longer outlives V8's young buffers, and costs a third more CPU. Measured.
 */
const usualLimits: StorageLimits = { streams: 4, prefetch: 2 * 1024 ** 2, firstPause: 100 };
/** Of one connection of HTTP/2: the standard's 64 kB would let a distant server wait for us after each. */
const flowControlWindow = 2 * 1024 ** 2;
/** Times in a row that a stream may break without having brought anything. */
const mostFailures = 8;

/** @throws {Refusal} 404, where the server has no such API: a server on this machine whose port nobody has named */
/** @param limits given by tests */
export async function openStorageReader(client: BigQueryClient, limits = usualLimits): Promise<StorageReader> {
  const { storage, api } = client;
  if (api.isLoopback && !storage.isLoopback)
    throw new Refusal({ status: 404, reason: "notFound", message: "no answer: bigquery.storage_endpoint is not set" });
  const [{ BigQueryReadClient }, grpc] = await Promise.all([
    // The package's own index would load all it has: 30 MB more.
    import("@google-cloud/bigquery-storage/build/src/v1/big_query_read_client.js"),
    import("@grpc/grpc-js"),
  ]);
  const google = new BigQueryReadClient({
    apiEndpoint: storage.host,
    port: storage.port,
    projectId: client.project,
    "grpc-node.flow_control_window": flowControlWindow,
    ...(storage.isLoopback && (await withoutCredentials(grpc))),
  });
  const stub = await google.initialize();
  const gate = createGate(limits.prefetch);
  const readRows: ReadRows = (request, share) => {
    const metadata = new grpc.Metadata();
    metadata.set("x-goog-request-params", `read_stream=${encodeURIComponent(request.readStream)}`);
    const interceptors = [heldBack(share, grpc)];
    // Not by the client's own method: behind it, up to 32 messages of each stream would be kept.
    const stream: RowStream = stub["readRows"]!(request, metadata, { interceptors });
    // Whoever reads it is told; one that is cancelled after that has nobody left to tell.
    stream.on("error", () => undefined);
    return stream;
  };
  return {
    openSession: (request) => openSession(request, { client, google, gate, readRows, limits }),
    close: () => google.close(),
  };
}

type Grpc = typeof import("@grpc/grpc-js");

async function withoutCredentials(grpc: Grpc) {
  const { GoogleAuth, PassThroughClient } = await import("google-auth-library");
  return {
    sslCreds: grpc.credentials.createInsecure(),
    // Else it would look for the metadata server of a cloud.
    auth: new GoogleAuth({ authClient: new PassThroughClient() }) as never,
  };
}

/** A message is handed on when there is room for it; before that, the next is not asked for. */
function heldBack(share: Share, { InterceptingCall }: Grpc): import("@grpc/grpc-js").Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, _listener, next) =>
        next(metadata, {
          onReceiveMessage: (message: Rows, handOn) => void share.take(sizeOf(message)).then(() => handOn(message)),
        }),
    });
}

function sizeOf({ arrowRecordBatch }: Rows): number {
  return arrowRecordBatch.serializedRecordBatch.length;
}

interface Reader {
  client: BigQueryClient;
  google: import("@google-cloud/bigquery-storage/build/src/v1/big_query_read_client.js").BigQueryReadClient;
  gate: Gate;
  readRows: ReadRows;
  limits: StorageLimits;
}

async function openSession({ table, fields, restriction }: SessionRequest, reader: Reader): Promise<ReadSession> {
  const { client, google } = reader;
  const request = {
    parent: `projects/${client.project}`,
    readSession: {
      table: tableResource(table),
      dataFormat: "ARROW" as const,
      readOptions: {
        ...(fields && { selectedFields: fields }),
        ...(restriction !== undefined && { rowRestriction: restriction }),
      },
    },
    maxStreamCount: reader.limits.streams,
  };
  // Google's client would try again for ten minutes, in silence, also where nobody listens.
  const create = () =>
    google.createReadSession(request, { retry: null }).catch((error: unknown) => {
      throw refusalOfGrpc(error);
    });
  const [session] = await retry(create, {
    context: client.context,
    what: `read session of ${tableResource(table)}`,
    judge: judgeSession(client),
  });
  const decoder = await openDecoder(session.arrowSchema!.serializedSchema as Uint8Array);
  const streams = session.streams!.map(({ name }) => name!);
  return {
    schema: decoder.schema,
    estimatedBytes: Number(session.estimatedTotalBytesScanned ?? 0),
    estimatedRows: Number(session.estimatedRowCount ?? 0) || undefined,
    batches: () => readStreams(streams, { ...reader, decoder }),
    received: () => decoder.received(),
  };
}

/** A token that ran out on its way is asked for anew; one that is refused twice is not good. */
function judgeSession({ storage }: BigQueryClient): (error: unknown) => Verdict {
  let renewed = false;
  return (error) => {
    if (renewed || !(error instanceof Refusal) || error.status !== 401) return judgeRefusal(error, storage);
    renewed = true;
    return { again: "later" };
  };
}

interface Decoding extends Reader {
  decoder: Decoder;
}

interface StreamReader extends Reader {
  signal: AbortSignal;
}

async function* readStreams(names: string[], { decoder, ...reader }: Decoding): AsyncGenerator<RecordBatch, void> {
  const end = new AbortController();
  const signal = AbortSignal.any([reader.client.context.signal, end.signal]);
  const streams = names.map((name) => readStream(name, { ...reader, signal }));
  for await (const message of mergeStreams(streams, () => end.abort())) yield* decoder.decode(message);
}

/** All rows of a stream. Where it breaks, it is taken up again behind the last row that came. */
async function* readStream(readStream: string, reader: StreamReader): AsyncGenerator<Uint8Array, void> {
  const { client, signal } = reader;
  const { firstPause } = reader.limits;
  let offset = 0;
  let failures = 0;
  for (;;) {
    try {
      for await (const { arrowRecordBatch, rowCount } of readFrom({ readStream, offset }, reader)) {
        yield arrowRecordBatch.serializedRecordBatch;
        offset += Number(rowCount);
        failures = 0;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (typeof (error as { code?: unknown }).code !== "number") throw error;
      const refusal = refusalOfGrpc(error);
      const again = refusal.status === 401 || judgeRefusal(refusal, client.storage).again !== "never";
      if (!again || ++failures > mostFailures) throw refusal;
      client.context.log.debug(
        `stream ${readStream} broke after ${offset} rows: ${refusal.message}; it is taken up again`,
      );
      await sleep(firstPause * 2 ** failures, signal);
    }
  }
}

async function* readFrom(
  request: { readStream: string; offset: number },
  { gate, readRows, signal }: StreamReader,
): AsyncGenerator<Rows, void> {
  const share = gate.open();
  const stream = readRows(request, share);
  const stop = () => stream.cancel();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const message of stream) {
      yield message;
      share.give(sizeOf(message));
    }
  } finally {
    signal.removeEventListener("abort", stop);
    share.close();
    stream.cancel();
  }
}
