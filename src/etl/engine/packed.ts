/**
 * Rows as columns in plain memory: what goes between the engine and a program in another thread without a copy and without
 * an object for each value.
 */
import type { Type } from "../../spec/type.ts";

/**
 * How a column's values lie in memory. `text` also holds the digits of NUMERIC and BIGNUMERIC, and JSON; `micros` are
 * microseconds, since 1970 in UTC or since midnight; `day` is days since 1970. `nested` are ARRAY and STRUCT.
 */
export type Carrier = "text" | "bytes" | "int64" | "float64" | "bool" | "day" | "micros" | "nested";

export interface PackedColumn {
  /** As the engine has them: eight bytes for int64, float64 and micros, four for day, one for bool; text is UTF-8. */
  data: Uint8Array<ArrayBuffer>;
  /** Of text and bytes: where each begins in `data`, and where the last ends. */
  offsets: Int32Array<ArrayBuffer> | undefined;
  /** A bit for each row that is not NULL, lowest first; undefined where none is NULL. */
  valid: Uint8Array<ArrayBuffer> | undefined;
  /** Of nested: the values themselves. */
  values: unknown[] | undefined;
}

export interface PackedBatch {
  rows: number;
  columns: PackedColumn[];
}

/** Rows in one batch, at most: as many as the engine's vectors hold. */
export const batchRows = 2048;

export function carrierOf({ kind }: Type): Carrier {
  switch (kind) {
    case "ARRAY":
    case "STRUCT":
      return "nested";
    case "BYTES":
      return "bytes";
    case "INT64":
      return "int64";
    case "FLOAT64":
      return "float64";
    case "BOOL":
      return "bool";
    case "DATE":
      return "day";
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP":
      return "micros";
    default:
      return "text";
  }
}

/** Bytes of one value; undefined for those that have no fixed width. */
export const widths: Partial<Record<Carrier, number>> = { int64: 8, float64: 8, micros: 8, day: 4, bool: 1 };

export function isValid(valid: Uint8Array | undefined, row: number): boolean {
  return valid === undefined || ((valid[row >> 3]! >> (row & 7)) & 1) === 1;
}

/** What moves to the other thread with a batch, and is gone here. */
export function buffersOf({ columns }: PackedBatch): ArrayBuffer[] {
  return columns.flatMap(({ data, offsets, valid }) =>
    [data, offsets, valid].flatMap((part) => (part && part.byteLength > 0 ? [part.buffer] : [])),
  );
}
