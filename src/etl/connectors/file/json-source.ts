/** The text of JSON in bytes. */

/** The bytes are no JSON. */
export class JsonFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export function sourceOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

/** The text of a string, from its quote to behind its quote. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(sourceOf(bytes, start, end)) as string;
}

/** Where a value should begin, and none does. */
export function unexpected(bytes: Uint8Array, at: number): JsonFault {
  if (at >= bytes.length) return new JsonFault("it ends in the middle", at);
  return new JsonFault("this is no value", at);
}
