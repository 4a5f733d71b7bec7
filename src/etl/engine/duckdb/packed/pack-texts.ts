/**
 * Texts and bytes out of a vector. The engine holds each as 16 bytes: its length, and either the text itself, where it has
 * at most 12 bytes, or its first four and the address of all of it. Asking for each address costs more than all the rest, so
 * texts that lie behind one another are asked for at once, and one that is there many times (a dictionary's) only once.
 * Source: https://github.com/duckdb/duckdb/blob/main/src/include/duckdb/common/types/string_type.hpp
 */
import { isValid } from "../../packed.ts";
import { bindings, type Vector } from "../arrow/bindings.ts";

const entryBytes = 16;
const mostInside = 12;

/**
 * Bytes between two texts that are read along with them (the lengths that Parquet writes in front of each, and short texts).
 * So few lie in the pages of memory of the two texts themselves, which can be read.
 */
const mostBetween = 64;

const remembered = 512;

export interface PackedTexts {
  data: Uint8Array<ArrayBuffer>;
  offsets: Int32Array<ArrayBuffer>;
}

export function packTexts(
  vector: Vector,
  { rows, valid }: { rows: number; valid: Uint8Array | undefined },
): PackedTexts {
  // A copy, so that it is aligned for words.
  const entries = bindings()
    .vector_get_data(vector, rows * entryBytes)
    .slice();
  const words = new Uint32Array(entries.buffer, 0, rows * 4);
  const offsets = new Int32Array(rows + 1);
  let total = 0;
  let long = false;
  for (let i = 0; i < rows; i++) {
    const length = isValid(valid, i) ? words[i * 4]! : 0;
    if (length > mostInside) long = true;
    offsets[i] = total;
    total += length;
  }
  offsets[rows] = total;
  const data = new Uint8Array(total);
  for (let i = 0; i < rows; i++) {
    const length = offsets[i + 1]! - offsets[i]!;
    if (length > mostInside) continue;
    let from = i * entryBytes + 4;
    for (let to = offsets[i]!, end = to + length; to < end;) data[to++] = entries[from++]!;
  }
  if (long) copyLong({ entries, words, offsets, data, rows });
  return { data, offsets };
}

interface CopyLong extends PackedTexts {
  entries: Uint8Array<ArrayBuffer>;
  words: Uint32Array;
  rows: number;
}

function copyLong({ entries, words, offsets, data, rows }: CopyLong): void {
  const api = bindings();
  // By address, the row whose text was copied last: enough to find those of a dictionary again.
  const copied = new Int32Array(remembered).fill(-1);
  /** Texts that lie behind one another: their rows, and the addresses of their beginning and end. */
  let run: number[] = [];
  let [start, end] = [0, 0];
  const flush = () => {
    if (run.length === 0) return;
    const bytes = api.get_data_from_pointer(entries.buffer, run[0]! * entryBytes + 8, end - start);
    for (const row of run) {
      const from = addressOf(words, row) - start;
      data.set(bytes.subarray(from, from + offsets[row + 1]! - offsets[row]!), offsets[row]);
    }
    run = [];
  };
  for (let row = 0; row < rows; row++) {
    const length = offsets[row + 1]! - offsets[row]!;
    if (length <= mostInside) continue;
    const address = addressOf(words, row);
    const slot = (address ^ (address >>> 11)) & (remembered - 1);
    const known = copied[slot]!;
    const isSame = known >= 0 && addressOf(words, known) === address;
    if (isSame && length === offsets[known + 1]! - offsets[known]!) {
      flush();
      data.copyWithin(offsets[row]!, offsets[known]!, offsets[known]! + length);
      continue;
    }
    copied[slot] = row;
    if (run.length === 0 || address < end || address - end > mostBetween) {
      flush();
      start = address;
    }
    run.push(row);
    end = address + length;
  }
  flush();
}

/** Addresses have 48 bits. */
function addressOf(words: Uint32Array, row: number): number {
  return words[row * 4 + 2]! + words[row * 4 + 3]! * 2 ** 32;
}
