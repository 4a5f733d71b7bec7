/** An object of arrays, one for each column (`{ "time": […], "temperature": […] }`), as rows. */
import type { Columns } from "../../../spec/column.ts";
import { JsonFault, sourceOf, textOf } from "./json-source.ts";
import { skipObject, skipSpace, skipValue } from "./json-value.ts";

/** Bytes of such an object: all of it is held. */
export const longestColumns = 64 * 1024 ** 2;

interface Member {
  name: string;
  /** The key as it was written, with its quotes. */
  key: string;
  start: number;
  end: number;
  kind: "array" | "object" | "scalar";
}

/** What one object holds, that stands where rows were looked for. */
export interface WholeObject {
  bytes: Uint8Array;
  members: Member[];
}

/** @throws {JsonFault} */
export function readObject(bytes: Uint8Array): WholeObject {
  const reader = { bytes, misfit: () => undefined };
  const members: Member[] = [];
  let [keyStart, keyEnd] = [0, 0];
  if (bytes[0] !== 0x7b) throw new JsonFault("no object and no array stands where the rows are looked for", 0);
  const note = () => {
    if (keyEnd === 0) return;
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    members.push({
      name: textOf(bytes, keyStart, keyEnd),
      key: sourceOf(bytes, keyStart, keyEnd),
      start,
      end: skipValue(reader, start, undefined),
      kind: bytes[start] === 0x5b ? "array" : bytes[start] === 0x7b ? "object" : "scalar",
    });
  };
  skipObject(reader, 0, 0, (start, end) => {
    note();
    [keyStart, keyEnd] = [start, end];
    return undefined;
  });
  note();
  return { bytes, members };
}

/**
 * Whether the arrays are columns: a declared column that is no array itself is one, or, where nothing is declared, all
 * are arrays and hold neither objects nor arrays.
 */
export function areColumns({ bytes, members }: WholeObject, columns: Columns | undefined): boolean {
  const arrays = members.filter(({ kind }) => kind === "array");
  if (columns)
    return arrays.some(({ name }) => {
      const kind = Object.hasOwn(columns, name) ? columns[name]!.type.kind : undefined;
      return kind !== undefined && kind !== "ARRAY" && kind !== "JSON";
    });
  return (
    arrays.length > 0 && arrays.length === members.length && !arrays.some(({ start }) => holdsNested(bytes, start))
  );
}

function holdsNested(bytes: Uint8Array, start: number): boolean {
  const first = bytes[skipSpace(bytes, start + 1)];
  return first === 0x7b || first === 0x5b;
}

/** Names of what holds objects in an array: rows, most likely. */
export function listsOfObjects({ bytes, members }: WholeObject): string[] {
  const isList = ({ kind, start }: Member) => kind === "array" && bytes[skipSpace(bytes, start + 1)] === 0x7b;
  return members.filter(isList).map(({ name }) => name);
}

const rowsAtOnce = 10_000;

/**
 * Rows, each as a line of JSON. What is no array and no object is the same in each.
 * @throws {JsonFault} where the arrays have not the same length
 */
export function* rowsOfColumns({ bytes, members }: WholeObject): Generator<{ lines: string; rows: number }> {
  const used = members.filter(({ kind }) => kind !== "object");
  const parts = used.map((member) => ({
    ...member,
    elements: member.kind === "array" ? elementsOf(bytes, member) : undefined,
  }));
  const arrays = parts.flatMap(({ name, elements }) => (elements ? [{ name, length: elements.length / 2 }] : []));
  const [first] = arrays;
  const other = arrays.find(({ length }) => length !== first?.length);
  if (first && other)
    throw new JsonFault(
      `the arrays have not the same length: \`${first.name}\` has ${first.length}, \`${other.name}\` has ${other.length}`,
      0,
    );
  const length = first?.length ?? 0;
  for (let from = 0; from < length; from += rowsAtOnce) {
    const to = Math.min(length, from + rowsAtOnce);
    let lines = "";
    for (let row = from; row < to; row++) {
      const fields = parts.map(({ key, start, end, elements }) =>
        elements
          ? `${key}:${sourceOf(bytes, elements[2 * row]!, elements[2 * row + 1]!)}`
          : `${key}:${sourceOf(bytes, start, end)}`,
      );
      lines += `{${onOneLine(fields.join(","))}}\n`;
    }
    yield { lines, rows: to - from };
  }
}

/** Between values, a line break is a space; within a text it is none. */
function onOneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replaceAll(/[\r\n]/g, " ") : json;
}

/** Where each element begins and ends, one after the other. */
function elementsOf(bytes: Uint8Array, { start }: Member): number[] {
  const reader = { bytes, misfit: () => undefined };
  const found: number[] = [];
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== 0x5d) {
    const end = skipValue(reader, at, undefined);
    found.push(at, end);
    at = skipSpace(bytes, end);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  }
  return found;
}
