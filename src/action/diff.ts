/** The difference that a failed test saw, as a table: a mark in front of each row, `expected → actual` where cells differ. */
import { formatTable } from "../util/table.ts";

type Row = Record<string, unknown>;

/** As `nais-etl test --json` prints it. Rows are objects by column; a column that a test does not name is left out. */
export interface JsonDiff {
  columns: string[];
  changed: { expected: Row; actual: Row; columns: string[] }[];
  missing: Row[];
  unexpected: Row[];
  /** Where only the order is wrong: the rows as they came, and where each was expected. */
  order?: { row: Row; place: number }[];
}

const mostRows = 20;
const widestCell = 60;

/** @returns lines */
export function formatDiff({ columns, changed, missing, unexpected, order = [] }: JsonDiff): string[] {
  const rows = [
    ...changed.map((row) => ["~", ...columns.map((column) => changedCell(row, column))]),
    ...missing.map((row) => ["-", ...columns.map((column) => shown(row[column]))]),
    ...unexpected.map((row) => ["+", ...columns.map((column) => shown(row[column]))]),
    ...order.map(({ row, place }, i) => [`${i + 1} → ${place}`, ...columns.map((column) => shown(row[column]))]),
  ];
  const cells = rows.slice(0, mostRows).map((row) => row.map((text) => ({ text })));
  const heads = ["", ...columns].map((name) => ({ head: [name], align: "left" as const }));
  const more = rows.length > mostRows ? [`… and ${rows.length - mostRows} more`] : [];
  return [...formatTable({ columns: heads, rows: cells, widest: widestCell }), ...more];
}

function changedCell({ expected, actual, columns }: JsonDiff["changed"][number], column: string): string {
  const before = shown(expected[column]);
  return columns.includes(column) ? `${before} → ${shown(actual[column])}` : before;
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  if (value === null) return "NULL";
  return typeof value === "string" ? value : JSON.stringify(value);
}
