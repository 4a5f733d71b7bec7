/** Packed rows into a table of the connection's own, which the engine spills where memory is short. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Type } from "../../../../spec/type.ts";
import { carrierOf, widths, type Carrier, type PackedBatch, type PackedColumn } from "../../packed.ts";
import { bindings, type Vector } from "../arrow/bindings.ts";
import { writeTexts } from "../arrow/text.ts";
import { writeValidity } from "../arrow/validity.ts";
import { duckdbType } from "../duckdb-type.ts";
import { quoteIdentifier } from "../sql.ts";
import { fromJson } from "./nested.ts";

export interface PackedTable {
  append(batch: PackedBatch): void;
  /** No more rows come. */
  end(): void;
  /** The rows with the columns' types. */
  sql: string;
  drop(): Promise<void>;
}

let made = 0;

export async function createPackedTable(
  connection: DuckDBConnection,
  columns: { name: string; type: Type }[],
): Promise<PackedTable> {
  const { DuckDBDataChunk } = await import("@duckdb/node-api");
  const table = `nais_etl_rows_${++made}`;
  const carriers = columns.map(({ type }) => carrierOf(type));
  const definitions = columns.map(({ name, type }, i) => `${quoteIdentifier(name)} ${storedType(type, carriers[i]!)}`);
  await connection.run(`CREATE TEMP TABLE ${table} (${definitions.join(", ")})`);
  const appender = await connection.createAppender(table, undefined, "temp");
  const types = columns.map((_, i) => appender.columnType(i));
  const chunk = DuckDBDataChunk.create(types);
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    appender.closeSync();
  };
  return {
    append({ rows, columns: packed }) {
      chunk.reset();
      chunk.rowCount = rows;
      for (const [i, column] of packed.entries())
        writePacked(bindings().data_chunk_get_vector(chunk.chunk, i), { column, carrier: carriers[i]!, rows });
      appender.appendDataChunk(chunk);
    },
    end,
    sql: `SELECT ${columns.map(selected).join(", ")} FROM temp.${table}`,
    async drop() {
      end();
      await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
    },
  };
}

const storedTypes: Partial<Record<Carrier, string>> = { text: "VARCHAR", nested: "VARCHAR" };

function storedType(type: Type, carrier: Carrier): string {
  return storedTypes[carrier] ?? duckdbType(type);
}

function selected({ name, type }: { name: string; type: Type }): string {
  const id = quoteIdentifier(name);
  if (carrierOf(type) === "nested") return `${fromJson(id, type)} AS ${id}`;
  return type.kind === "NUMERIC" || type.kind === "JSON" ? `CAST(${id} AS ${duckdbType(type)}) AS ${id}` : id;
}

interface WritePacked {
  column: PackedColumn;
  carrier: Carrier;
  rows: number;
}

function writePacked(vector: Vector, { column, carrier, rows }: WritePacked): void {
  const { data, offsets, valid } = column;
  writeValidity(vector, valid && { bytes: valid, start: 0 }, rows);
  const width = widths[carrier];
  if (width === undefined) return writeTexts(vector, { values: data, valueOffsets: offsets! }, 0, rows);
  bindings().copy_data_to_vector(vector, 0, data.buffer, data.byteOffset, rows * width);
}
