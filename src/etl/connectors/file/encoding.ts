/** Whether bytes are UTF-8 that says what its writer meant; at the speed of the disk, since every byte is looked at. */
import { isUtf8 } from "node:buffer";

export interface EncodingFault {
  kind: "invalid" | "mojibake" | "nul" | "utf-16";
  /** Index of the first wrong byte. */
  at: number;
}

/**
 * The first place where the bytes cannot be what somebody meant as UTF-8 text.
 * @param bytes whole characters only: see {@link wholeCharacters}
 */
export function findEncodingFault(bytes: Buffer, { mojibake }: { mojibake: boolean }): EncodingFault | undefined {
  if (isUtf16(bytes)) return { kind: "utf-16", at: 0 };
  if (!isUtf8(bytes)) return { kind: "invalid", at: firstInvalid(bytes) };
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { kind: "nul", at: nul };
  const at = mojibake ? findMojibake(bytes) : -1;
  return at === -1 ? undefined : { kind: "mojibake", at };
}

/** The length of the bytes without a character that is cut off at their end. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/**
 * Where to cut bytes that go on, so that nothing this module looks for lies across the cut: behind the last ASCII character,
 * if one is near, for every sequence looked for is without any.
 */
export function safeCut(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - farthestCut; at--)
    if (bytes[at]! < 0x80) return at + 1;
  return wholeCharacters(bytes);
}

const farthestCut = 64;

/** UTF-16 has a byte order mark, or every second byte of western text is 0. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** Skips what is valid in blocks that grow smaller, and then a character at a time. */
function firstInvalid(bytes: Buffer): number {
  let at = 0;
  for (const size of [65_536, 1024, 16]) {
    for (let end = at; ; at = end) {
      end = at + wholeCharacters(bytes.subarray(at, at + size));
      if (end === at || !isUtf8(bytes.subarray(at, end))) break;
    }
  }
  while (at < bytes.length && isUtf8(bytes.subarray(at, at + characterLength(bytes[at]!))))
    at += characterLength(bytes[at]!);
  return at;
}

function characterLength(lead: number): number {
  return lead < 0x80 ? 1 : sequenceLength(lead);
}

/** What windows-1252 shows for the bytes 0x80 to 0x9F; undefined ones are left out. Source: https://encoding.spec.whatwg.org/index-windows-1252.txt */
const windows1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/** Ã or Â, and behind it what a continuation byte (0x80 to 0xBF) is shown as: together one letter or sign, read wrongly. */
const doubled = new RegExp(`^[ÃÂ](?:[\\u0080-\\u00bf]|[${windows1252}])`);
/** “ ” ‘ ’ – — … read wrongly. */
const doubledQuote = new RegExp(`^â€(?:[\\u0080-\\u00bf]|[${windows1252}])`);

/** The last byte of Ã, Â and €: rarer in texts than their first, so that a search for them alone is quick. */
const lastBytes: [last: number, before: number[], pattern: RegExp][] = [
  [0x83, [0xc3], doubled],
  [0x82, [0xc3], doubled],
  [0xac, [0xc3, 0xa2, 0xe2, 0x82], doubledQuote],
];
const longestMojibake = 8;

function findMojibake(bytes: Buffer): number {
  const found = lastBytes
    .map(([last, before, pattern]) => findSequence({ bytes, last, before, pattern }))
    .filter((at) => at !== -1);
  return found.length === 0 ? -1 : Math.min(...found);
}

interface FindSequence {
  bytes: Buffer;
  last: number;
  before: number[];
  pattern: RegExp;
}

function findSequence({ bytes, last, before, pattern }: FindSequence): number {
  for (let at = bytes.indexOf(last); at !== -1; at = bytes.indexOf(last, at + 1)) {
    const start = at - before.length;
    if (start < 0 || !before.every((byte, i) => bytes[start + i] === byte)) continue;
    if (pattern.test(bytes.toString("utf8", start, start + longestMojibake))) return start;
  }
  return -1;
}
