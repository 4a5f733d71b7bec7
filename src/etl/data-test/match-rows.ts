/** Which expected row is which actual row: as many pairs as there can be, in any order, each row at most once. */
import type { Type } from "../../spec/type.ts";
import { equalCells, type Cell } from "../cell.ts";

/** A cell for each column; undefined where the test does not name the column, so that anything is right. */
export type ExpectedRow = (Cell | undefined)[];
export type ActualRow = Cell[];

export interface Matched {
  /** For each expected row the index of its actual row, if there is one. */
  places: (number | undefined)[];
  missing: number[];
  unexpected: number[];
}

export interface MatchOptions {
  types: Type[];
  expected: ExpectedRow[];
  actual: ActualRow[];
}

export function matchRows({ types, expected, actual }: MatchOptions): Matched {
  const state = createState({ types, expected, actual });
  for (const i of expected.keys()) {
    const free = state.freeCandidate(i);
    if (free !== undefined) state.place(i, free);
    else if (state.ambiguous) rearrange(i, state);
  }
  const { places, takenBy } = state;
  return {
    places,
    missing: [...places.keys()].filter((i) => places[i] === undefined),
    unexpected: [...takenBy.keys()].filter((j) => takenBy[j] === undefined),
  };
}

export function rowsEqual(expected: ExpectedRow, actual: ActualRow): boolean {
  return expected.every((cell, i) => cell === undefined || equalCells(cell, actual[i]!));
}

/** Actual rows that are equal in some columns; those before `start` are taken. */
interface Bucket {
  rows: number[];
  start: number;
}

type State = ReturnType<typeof createState>;

function createState({ types, expected, actual }: MatchOptions) {
  const places = Array<number | undefined>(expected.length).fill(undefined);
  const takenBy = Array<number | undefined>(actual.length).fill(undefined);
  const exact = types.map((type) => !holdsFloat(type));
  const indexes = new Map<string, Map<string, Bucket>>();
  const bucketOf = (i: number): Bucket => {
    const row = expected[i]!;
    const named = [...row.keys()].filter((column) => row[column] !== undefined && exact[column]);
    const index = indexFor(named, actual, indexes);
    return index.get(keyOf(row, named)) ?? { rows: [], start: 0 };
  };
  return {
    places,
    takenBy,
    /** Whether a row may fit several others that do not fit each other's: then the first that fits may be the wrong one. */
    ambiguous: exact.includes(false) || new Set(expected.map(namedColumns)).size > 1,
    candidates: (i: number) => bucketOf(i).rows.filter((j) => rowsEqual(expected[i]!, actual[j]!)),
    freeCandidate(i: number): number | undefined {
      const bucket = bucketOf(i);
      while (bucket.start < bucket.rows.length && takenBy[bucket.rows[bucket.start]!] !== undefined) bucket.start++;
      for (let at = bucket.start; at < bucket.rows.length; at++) {
        const j = bucket.rows[at]!;
        if (takenBy[j] === undefined && rowsEqual(expected[i]!, actual[j]!)) return j;
      }
      return undefined;
    },
    place(i: number, j: number) {
      places[i] = j;
      takenBy[j] = i;
    },
  };
}

/** Gives a row its place by moving others to another place that fits them too: the shortest augmenting path. */
function rearrange(first: number, state: State): void {
  const { places, takenBy, candidates } = state;
  const cameFrom = new Map<number, number>();
  const queue = [first];
  for (const i of queue) {
    for (const j of candidates(i)) {
      if (cameFrom.has(j)) continue;
      cameFrom.set(j, i);
      const holder = takenBy[j];
      if (holder !== undefined) queue.push(holder);
      else return moveAlong(j);
    }
  }

  function moveAlong(free: number): void {
    let j: number | undefined = free;
    while (j !== undefined) {
      const i: number = cameFrom.get(j)!;
      const left: number | undefined = places[i];
      state.place(i, j);
      j = left;
    }
  }
}

function indexFor(
  named: number[],
  actual: ActualRow[],
  indexes: Map<string, Map<string, Bucket>>,
): Map<string, Bucket> {
  const name = named.join();
  const known = indexes.get(name);
  if (known) return known;
  const index = new Map<string, Bucket>();
  for (const [j, row] of actual.entries()) {
    const key = keyOf(row, named);
    const bucket = index.get(key);
    if (bucket) bucket.rows.push(j);
    else index.set(key, { rows: [j], start: 0 });
  }
  indexes.set(name, index);
  return index;
}

function keyOf(row: readonly (Cell | undefined)[], named: number[]): string {
  return JSON.stringify(named.map((column) => row[column]));
}

function namedColumns(row: ExpectedRow): string {
  return row.map((cell) => (cell === undefined ? "-" : "x")).join("");
}

/** FLOAT64 are equal when they are near, so they cannot be looked up. */
function holdsFloat(type: Type): boolean {
  if (type.kind === "ARRAY") return holdsFloat(type.element);
  if (type.kind === "STRUCT") return type.fields.some((field) => holdsFloat(field.type));
  return type.kind === "FLOAT64";
}
