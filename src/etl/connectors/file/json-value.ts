/**
 * Reads JSON values byte by byte: whether they are JSON, and whether they are values of a type.
 * JSON.parse would do for the first; but it rounds numbers, as the engine does: only the bytes know what was written.
 */
import type { Type } from "../../../spec/type.ts";
import { textFits } from "./cell-text.ts";
import { createFields, type Fields } from "./json-fields.ts";
import { JsonFault, sourceOf, textOf } from "./json-source.ts";

export interface JsonReader {
  bytes: Uint8Array;
  /** Called for each value that is JSON but not of its type, with its place in the bytes. */
  misfit(type: Type, start: number, end: number): void;
}

const deepest = 500;

/** Whether the bytes are one JSON value, of this type. */
export function jsonFits(bytes: Uint8Array, type: Type): boolean {
  let fits = true;
  try {
    const start = skipSpace(bytes, 0);
    const end = skipValue({ bytes, misfit: () => (fits = false) }, start, type);
    return fits && skipSpace(bytes, end) === bytes.length;
  } catch (error) {
    if (error instanceof JsonFault) return false;
    throw error;
  }
}

/**
 * @param type undefined where only JSON is asked for
 * @returns the index behind the value
 * @throws {JsonFault}
 */
function skipValue(reader: JsonReader, start: number, type: Type | undefined, depth = 0): number {
  if (depth > deepest) throw new JsonFault(`nested deeper than ${deepest} levels`, start);
  const byte = reader.bytes[start];
  if (byte === 0x22) return stringValue(reader, start, type);
  if (byte === 0x7b) return objectValue(reader, start, type, depth);
  if (byte === 0x5b) return arrayValue(reader, start, type, depth);
  if (byte === 0x6e) return skipWord(reader.bytes, start, "null");
  if (byte === 0x74 || byte === 0x66) return boolValue(reader, start, type);
  return numberValue(reader, start, type);
}

export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

function stringValue(reader: JsonReader, start: number, type: Type | undefined): number {
  const end = skipString(reader.bytes, start);
  const free = type === undefined || type.kind === "JSON" || (type.kind === "STRING" && type.parameters === undefined);
  if (!free && (isNested(type) || !textFits(textOf(reader.bytes, start, end), type))) reader.misfit(type, start, end);
  return end;
}

function isNested(type: Type): boolean {
  return type.kind === "ARRAY" || type.kind === "STRUCT";
}

function skipString(bytes: Uint8Array, start: number): number {
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

function boolValue(reader: JsonReader, start: number, type: Type | undefined): number {
  const end = skipWord(reader.bytes, start, reader.bytes[start] === 0x74 ? "true" : "false");
  const fits =
    type === undefined ||
    type.kind === "BOOL" ||
    type.kind === "JSON" ||
    (type.kind === "STRING" && type.parameters === undefined);
  if (!fits) reader.misfit(type, start, end);
  return end;
}

function skipWord(bytes: Uint8Array, start: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) throw unexpected(bytes, start);
  return start + word.length;
}

function unexpected(bytes: Uint8Array, at: number): JsonFault {
  if (at >= bytes.length) return new JsonFault("it ends in the middle", at);
  return new JsonFault("this is no value", at);
}

function numberValue(reader: JsonReader, start: number, type: Type | undefined): number {
  const end = skipNumber(reader.bytes, start);
  const free = type === undefined || (type.kind === "INT64" && isShortInteger(reader.bytes, start, end));
  if (!free && !numberFits(sourceOf(reader.bytes, start, end), type)) reader.misfit(type, start, end);
  return end;
}

/** Python writes NaN and Infinity, though JSON has no such numbers; they are FLOAT64. */
const notFinite = ["NaN", "Infinity", "-Infinity"];

function skipNumber(bytes: Uint8Array, start: number): number {
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

function isShortInteger(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 18) return false;
  return skipDigits(bytes, bytes[start] === 0x2d ? start + 1 : start) === end;
}

/** The engine keeps integers as they are written, but other numbers as FLOAT64: beyond 15 digits they need quotes. */
function numberFits(source: string, type: Type): boolean {
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

function arrayValue(reader: JsonReader, start: number, type: Type | undefined, depth: number): number {
  const { bytes } = reader;
  const element = type?.kind === "ARRAY" ? type.element : undefined;
  const inner = type?.kind === "JSON" ? type : element;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === 0x5d) at++;
  else {
    for (;;) {
      at = skipSpace(bytes, skipValue(reader, at, inner, depth + 1));
      if (bytes[at] === 0x5d) break;
      at = skipSpace(bytes, expectByte(bytes, at, 0x2c, "a comma or ] is missing"));
    }
    at++;
  }
  if (type !== undefined && inner === undefined) reader.misfit(type, start, at);
  return at;
}

function expectByte(bytes: Uint8Array, at: number, byte: number, message: string): number {
  if (bytes[at] !== byte) throw new JsonFault(at >= bytes.length ? "it ends in the middle" : message, at);
  return at + 1;
}

function objectValue(reader: JsonReader, start: number, type: Type | undefined, depth: number): number {
  const inner = type?.kind === "JSON" ? type : undefined;
  const fields = type?.kind === "STRUCT" ? fieldsOf(type) : undefined;
  fields?.restart();
  const end = skipObject(reader, start, depth, (keyStart, keyEnd) =>
    fields ? fields.next(reader.bytes, keyStart, keyEnd) : inner,
  );
  if (type !== undefined && !fields && !inner) reader.misfit(type, start, end);
  return end;
}

type Struct = Extract<Type, { kind: "STRUCT" }>;

/** Found once for each type: objects of one type come by the million. A STRUCT does not hold itself, so one at a time is in use. */
const fieldsByType = new WeakMap<Struct, Fields>();

function fieldsOf(type: Struct): Fields {
  const known = fieldsByType.get(type);
  if (known) return known;
  const fields = createFields(type.fields);
  fieldsByType.set(type, fields);
  return fields;
}

/** @param typeOfKey gets the place of each key, quotes included, and says the type of its value */
export function skipObject(
  reader: JsonReader,
  start: number,
  depth: number,
  typeOfKey: (keyStart: number, keyEnd: number) => Type | undefined,
): number {
  const { bytes } = reader;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (bytes[at] !== 0x22) throw new JsonFault("a key in quotes is missing", at);
    const keyEnd = skipString(bytes, at);
    const type = typeOfKey(at, keyEnd);
    at = skipSpace(bytes, expectByte(bytes, skipSpace(bytes, keyEnd), 0x3a, "a colon is missing"));
    at = skipSpace(bytes, skipValue(reader, at, type, depth + 1));
    if (bytes[at] === 0x7d) return at + 1;
    at = skipSpace(bytes, expectByte(bytes, at, 0x2c, "a comma or } is missing"));
  }
}
