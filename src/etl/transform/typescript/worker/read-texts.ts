/** Texts out of a packed column. Those that come again and again are made once. */
import type { PackedColumn } from "../../../engine/packed.ts";

/** Texts that are remembered, and how long they may be. */
const slots = 1024;
const longest = 48;

/** After so many texts of which most were new, they are no more looked for. */
const trial = 8192;

export interface TextReader {
  load(column: PackedColumn): void;
  at(row: number): string;
}

export function createTextReader(): TextReader {
  const bytes = new Uint8Array(slots * longest);
  const lengths = new Int32Array(slots).fill(-1);
  const texts: string[] = Array.from({ length: slots }, () => "");
  let [looked, missed, isWorthIt] = [0, 0, true];
  let data = Buffer.alloc(0);
  let offsets = new Int32Array(0);
  const decode = (from: number, to: number) => data.toString("utf8", from, to);
  const remembered = (from: number, to: number): string => {
    const length = to - from;
    let hash = length;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + data[i]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const start = slot * longest;
    looked++;
    if (lengths[slot] === length) {
      let i = 0;
      while (i < length && bytes[start + i] === data[from + i]) i++;
      if (i === length) return texts[slot]!;
    }
    if (++missed > trial / 2 && missed * 2 > looked) isWorthIt = false;
    lengths[slot] = length;
    for (let i = 0; i < length; i++) bytes[start + i] = data[from + i]!;
    return (texts[slot] = decode(from, to));
  };
  return {
    load(column) {
      data = Buffer.from(column.data.buffer, column.data.byteOffset, column.data.byteLength);
      offsets = column.offsets!;
    },
    at(row) {
      const from = offsets[row]!;
      const to = offsets[row + 1]!;
      return isWorthIt && to - from <= longest ? remembered(from, to) : decode(from, to);
    },
  };
}
