/** A diff without what may not be shown: values of sensitive columns, and secrets, of which a cut would leave a part. */
import type { Cell } from "../cell.ts";
import { hiddenText } from "../privacy.ts";
import type { Diff } from "./diff.ts";

export interface HideCells {
  /** Columns whose values are not shown; whether there is one is. */
  hidden: ReadonlySet<string>;
  scrub: (text: string) => string;
}

export function hideCells(diff: Diff, { hidden, scrub }: HideCells): Diff {
  const hide = <T extends Cell | undefined>(cell: T, i: number) => {
    if (cell === null || cell === undefined) return cell;
    return hidden.has(diff.columns[i]!.name) ? hiddenText : scrubCell(cell, scrub);
  };
  const hideRow = <T extends Cell | undefined>(row: readonly T[]) => row.map(hide) as T[];
  return {
    ...diff,
    changed: diff.changed.map((row) => ({ ...row, expected: hideRow(row.expected), actual: hideRow(row.actual) })),
    missing: diff.missing.map(hideRow),
    unexpected: diff.unexpected.map(hideRow),
    ...(diff.order && { order: diff.order.map(({ row, place }) => ({ row: hideRow(row), place })) }),
  };
}

function scrubCell(cell: Cell, scrub: (text: string) => string): Cell {
  if (typeof cell === "string") return scrub(cell);
  if (Array.isArray(cell)) return cell.map((item) => scrubCell(item, scrub));
  if (typeof cell !== "object" || cell === null) return cell;
  return Object.fromEntries(Object.entries(cell).map(([name, item]) => [name, scrubCell(item, scrub)]));
}
