/** Arrow record batches into a table: a chunk at a time, copied column by column. */
import { setImmediate as breathe } from "node:timers/promises";
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import type { Data, RecordBatch, Schema } from "apache-arrow";
import { quoteIdentifier } from "../sql.ts";
import { bindings } from "./bindings.ts";

export interface Append {
  /** Of a table that is not there yet. */
  table: string;
  schema: Schema;
  batches: AsyncIterable<RecordBatch>;
  /**
   * Whether the engine does nothing else meanwhile. Its threads are then sent away: each batch is too little to be shared
   * among them, and sharing it costs a sixth more CPU. Measured.
   */
  alone?: boolean;
  /** Take no more rows than this; what is still to come is then not asked for. */
  limit?: number | undefined;
  signal: AbortSignal | undefined;
}

/** Rows in one chunk: as many as the engine's vectors hold. */
const chunkRows = 2048;

/** @returns the number of rows, and the engine's types of the columns */
export async function appendBatches(
  connection: DuckDBConnection,
  { table, schema, batches, alone = false, limit = Number.POSITIVE_INFINITY, signal }: Append,
): Promise<{ rows: number; types: string[] }> {
  const { engineTypeOf } = await import("./column.ts");
  const types = schema.fields.map((field) => engineTypeOf(field.type));
  const columns = schema.fields.map((field, i) => `${quoteIdentifier(field.name)} ${types[i]}`);
  await connection.run(`CREATE TABLE ${quoteIdentifier(table)} (${columns.join(", ")})`);
  const appender = await connection.createAppender(table);
  const bringBack = alone ? await sendThreadsAway(connection) : undefined;
  try {
    const rows = limit > 0 ? await appendAll(appender, { batches, limit, signal }) : 0;
    appender.flushSync();
    return { rows, types };
  } finally {
    appender.closeSync();
    await bringBack?.();
  }
}

async function sendThreadsAway(connection: DuckDBConnection): Promise<() => Promise<unknown>> {
  const setting = await connection.runAndReadAll("SELECT current_setting('threads')");
  const threads = String(setting.getRows()[0]![0]);
  await connection.run("SET threads = 1");
  return () => connection.run(`SET threads = ${threads}`);
}

async function appendAll(
  appender: DuckDBAppender,
  { batches, limit, signal }: Required<Pick<Append, "batches" | "limit" | "signal">>,
): Promise<number> {
  const { DuckDBDataChunk } = await import("@duckdb/node-api");
  const { writeColumn } = await import("./column.ts");
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
  const chunk = DuckDBDataChunk.create(types);
  let rows = 0;
  for await (const batch of batches) {
    signal?.throwIfAborted();
    const wanted = Math.min(batch.numRows, limit - rows);
    for (let at = 0; at < wanted; at += chunkRows) {
      fillChunk(chunk, { columns: batch.data.children, at, count: Math.min(chunkRows, wanted - at), writeColumn });
      appender.appendDataChunk(chunk);
    }
    rows += wanted;
    if (rows >= limit) break;
    // Where batches are there already, nothing else would get its turn: signals, the streams that bring more.
    await breathe();
  }
  return rows;
}

interface Fill {
  columns: readonly Data[];
  at: number;
  count: number;
  writeColumn: typeof import("./column.ts").writeColumn;
}

function fillChunk(chunk: DuckDBDataChunk, { columns, at, count, writeColumn }: Fill): void {
  chunk.reset();
  chunk.rowCount = count;
  const api = bindings();
  for (const [i, data] of columns.entries())
    writeColumn(api.data_chunk_get_vector(chunk.chunk, i), { data, at, count });
}
