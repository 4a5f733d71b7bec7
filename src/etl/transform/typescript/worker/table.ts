/** A whole input as a model sees it. Nothing is read before it is asked for, and rows are not kept. */
import type { PackedBatch, PackedColumn } from "../../../engine/packed.ts";
import type { ColumnType } from "../protocol.ts";
import { createReader, rowBuilder, type ColumnReader } from "./read-columns.ts";
import { Refusal } from "./refusal.ts";

type Row = Record<string, unknown>;

/** What models see; `types.d.ts`, which stands beside them, says the same with the names of their columns. */
export interface InputTable extends Iterable<Row> {
  columns: Record<string, readonly unknown[]>;
  batches(): Iterable<{ length: number; columns: Record<string, readonly unknown[]> }>;
  groupBy(keys: string[], start: () => Row, add: (group: Row, row: Row) => void): Row[];
}

/** @param read reads the input from its beginning */
export function createTable(columns: ColumnType[], read: () => Iterable<PackedBatch>): InputTable {
  const builder = rowBuilder(columns);
  let whole: Record<string, readonly unknown[]> | undefined;
  function* rows(): Generator<Row> {
    const readers = columns.map(({ type }) => createReader(type));
    const build = builder(readers);
    for (const batch of read()) {
      load(readers, batch);
      for (let i = 0; i < batch.rows; i++) yield build(i);
    }
  }
  return {
    [Symbol.iterator]: rows,
    get columns() {
      return (whole ??= lazyColumns(columns, [...read()]));
    },
    *batches() {
      for (const batch of read()) yield { length: batch.rows, columns: lazyColumns(columns, [batch]) };
    },
    groupBy: (keys, start, add) => groupRows({ keys, start, add, columns, rows: rows() }),
  };
}

export function load(readers: ColumnReader[], batch: PackedBatch): void {
  for (const [i, reader] of readers.entries()) reader.load(batch.columns[i]!);
}

/** Each column is made when it is first asked for. It cannot be changed: it would be another one for who asks next. */
function lazyColumns(columns: ColumnType[], batches: PackedBatch[]): Record<string, readonly unknown[]> {
  const made = {};
  for (const [i, { name, type }] of columns.entries()) {
    let values: readonly unknown[] | undefined;
    const get = () => (values ??= Object.freeze(allValues(createReader(type), batches, i)));
    Object.defineProperty(made, name, { enumerable: true, get });
  }
  return made;
}

function allValues(reader: ColumnReader, batches: PackedBatch[], column: number): unknown[] {
  const values: unknown[] = Array.from({ length: batches.reduce((sum, { rows }) => sum + rows, 0) });
  let at = 0;
  for (const { rows, columns } of batches) {
    reader.load(columns[column] as PackedColumn);
    for (let i = 0; i < rows; i++) values[at++] = reader.at(i);
  }
  return values;
}

interface GroupRows {
  keys: string[];
  start: () => Row;
  add: (group: Row, row: Row) => void;
  columns: ColumnType[];
  rows: Iterable<Row>;
}

type Groups = Map<unknown, Groups | Row>;

/** Groups in the order of their first rows. */
function groupRows({ keys, start, add, columns, rows }: GroupRows): Row[] {
  for (const key of keys) checkKey(key, columns);
  const top: Groups = new Map();
  const all: Row[] = [];
  const last = keys.length - 1;
  const create = (row: Row) => {
    const group: Row = {};
    for (const key of keys) group[key] = row[key];
    all.push(Object.assign(group, start()));
    return group;
  };
  if (keys.length === 0) {
    for (const row of rows) add(all[0] ?? create(row), row);
    return all;
  }
  for (const row of rows) {
    let groups = top;
    for (let i = 0; i < last; i++) {
      const value = row[keys[i]!];
      let next = groups.get(value) as Groups | undefined;
      if (!next) groups.set(value, (next = new Map()));
      groups = next;
    }
    const value = row[keys[last]!];
    let group = groups.get(value) as Row | undefined;
    if (!group) groups.set(value, (group = create(row)));
    add(group, row);
  }
  return all;
}

function checkKey(key: string, columns: ColumnType[]): void {
  const column = columns.find(({ name }) => name === key);
  const hint = `Its columns are: ${columns.map(({ name }) => name).join(", ")}.`;
  if (!column) throw new Refusal({ message: `groupBy: there is no column \`${key}\``, named: key, hint });
  if (!["ARRAY", "STRUCT", "BYTES", "JSON"].includes(column.type.kind)) return;
  throw new Refusal({
    message: `groupBy: \`${key}\` is of type ${column.type.kind}, and its values cannot be told apart by ===`,
    hint: "Group by a part of it, in a Map of your own.",
  });
}
