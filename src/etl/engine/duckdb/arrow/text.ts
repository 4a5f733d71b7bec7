/**
 * Texts and bytes into a vector. The engine holds each as 16 bytes: its length, and either the text itself, where it has
 * at most 12 bytes, or its first four and the address of all of it. A call for each would cost more than all the rest:
 * the texts of a chunk are handed over as one, whose copy the vector keeps, and the 16 bytes of each are written here.
 * Source: https://github.com/duckdb/duckdb/blob/main/src/include/duckdb/common/types/string_type.hpp
 */
import { bindings, type Vector } from "./bindings.ts";

export interface Texts {
  /** All texts, one behind the other. */
  values: Uint8Array;
  /** Where each begins, and where the last ends. */
  valueOffsets: Int32Array;
}

const entryBytes = 16;
const mostInside = 12;

/** Reused: it is copied before anything else runs. Grows with the longest list. */
let entries = new Uint8Array(2048 * entryBytes);

/** Of three words of four bytes, those bytes that belong to a text: three for each length. */
const inside = Uint32Array.from({ length: (mostInside + 1) * 3 }, (_, i) => {
  const bytes = Math.min(4, Math.max(0, Math.floor(i / 3) - 4 * (i % 3)));
  return bytes === 4 ? 0xffffffff : (1 << (8 * bytes)) - 1;
});

export function writeTexts(vector: Vector, texts: Texts, at: number, count: number): void {
  if (count === 0) return;
  const { values, valueOffsets } = withRoom(texts);
  const start = valueOffsets[at]!;
  const whole = values.subarray(start, valueOffsets[at + count]);
  if (entries.length < count * entryBytes) entries = new Uint8Array(count * entryBytes);
  const words = new Uint32Array(entries.buffer, 0, count * 4);
  const bytes = new DataView(values.buffer, values.byteOffset);
  const [low, high] = whole.length > mostInside ? addressOf(vector, whole) : [0, 0];
  for (let i = 0; i < count; i++) {
    const from = valueOffsets[at + i]!;
    const length = valueOffsets[at + i + 1]! - from;
    const word = i * 4;
    words[word] = length;
    if (length <= mostInside) {
      words[word + 1] = bytes.getUint32(from, true) & inside[length * 3]!;
      words[word + 2] = bytes.getUint32(from + 4, true) & inside[length * 3 + 1]!;
      words[word + 3] = bytes.getUint32(from + 8, true) & inside[length * 3 + 2]!;
    } else {
      const address = low + (from - start);
      words[word + 1] = bytes.getUint32(from, true);
      words[word + 2] = address;
      words[word + 3] = high + (address > 0xffffffff ? 1 : 0);
    }
  }
  bindings().copy_data_to_vector(vector, 0, entries.buffer, 0, count * entryBytes);
}

/** Twelve bytes are read at a time, also of the last text, which may be shorter. */
function withRoom({ values, valueOffsets }: Texts): Texts {
  const room = values.buffer.byteLength - values.byteOffset - values.byteLength;
  if (room >= mostInside) return { values, valueOffsets };
  const copy = new Uint8Array(values.length + mostInside);
  copy.set(values);
  return { values: copy.subarray(0, values.length), valueOffsets };
}

/** Where the vector's own copy of a text lies, as two halves. */
function addressOf(vector: Vector, whole: Uint8Array): [low: number, high: number] {
  const api = bindings();
  api.vector_assign_string_element_len(vector, 0, whole);
  const { buffer, byteOffset } = api.vector_get_data(vector, entryBytes);
  const entry = new DataView(buffer, byteOffset, entryBytes);
  return [entry.getUint32(8, true), entry.getUint32(12, true)];
}
