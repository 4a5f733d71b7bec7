/** A layered drawing, second half: where everything stands, so that edges are as straight as the order lets them be. */
import { mean, type Layered, type Slot } from "./graph-layers.ts";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed {
  width: number;
  height: number;
  boxes: Map<Slot, Box>;
}

export interface PlaceParts extends Layered {
  /** Width of a node. */
  widthOf: (id: string) => number;
}

const nodeHeight = 46;
/** Of the place of a passing edge. */
const passHeight = 10;
const gapBelow = 12;
const gapBetween = 42;
const margin = 6;
const passes = 16;

export function placeSlots({ columns, widthOf }: PlaceParts): Placed {
  const centres = centresOf(columns);
  const all = columns.flat();
  const top = Math.min(...all.map((slot) => centres.get(slot)! - heightOf(slot) / 2));
  const boxes = new Map<Slot, Box>();
  let x = margin;
  for (const column of columns) {
    const width = Math.max(...column.map(({ id }) => (id === undefined ? 0 : widthOf(id))));
    for (const slot of column) {
      const height = heightOf(slot);
      boxes.set(slot, { x, y: margin + centres.get(slot)! - height / 2 - top, width, height });
    }
    x += width + gapBetween;
  }
  const bottom = Math.max(0, ...[...boxes.values()].map((box) => box.y + box.height));
  return { width: Math.round(x - gapBetween + margin), height: Math.ceil(bottom + margin), boxes };
}

function heightOf({ id }: Slot): number {
  return id === undefined ? passHeight : nodeHeight;
}

/** Forth and back: each column as near to its neighbours as its order and distances let it come. */
function centresOf(columns: Slot[][]): Map<Slot, number> {
  const centres = new Map<Slot, number>();
  for (const column of columns)
    for (const [slot, y] of stack(
      column,
      column.map(() => 0),
    ))
      centres.set(slot, y);
  for (let pass = 0; pass < passes; pass++) {
    const sides = pass % 2 === 0 ? (["from"] as const) : (["to"] as const);
    for (const column of pass % 2 === 0 ? columns : columns.toReversed()) {
      const wanted = column.map((slot) => {
        const beside = (pass < passes - 2 ? sides : (["from", "to"] as const)).flatMap((side) => slot[side]);
        return mean(beside.map((it) => centres.get(it)!)) ?? centres.get(slot)!;
      });
      for (const [slot, y] of stack(column, wanted)) centres.set(slot, y);
    }
  }
  return centres;
}

/**
 * Centres in order, far enough apart, that are as near to what is wanted as can be (least squares, by pooling adjacent
 * violators: slots that would come too near to each other move as one).
 */
function stack(column: Slot[], wanted: number[]): [Slot, number][] {
  let offset = 0;
  const offsets = column.map((slot, i) => {
    if (i > 0) offset += heightOf(column[i - 1]!) / 2 + gapBelow + heightOf(slot) / 2;
    return offset;
  });
  const pools: { sum: number; size: number }[] = [];
  for (const [i, y] of wanted.entries()) {
    pools.push({ sum: y - offsets[i]!, size: 1 });
    for (let last = pools.at(-1)!, before = pools.at(-2); before && level(before) > level(last);) {
      pools.splice(-2, 2, { sum: before.sum + last.sum, size: before.size + last.size });
      last = pools.at(-1)!;
      before = pools.at(-2);
    }
  }
  const levels = pools.flatMap((pool) => Array.from({ length: pool.size }, () => level(pool)));
  return column.map((slot, i) => [slot, levels[i]! + offsets[i]!]);
}

function level({ sum, size }: { sum: number; size: number }): number {
  return sum / size;
}
