/** Strings in JSON: where they end, and that their escapes mean something. */
import { JsonFault, sourceOf } from "./json-source.ts";

/** @returns the index behind the closing quote */
export function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    if (byte === 0x5c) at = skipEscape(bytes, at);
    else if (byte === undefined || byte < 0x20) throw new JsonFault("a string is not closed", start);
    else at++;
  }
}

const plainEscapes = new Set(Buffer.from('"\\/bfnrt'));

function skipEscape(bytes: Uint8Array, at: number): number {
  if (plainEscapes.has(bytes[at + 1]!)) return at + 2;
  const unit = codeUnit(bytes, at);
  if (unit === undefined) throw new JsonFault("a backslash begins nothing that JSON knows", at);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  const low = unit < 0xdc00 ? codeUnit(bytes, at + 6) : undefined;
  if (low === undefined || low < 0xdc00 || low > 0xdfff) throw new JsonFault("half of a surrogate pair is missing", at);
  return at + 12;
}

function codeUnit(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x75) return undefined;
  const digits = sourceOf(bytes, at + 2, Math.min(at + 6, bytes.length));
  return /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
