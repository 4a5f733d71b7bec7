/** The messages of one stream, from an offset on. */
import type { DuckDBValue } from "@duckdb/node-api";
import type { State } from "../state.ts";
import { arrowSchema } from "./arrow-schema.ts";
import { makeBatch, serializeBatch } from "./arrow.ts";
import { RpcError } from "./rpc-error.ts";
import type { Stream } from "./session.ts";

export interface Batch {
  rowCount: number;
  bytes: Uint8Array;
}

export interface Message {
  batch: Batch;
  /** How much of the stream has been sent before and with this message, from 0 to 1. */
  progress: [number, number];
}

const largestBatch = 10_000;
/** About as much as BigQuery puts into a message. */
const wantedBytes = 1_000_000;

export async function* readMessages(state: State, stream: Stream, offset: number): AsyncGenerator<Message> {
  const length = stream.to - stream.from;
  if (offset > length) {
    throw new RpcError(
      "OUT_OF_RANGE",
      `request failed: offset ${offset} lies behind the end of the stream, which has ${length} rows`,
    );
  }
  const step = stepOf(state, stream);
  for (let at = offset; at < length; at += step) {
    const end = Math.min(at + step, length);
    yield { batch: await readBatch(state, stream, at, end), progress: [at / length, end / length] };
  }
}

function stepOf(state: State, { session }: Stream): number {
  const replay = state.replays.get(session.table);
  if (replay) return replay.batchRows;
  const rowBytes = session.bytes / Math.max(session.rows, 1);
  return Math.max(1, Math.min(largestBatch, Math.floor(wantedBytes / Math.max(rowBytes, 1))));
}

async function readBatch(state: State, { session, from }: Stream, at: number, end: number): Promise<Batch> {
  const replay = state.replays.get(session.table);
  if (replay) return replay.batch(session.fields, from + at, end - at);
  const { fields, physical } = session;
  const schema = arrowSchema(fields);
  const columns = await state.database.with((connection) => readColumns(connection, physical!, from + at, from + end));
  return { bytes: serializeBatch(makeBatch(schema, fields, columns)), rowCount: end - at };
}

type Connection = Parameters<Parameters<State["database"]["with"]>[0]>[0];

/** Rows lie in the order in which they were written. */
async function readColumns(
  { connection }: Connection,
  physical: string,
  from: number,
  to: number,
): Promise<DuckDBValue[][]> {
  const result = await connection.run(
    `SELECT * FROM ${physical} WHERE rowid >= ${from} AND rowid < ${to} ORDER BY rowid`,
  );
  return result.getColumns();
}
