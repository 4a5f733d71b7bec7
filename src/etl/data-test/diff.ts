/** What is not as expected: rows that differ in some cells, rows that are missing, rows that nobody expected. */
import type { Type } from "../../spec/type.ts";
import { equalCells, type Cell } from "../cell.ts";
import { matchRows, rowsEqual, type ActualRow, type ExpectedRow } from "./match-rows.ts";

export interface DiffColumn {
  name: string;
  type: Type;
}

export interface ChangedRow {
  expected: ExpectedRow;
  actual: ActualRow;
  /** Columns, by index, whose cells differ. */
  differs: number[];
}

export interface Diff {
  columns: DiffColumn[];
  changed: ChangedRow[];
  missing: ExpectedRow[];
  unexpected: ActualRow[];
  /** When only the order is wrong: the rows as they came, and where each was expected, from 1. */
  order?: { row: ActualRow; place: number }[];
}

export interface CompareOptions {
  columns: DiffColumn[];
  expected: ExpectedRow[];
  actual: ActualRow[];
  /** Whether the order of the rows counts. */
  ordered: boolean;
}

/** @returns undefined when all is as expected */
export function compareRows({ columns, expected, actual, ordered }: CompareOptions): Diff | undefined {
  const matched = matchRows({ types: columns.map(({ type }) => type), expected, actual });
  if (matched.missing.length > 0 || matched.unexpected.length > 0) {
    const missing = matched.missing.map((i) => expected[i]!);
    const unexpected = matched.unexpected.map((j) => actual[j]!);
    return { columns, ...pairUp(missing, unexpected) };
  }
  if (!ordered || expected.every((row, i) => rowsEqual(row, actual[i]!))) return undefined;
  const order = actual.map((row, j) => ({ row, place: matched.places.indexOf(j) + 1 }));
  return { columns, changed: [], missing: [], unexpected: [], order };
}

/** Comparing each with each is for results that a person reads. */
const mostPaired = 300;

/** A missing and an unexpected row that agree in half of the columns or more are one row that differs; the most alike first. */
function pairUp(missing: ExpectedRow[], unexpected: ActualRow[]): Pick<Diff, "changed" | "missing" | "unexpected"> {
  const pairs = missing
    .slice(0, mostPaired)
    .flatMap((expected) => unexpected.slice(0, mostPaired).flatMap((actual) => pairOf(expected, actual) ?? []))
    .toSorted((a, b) => a.share - b.share);
  const used = new Set<ExpectedRow | ActualRow>();
  const changed: ChangedRow[] = [];
  for (const { share: _, ...pair } of pairs) {
    if (used.has(pair.expected) || used.has(pair.actual)) continue;
    used.add(pair.expected).add(pair.actual);
    changed.push(pair);
  }
  return {
    changed: changed.toSorted((a, b) => missing.indexOf(a.expected) - missing.indexOf(b.expected)),
    missing: missing.filter((row) => !used.has(row)),
    unexpected: unexpected.filter((row) => !used.has(row)),
  };
}

function pairOf(expected: ExpectedRow, actual: ActualRow): (ChangedRow & { share: number }) | undefined {
  const compared = [...expected.keys()].filter((i) => expected[i] !== undefined);
  const differs = compared.filter((i) => !equalCells(expected[i]!, actual[i]!));
  const share = differs.length / compared.length;
  return share <= 0.5 ? { expected, actual, differs, share } : undefined;
}

type Named = Record<string, Cell>;

/** The same for a program: rows as objects by column. */
export interface JsonDiff {
  columns: string[];
  changed: { expected: Named; actual: Named; columns: string[] }[];
  missing: Named[];
  unexpected: Named[];
  order?: { row: Named; place: number }[];
}

export function diffToJson({ columns, changed, missing, unexpected, order }: Diff): JsonDiff {
  const names = columns.map(({ name }) => name);
  const named = (row: readonly (Cell | undefined)[]): Named =>
    Object.fromEntries(names.flatMap((name, i) => (row[i] === undefined ? [] : [[name, finite(row[i])]])));
  return {
    columns: names,
    changed: changed.map(({ expected, actual, differs }) => ({
      expected: named(expected),
      actual: named(actual),
      columns: differs.map((i) => names[i]!),
    })),
    missing: missing.map(named),
    unexpected: unexpected.map(named),
    ...(order && { order: order.map(({ row, place }) => ({ row: named(row), place })) }),
  };
}

/** JSON has no NaN and no infinity. */
function finite(cell: Cell): Cell {
  return typeof cell === "number" && !Number.isFinite(cell) ? String(cell) : cell;
}
