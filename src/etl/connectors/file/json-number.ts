/** Numbers in JSON: where they end, and whether the engine would keep what is written. */
import type { Type } from "../../../spec/type.ts";
import { textFits } from "./cell-text.ts";
import { JsonFault, sourceOf, unexpected } from "./json-source.ts";

/** Python writes NaN and Infinity, though JSON has no such numbers; they are FLOAT64. */
const notFinite = ["NaN", "Infinity", "-Infinity"];

export function skipNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const digits = skipDigits(bytes, at);
  if (digits === at) return skipNotFinite(bytes, start);
  if (bytes[at] === 0x30 && digits > at + 1) throw new JsonFault("a number begins with 0", start);
  at = digits;
  if (bytes[at] === 0x2e) at = atLeastOne(bytes, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45)
    at = atLeastOne(bytes, at + (bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 2 : 1));
  return at;
}

function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at;
}

function atLeastOne(bytes: Uint8Array, start: number): number {
  const end = skipDigits(bytes, start);
  if (end === start) throw new JsonFault("a number lacks a digit", start);
  return end;
}

function skipNotFinite(bytes: Uint8Array, start: number): number {
  const word = notFinite.find((name) => sourceOf(bytes, start, Math.min(start + name.length, bytes.length)) === name);
  if (word === undefined) throw unexpected(bytes, start);
  return start + word.length;
}

/** The quick test: short integers are INT64 and FLOAT64, and so are short decimals FLOAT64. */
export function isPlainNumber(bytes: Uint8Array, start: number, end: number, { kind }: Type): boolean {
  if (end - start > mostPlain || (kind !== "INT64" && kind !== "FLOAT64")) return false;
  const first = bytes[start] === minus ? start + 1 : start;
  const digits = skipDigits(bytes, first);
  if (digits === end || kind === "INT64") return digits === end;
  return bytes[digits] === point && skipDigits(bytes, digits + 1) === end;
}

const mostPlain = 18;
const minus = 0x2d;
const point = 0x2e;

/** The engine keeps integers as they are written, but other numbers as FLOAT64: beyond 15 digits they need quotes. */
export function numberFits(source: string, type: Type): boolean {
  const isInteger = /^-?\d+$/.test(source);
  switch (type.kind) {
    case "INT64":
    case "FLOAT64":
      return textFits(source, type);
    case "NUMERIC":
      return (isInteger || significant(source).length <= 15) && textFits(source, type);
    case "BIGNUMERIC":
    case "STRING":
      return (isInteger || isPrintedAlike(source)) && textFits(source, type);
    case "JSON":
      return isInteger || significant(source) === significant(String(Number(source)));
    default:
      return false;
  }
}

/** The digits of a number without zeros at either end. */
function significant(source: string): string {
  return source
    .split(/e/i)[0]!
    .replace(/^-?0*\.?0*/, "")
    .replace(".", "")
    .replace(/0+$/, "");
}

/** Whether the engine, asked for the number's text, would give what is written. */
function isPrintedAlike(source: string): boolean {
  const size = Math.abs(Number(source));
  return String(Number(source)) === source && source.includes(".") && size >= 1e-4 && size < 1e15;
}
