/** Ways to choose a few rows: the first, some from all over, and some that are alike, since groups need more than one. */
import type { Cell } from "../../cell.ts";
import { belonging, type GivenSource } from "./given-rows.ts";

type Row = Record<string, Cell>;

/** Each makes all tests run again against all mutants. */
const mostColumns = 6;

/** @returns of each way the sources with at most so many rows each, different ones only */
export function choicesOf(pool: GivenSource[], size: number): GivenSource[][] {
  const largest = pool.toSorted((a, b) => b.rows.length - a.rows.length)[0];
  if (!largest) return [[]];
  const { rows, columns } = largest;
  const half = Math.ceil(size / 2);
  const names = columns.slice(0, mostColumns).map(({ name }) => name);
  const groups = names.map((name) => alike(rows, [name]));
  const pairs = names.flatMap((name, i) => names.slice(i + 1).map((other) => alike(rows, [name, other])));
  const ways = [
    rows.slice(0, size),
    spread(rows, size),
    ...groups.map((group) => group.slice(0, size)),
    ...[...groups, ...pairs].map((group) => distinct([...group.slice(0, half), ...spread(rows, size)]).slice(0, size)),
  ];
  const choices = ways.map((chosen) => withOthers({ ...largest, rows: inOrder(chosen, rows) }, pool, size));
  const seen = new Set<string>();
  return choices.filter((choice) => {
    const key = JSON.stringify(choice.map((source) => source.rows));
    return !seen.has(key) && seen.add(key);
  });
}

/** Of the other sources the rows that belong to those of one. */
function withOthers(chosen: GivenSource, pool: GivenSource[], size: number): GivenSource[] {
  return pool.map((source) =>
    source.name === chosen.name ? chosen : { ...source, rows: belonging(source, [chosen]).slice(0, size) },
  );
}

/** Rows with the values that come most often together. */
function alike(rows: Row[], columns: string[]): Row[] {
  const groups = Object.values(Object.groupBy(rows, (row) => JSON.stringify(columns.map((name) => row[name]))));
  return groups.toSorted((a, b) => b!.length - a!.length)[0] ?? [];
}

function spread(rows: Row[], size: number): Row[] {
  const step = Math.max(1, (rows.length - 1) / Math.max(1, size - 1));
  return distinct(Array.from({ length: Math.min(size, rows.length) }, (_, i) => rows[Math.round(i * step)]!));
}

function distinct(rows: Row[]): Row[] {
  return [...new Set(rows)];
}

function inOrder(chosen: Row[], rows: Row[]): Row[] {
  return rows.filter((row) => chosen.includes(row));
}
