/** A query's rows, packed: a chunk of the engine at a time. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from "@duckdb/node-api";
import type { Type } from "../../../../spec/type.ts";
import { carrierOf, widths, type PackedBatch, type PackedColumn } from "../../packed.ts";
import { bindings } from "../arrow/bindings.ts";
import { duckdbType } from "../duckdb-type.ts";
import { quoteIdentifier } from "../sql.ts";
import { nestedValue } from "./nested.ts";
import { packTexts } from "./pack-texts.ts";

export interface ReadPacked {
  relation: string;
  columns: { name: string; type: Type }[];
  /** Rows are asked for as they are read, and the connection does nothing else meanwhile. Otherwise all are computed at once. */
  stream: boolean;
}

/** Rows in the relation's order. */
export async function* readPacked(
  connection: DuckDBConnection,
  { relation, columns, stream }: ReadPacked,
): AsyncGenerator<PackedBatch> {
  if (columns.length === 0) return;
  const sql = `SELECT ${columns.map(selected).join(", ")} FROM ${quoteIdentifier(relation)}`;
  const result: DuckDBResult = await (stream ? connection.stream(sql) : connection.run(sql));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield { rows: chunk.rowCount, columns: columns.map(({ type }, i) => packColumn(chunk, i, type)) };
  }
}

/** Computed columns may be of another engine type than their own: a sum is a HUGEINT. */
function selected({ name, type }: { name: string; type: Type }): string {
  const id = quoteIdentifier(name);
  const value = `CAST(${id} AS ${duckdbType(type)})`;
  if (type.kind === "JSON") return `CAST(${value} AS VARCHAR)`;
  if (type.kind !== "NUMERIC") return value;
  const [, scale = 0] = type.parameters ?? [38, 9];
  const digits = `CAST(${value} AS VARCHAR)`;
  return scale > 0 ? `rtrim(rtrim(${digits}, '0'), '.')` : digits;
}

function packColumn(chunk: DuckDBDataChunk, index: number, type: Type): PackedColumn {
  const carrier = carrierOf(type);
  const rows = chunk.rowCount;
  const api = bindings();
  const vector = api.data_chunk_get_vector(chunk.chunk, index);
  if (carrier === "nested") {
    const values = chunk.getColumnValues(index).map((value) => nestedValue(value, type));
    return { data: new Uint8Array(0), offsets: undefined, valid: undefined, values };
  }
  const validity = api.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  const valid = validity ? validity.slice() : undefined;
  const width = widths[carrier];
  if (width === undefined) return { ...packTexts(vector, { rows, valid }), valid, values: undefined };
  const data = api.vector_get_data(vector, rows * width).slice();
  return { data, offsets: undefined, valid, values: undefined };
}
