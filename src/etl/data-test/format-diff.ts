/** A diff as a person reads it: one table, a mark in front of each row, the cells that differ as `expected → actual`. */
import { styleText } from "node:util";
import type { Type } from "../../spec/type.ts";
import { formatTable, type TableCell, type TableColumn } from "../../util/table.ts";
import { isNumeric, showCell, type Cell } from "../cell.ts";
import type { ChangedRow, Diff, DiffColumn } from "./diff.ts";

/** More rows than these say nothing new. */
const shownRows = 20;
const widestCell = 59;

type Colour = "red" | "green" | "yellow" | "dim";

export interface FormatDiffOptions {
  diff: Diff;
  colour: boolean;
}

/** @returns what is wrong in a sentence */
export function summariseDiff({ changed, missing, unexpected, order }: Diff): string {
  if (order) return "the rows are as expected, but not in this order";
  const parts = [
    part(changed.length, "row differs", "rows differ"),
    part(missing.length, "row is missing", "rows are missing"),
    part(unexpected.length, "row was not expected", "rows were not expected"),
  ];
  return parts.filter((text) => text !== undefined).join(", ");
}

function part(n: number, one: string, many: string): string | undefined {
  return n === 0 ? undefined : `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** @returns lines */
export function formatDiff({ diff, colour }: FormatDiffOptions): string[] {
  const paint = (style: Colour) => (text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  if (diff.order) return formatOrder(diff, paint("dim"));
  const rows = [
    ...diff.changed.map((row) => changedLine(row, diff.columns, paint)),
    ...diff.missing.map((row) => rowLine("-", row, diff.columns, paint("red"))),
    ...diff.unexpected.map((row) => rowLine("+", row, diff.columns, paint("green"))),
  ];
  const columns = [{ head: [""], align: "left" as const }, ...diff.columns.map(columnOf)];
  const table = formatTable({ columns, rows: rows.slice(0, shownRows), widest: widestCell, headStyle: paint("dim") });
  return [...table, ...rest(rows.length)];
}

function rest(rows: number): string[] {
  return rows > shownRows ? [`… and ${(rows - shownRows).toLocaleString("en")} more`] : [];
}

type Paint = (style: Colour) => (text: string) => string;

function changedLine({ expected, actual, differs }: ChangedRow, columns: DiffColumn[], paint: Paint): TableCell[] {
  const cells = expected.map((cell, i): TableCell => {
    const { type } = columns[i]!;
    if (cell === undefined || !differs.includes(i)) return { text: textOf(cell, type) };
    return { text: formatChange(showCell(cell, type), showCell(actual[i]!, type)), style: paint("yellow") };
  });
  return [{ text: "~", style: paint("yellow") }, ...cells];
}

/** Of long texts the part where they begin to differ. */
function formatChange(expected: string, actual: string): string {
  const most = (widestCell - 3) / 2;
  if (expected.length <= most && actual.length <= most) return `${expected} → ${actual}`;
  const same = expected.split("").findIndex((character, i) => character !== actual[i]);
  const start = Math.max(0, (same === -1 ? expected.length : same) - 10);
  const around = (text: string) =>
    `${start > 0 ? "…" : ""}${text.slice(start, start + most - 2)}${text.length > start + most - 2 ? "…" : ""}`;
  return `${around(expected)} → ${around(actual)}`;
}

function rowLine(
  mark: string,
  row: readonly (Cell | undefined)[],
  columns: DiffColumn[],
  style: TableCell["style"],
): TableCell[] {
  return [{ text: mark, style }, ...row.map((cell, i) => ({ text: textOf(cell, columns[i]!.type), style }))];
}

/** A column that the row does not name stays empty. */
function textOf(cell: Cell | undefined, type: Type): string {
  return cell === undefined ? "" : showCell(cell, type);
}

function formatOrder({ columns, order }: Diff, headStyle: TableCell["style"]): string[] {
  const rows = order!.map(({ row, place }, i) => [
    { text: `${i + 1}` },
    { text: `${place}` },
    ...row.map((cell, at) => ({ text: showCell(cell, columns[at]!.type) })),
  ]);
  const places: TableColumn[] = ["is", "should be"].map((head) => ({ head: [head], align: "right" }));
  const table = formatTable({
    columns: [...places, ...columns.map(columnOf)],
    rows: rows.slice(0, shownRows),
    widest: widestCell,
    headStyle,
  });
  return [...table, ...rest(rows.length)];
}

function columnOf({ name, type }: { name: string; type: Type }): TableColumn {
  return { head: [name], align: isNumeric(type) ? "right" : "left" };
}
