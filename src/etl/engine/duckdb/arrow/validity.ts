/** Which values are not NULL: a bit each, lowest first, in Arrow and in the engine alike. */
import { bindings, type Vector } from "./bindings.ts";

/** Bits from `start` on of `bytes`; undefined where no value is NULL. */
export interface Validity {
  bytes: Uint8Array;
  start: number;
}

export interface HasNulls {
  nullCount: number;
  nullBitmap: Uint8Array;
  offset: number;
}

export function validityOf(data: HasNulls, at: number): Validity | undefined {
  const { nullCount, nullBitmap, offset } = data;
  return nullCount === 0 || nullBitmap.length === 0 ? undefined : { bytes: nullBitmap, start: offset + at };
}

/** Says which of a vector's values are NULL. A chunk that was reset has none. */
export function writeValidity(vector: Vector, validity: Validity | undefined, count: number): void {
  if (!validity || count === 0) return;
  const { bytes, start } = aligned(validity, count);
  const api = bindings();
  api.vector_ensure_validity_writable(vector);
  api.copy_data_to_vector_validity(vector, 0, bytes.buffer, bytes.byteOffset + start / 8, Math.ceil(count / 8));
}

/** What is NULL in either is NULL: the fields of a NULL row are, whatever they hold. */
export function bothValid(a: Validity | undefined, b: Validity | undefined, count: number): Validity | undefined {
  if (!a || !b) return a ?? b;
  const [left, right] = [aligned(a, count), aligned(b, count)];
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < bytes.length; i++) bytes[i] = left.bytes[left.start / 8 + i]! & right.bytes[right.start / 8 + i]!;
  return { bytes, start: 0 };
}

/** The same, beginning with a whole byte. */
function aligned({ bytes, start }: Validity, count: number): Validity {
  const shift = start % 8;
  if (shift === 0) return { bytes, start };
  const from = (start - shift) / 8;
  const moved = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < moved.length; i++)
    moved[i] = (bytes[from + i]! >> shift) | ((bytes[from + i + 1] ?? 0) << (8 - shift));
  return { bytes: moved, start: 0 };
}
