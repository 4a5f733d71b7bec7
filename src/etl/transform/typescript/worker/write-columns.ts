/** JavaScript's values into packed columns, each held against its type: nothing is rounded, cut or converted in silence. */
import type { Type } from "../../../../spec/type.ts";
import { batchRows, carrierOf, type PackedColumn } from "../../../engine/packed.ts";
import { dayOf, microsOf } from "./iso.ts";
import { isInteger, isWrong, mismatch, nestedText, writtenText, type Wrong } from "./scalar-text.ts";

/** Takes the values of one column, a batch at a time. */
export interface ColumnWriter {
  /** @returns what is wrong with the value; undefined where it was taken */
  put(row: number, value: unknown): Wrong | undefined;
  /** The values of so many rows; the next begin anew. */
  take(rows: number): PackedColumn;
}

/** What puts a value that is not NULL. */
interface ValueWriter {
  put(row: number, value: unknown): Wrong | undefined;
  putNull(row: number): void;
  take(rows: number): Pick<PackedColumn, "data" | "offsets">;
}

export function createWriter(type: Type): ColumnWriter {
  const values = valueWriter(type);
  let valid: Uint8Array<ArrayBuffer> | undefined;
  return {
    put(row, value) {
      if (value === null) {
        valid ??= new Uint8Array(Math.ceil(batchRows / 64) * 8).fill(255);
        valid[row >> 3]! &= ~(1 << (row & 7));
        values.putNull(row);
        return undefined;
      }
      return values.put(row, value);
    },
    take(rows) {
      const column = { ...values.take(rows), valid, values: undefined };
      valid = undefined;
      return column;
    },
  };
}

function valueWriter(type: Type): ValueWriter {
  switch (carrierOf(type)) {
    case "text":
      return type.kind === "STRING" ? strings(type) : texts((value) => writtenText(value, type));
    case "nested":
      return texts((value) => nestedText(value, type));
    case "bytes":
      return bytes(type);
    case "int64":
      return fixed(8, (view, at, value) =>
        isInteger(value) ? putInteger(view, at, value as number | bigint) : mismatch(value, type),
      );
    case "float64":
      return fixed(8, (view, at, value) => {
        if (typeof value !== "number") return mismatch(value, type);
        view.setFloat64(at, value, true);
        return undefined;
      });
    case "bool":
      return fixed(1, (view, at, value) => {
        if (typeof value !== "boolean") return mismatch(value, type);
        view.setUint8(at, value ? 1 : 0);
        return undefined;
      });
    case "day":
      return fixed(4, (view, at, value) => {
        const day = typeof value === "string" ? dayOf(value) : undefined;
        if (day === undefined) return mismatch(value, type);
        view.setInt32(at, day, true);
        return undefined;
      });
    default:
      return fixed(8, (view, at, value) => {
        const text =
          type.kind === "TIMESTAMP" && value instanceof Date && isFinite(+value) ? value.toISOString() : value;
        const kind = type.kind as "DATETIME" | "TIME" | "TIMESTAMP";
        const micros = typeof text === "string" ? microsOf(text, kind) : undefined;
        if (micros === undefined) return mismatch(value, type);
        view.setBigInt64(at, micros, true);
        return undefined;
      });
  }
}

/** As two numbers of four bytes: no bigint is made of a number. */
function putInteger(view: DataView, at: number, value: number | bigint): undefined {
  if (typeof value === "bigint") view.setBigInt64(at, value, true);
  else {
    const high = Math.floor(value / 2 ** 32);
    view.setInt32(at, value - high * 2 ** 32, true);
    view.setInt32(at + 4, high, true);
  }
}

type PutFixed = (view: DataView, at: number, value: unknown) => Wrong | undefined;

function fixed(width: number, put: PutFixed): ValueWriter {
  let data = new Uint8Array(width * batchRows);
  let view = new DataView(data.buffer);
  return {
    put: (row, value) => put(view, row * width, value),
    putNull: () => undefined,
    take(rows) {
      const taken = rows === batchRows ? data : data.slice(0, rows * width);
      data = new Uint8Array(width * batchRows);
      view = new DataView(data.buffer);
      return { data: taken, offsets: undefined };
    },
  };
}

/** Bytes one behind the other, in memory that grows. */
function growing() {
  let data = new Uint8Array(batchRows * 16);
  let offsets = new Int32Array(batchRows + 1);
  let end = 0;
  return {
    /** So many bytes more may be written at the end. */
    room(more: number): Uint8Array<ArrayBuffer> {
      if (end + more <= data.length) return data;
      const grown = new Uint8Array(Math.max(data.length * 2, end + more));
      grown.set(data.subarray(0, end));
      return (data = grown);
    },
    end: () => end,
    close(row: number, to: number) {
      end = to;
      offsets[row + 1] = to;
    },
    take(rows: number) {
      // Some bytes more than there are texts: the engine's side reads twelve at a time.
      const taken = { data: data.slice(0, end), offsets: offsets.slice(0, rows + 1) };
      offsets = new Int32Array(batchRows + 1);
      end = 0;
      return taken;
    },
  };
}

const encoder = new TextEncoder();
/** Up to so many characters, a loop is faster than a call. */
const short = 24;

function putText(out: ReturnType<typeof growing>, row: number, text: string): void {
  const { length } = text;
  const data = out.room(length * 3);
  const start = out.end();
  let to = start;
  if (length <= short) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) break;
      data[to++] = code;
    }
    if (i === length) return out.close(row, to);
  }
  return out.close(row, start + encoder.encodeInto(text, data.subarray(start)).written);
}

function strings(type: Type): ValueWriter {
  const out = growing();
  return {
    put(row, value) {
      if (typeof value !== "string") return mismatch(value, type);
      if (!isPlain(value)) return halfCharacter;
      putText(out, row, value);
      return undefined;
    },
    putNull: (row) => out.close(row, out.end()),
    take: (rows) => out.take(rows),
  };
}

/** Half of a character of two UTF-16 units has no place in UTF-8. */
const halfCharacter: Wrong = {
  problem: "holds half of a character (a lone surrogate)",
  hint: 'Cut texts between characters: Array.from(text).slice(0, n).join("").',
};

function isPlain(text: string): boolean {
  return text.isWellFormed();
}

function texts(write: (value: unknown) => { text: string } | Wrong): ValueWriter {
  const out = growing();
  return {
    put(row, value) {
      const written = write(value);
      if (isWrong(written)) return written;
      putText(out, row, written.text);
      return undefined;
    },
    putNull: (row) => out.close(row, out.end()),
    take: (rows) => out.take(rows),
  };
}

function bytes(type: Type): ValueWriter {
  const out = growing();
  return {
    put(row, value) {
      if (!(value instanceof Uint8Array)) return mismatch(value, type);
      const start = out.end();
      out.room(value.length).set(value, start);
      out.close(row, start + value.length);
      return undefined;
    },
    putNull: (row) => out.close(row, out.end()),
    take: (rows) => out.take(rows),
  };
}
