/**
 * Reads JSON values byte by byte: whether they are JSON, and whether they are values of a type.
 * JSON.parse would do for the first; but it rounds numbers, as the engine does: only the bytes know what was written.
 */
import type { Type } from "../../../spec/type.ts";
import { skipDate, skipDateTime } from "./cell-bytes.ts";
import { textFits } from "./cell-text.ts";
import { createFields, type Fields } from "./json-fields.ts";
import { isPlainNumber, numberFits, skipNumber } from "./json-number.ts";
import { JsonFault, sourceOf, textOf, unexpected } from "./json-source.ts";
import { skipString } from "./json-string.ts";

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
export function skipValue(reader: JsonReader, start: number, type: Type | undefined, depth = 0): number {
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
  const { bytes } = reader;
  const end = skipString(bytes, start);
  const free = type === undefined || type.kind === "JSON" || (type.kind === "STRING" && type.parameters === undefined);
  if (free || isPlainTime(bytes, start + 1, end - 1, type)) return end;
  if (isNested(type) || !textFits(textOf(bytes, start, end), type)) reader.misfit(type, start, end);
  return end;
}

/** The quick test: see cell-bytes.ts. */
function isPlainTime(bytes: Uint8Array, start: number, end: number, { kind }: Type): boolean {
  if (kind === "DATE") return skipDate(bytes, start) === end;
  return (kind === "DATETIME" || kind === "TIMESTAMP") && skipDateTime(bytes, start) === end;
}

function isNested(type: Type): boolean {
  return type.kind === "ARRAY" || type.kind === "STRUCT";
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

function numberValue(reader: JsonReader, start: number, type: Type | undefined): number {
  const end = skipNumber(reader.bytes, start);
  const free = type === undefined || isPlainNumber(reader.bytes, start, end, type);
  if (!free && !numberFits(sourceOf(reader.bytes, start, end), type)) reader.misfit(type, start, end);
  return end;
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
