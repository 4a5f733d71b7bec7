/**
 * A layered drawing, first half (after Sugiyama, Tagawa and Toda, 1981): which column each node stands in, and in what order.
 * Where an edge passes a column, it has a place of its own there, so that it crosses no node.
 */
import type { Edge } from "./graph-nodes.ts";

export interface Slot {
  /** The node; undefined where edges only pass. */
  id: string | undefined;
  /** The slots of the column before that lead here, and of the next that it leads to. */
  from: Slot[];
  to: Slot[];
  column: number;
  /** Place in its column, from the top. */
  order: number;
}

export interface Layered {
  columns: Slot[][];
  /** By node. */
  slots: Map<string, Slot>;
}

export interface LayerParts {
  ids: string[];
  edges: Edge[];
  /** These stand in the last column, behind all others. */
  last: ReadonlySet<string>;
}

/** Orders are tried so often: more changes nothing on graphs of this size. */
const sweeps = 12;

/** @param parts a graph without circles; edges of nodes that there are not are left out */
export function layOutLayers({ ids, edges, last }: LayerParts): Layered {
  const known = new Set(ids);
  const own = edges.filter(([from, to]) => known.has(from) && known.has(to));
  const slots = new Map(columnsOf({ ids, edges: own, last }).map(([id, column]) => [id, slotOf(id, column)]));
  const all = [...slots.values(), ...connect(slots, own)];
  const columns = Array.from({ length: Math.max(0, ...all.map(({ column }) => column + 1)) }, (_, column) =>
    all.filter((slot) => slot.column === column),
  );
  for (const column of columns) renumber(column);
  orderColumns(columns);
  return { columns, slots };
}

function slotOf(id: string | undefined, column: number): Slot {
  return { id, column, from: [], to: [], order: 0 };
}

/** Each node one column behind the last that it reads. */
function columnsOf({ ids, edges, last }: LayerParts): [string, number][] {
  const column = new Map<string, number>();
  const find = (id: string): number => {
    const known = column.get(id);
    if (known !== undefined) return known;
    // Should there be a circle after all, it ends here.
    column.set(id, 0);
    const before = edges.filter(([, to]) => to === id).map(([from]) => find(from) + 1);
    const own = Math.max(0, ...before);
    column.set(id, own);
    return own;
  };
  const found = ids.map((id): [string, number] => [id, find(id)]);
  const end = Math.max(1, ...found.map(([id, own]) => (last.has(id) ? own : own + (last.size > 0 ? 1 : 0))));
  return found.map(([id, own]) => [id, last.has(id) ? end : own]);
}

/** Edges of one node that go the same way share their places. @returns the places that edges pass */
function connect(slots: ReadonlyMap<string, Slot>, edges: Edge[]): Slot[] {
  const passed: Slot[] = [];
  for (const [id, start] of slots) {
    const ends = edges
      .filter(([from]) => from === id)
      .map(([, to]) => slots.get(to)!)
      .filter((end) => end.column > start.column);
    const way = [start];
    for (const end of new Set(ends)) {
      while (way.length < end.column - start.column) {
        const next = slotOf(undefined, start.column + way.length);
        link(way.at(-1)!, next);
        passed.push(next);
        way.push(next);
      }
      link(way[end.column - start.column - 1]!, end);
    }
  }
  return passed;
}

function link(from: Slot, to: Slot): void {
  from.to.push(to);
  to.from.push(from);
}

/** Forth and back: each slot goes where the middle of its neighbours is. The order with the fewest crossings stays. */
function orderColumns(columns: Slot[][]): void {
  let best = { crossings: countCrossings(columns), orders: ordersOf(columns) };
  for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : columns.toReversed()) sortByNeighbours(column, forth ? "from" : "to");
    const crossings = countCrossings(columns);
    if (crossings < best.crossings) best = { crossings, orders: ordersOf(columns) };
  }
  for (const [i, column] of columns.entries()) {
    for (const [slot, order] of best.orders[i]!) slot.order = order;
    column.sort((a, b) => a.order - b.order);
  }
}

function ordersOf(columns: Slot[][]): [Slot, number][][] {
  return columns.map((column) => column.map((slot): [Slot, number] => [slot, slot.order]));
}

function sortByNeighbours(column: Slot[], side: "from" | "to"): void {
  const middle = new Map(column.map((slot) => [slot, mean(slot[side].map(({ order }) => order)) ?? slot.order]));
  column.sort((a, b) => middle.get(a)! - middle.get(b)! || a.order - b.order);
  renumber(column);
}

function renumber(column: Slot[]): void {
  for (const [i, slot] of column.entries()) slot.order = i;
}

export function mean(numbers: number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

function countCrossings(columns: Slot[][]): number {
  let crossings = 0;
  for (const column of columns) {
    const edges = column.flatMap((slot) => slot.to.map((to): [number, number] => [slot.order, to.order]));
    for (const [i, [a, b]] of edges.entries())
      for (const [c, d] of edges.slice(i + 1)) if ((a - c) * (b - d) < 0) crossings++;
  }
  return crossings;
}
