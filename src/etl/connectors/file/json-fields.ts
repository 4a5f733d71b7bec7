/** Which field of a type a key in the bytes names. Objects that follow each other have, as a rule, the same keys in the same order. */
import type { Field, Type } from "../../../spec/type.ts";
import { JsonFault, textOf } from "./json-source.ts";

export interface Fields {
  /** To be called at the beginning of each object. */
  restart(): void;
  /**
   * @param start where the key begins, with its quote
   * @returns the type of the key's value, or undefined for a key that is no field
   * @throws {JsonFault} for a field that stands twice
   */
  next(bytes: Uint8Array, start: number, end: number): Type | undefined;
  /** Index of the field that was found last. */
  latest(): number;
  name(index: number): string;
  /** Whether any object had the field. */
  wasSeen(index: number): boolean;
  /** Keys that are no fields, the first few of them. */
  others(): string[];
}

interface Known {
  key: Uint8Array;
  /** The field's place; -1 for a key that is none. */
  index: number;
}

const mostKeys = 10_000;

export function createFields(fields: readonly Field[]): Fields {
  const indexOf = new Map(fields.map(({ name }, i) => [name, i]));
  const types = fields.map(({ type }) => type);
  const present = new Uint8Array(fields.length);
  const seen = new Uint8Array(fields.length);
  /** The keys in the order in which they were met first. */
  const order: Known[] = [];
  const bySource = new Map<string, number>();
  const others: string[] = [];
  let place = 0;
  let latest = -1;

  function meet(bytes: Uint8Array, start: number, end: number): Known {
    const source = Buffer.from(bytes.subarray(start, end));
    const at = bySource.get(source.toString("latin1"));
    if (at !== undefined) {
      place = at + 1;
      return order[at]!;
    }
    const name = textOf(bytes, start, end);
    const known = { key: source, index: indexOf.get(name) ?? -1 };
    if (known.index === -1 && others.length < mostKeys) others.push(name);
    if (order.length < mostKeys) {
      bySource.set(source.toString("latin1"), order.length);
      place = order.push(known);
    }
    return known;
  }

  function find(bytes: Uint8Array, start: number, end: number): Known {
    const expected = order[place];
    if (expected === undefined || !isAt(bytes, start, end, expected.key)) return meet(bytes, start, end);
    place++;
    return expected;
  }

  return {
    restart() {
      present.fill(0);
      place = 0;
    },
    next(bytes, start, end) {
      const { index } = find(bytes, start, end);
      if (index === -1) return undefined;
      if (present[index] === 1) throw new JsonFault(`the key \`${fields[index]!.name}\` stands twice`, start);
      present[index] = 1;
      seen[index] = 1;
      latest = index;
      return types[index];
    },
    latest: () => latest,
    name: (index) => fields[index]!.name,
    wasSeen: (index) => seen[index] === 1,
    others: () => others,
  };
}

function isAt(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}
