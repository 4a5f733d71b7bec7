/** The rows that a model makes, on their way to the engine. */
import type { PackedBatch } from "../../../engine/packed.ts";
import { batchRows } from "../../../engine/packed.ts";
import { didYouMean } from "../../../../util/suggest.ts";
import type { ColumnType } from "../protocol.ts";
import { describeValue, Refusal } from "./refusal.ts";
import { nullHint, type Wrong } from "./scalar-text.ts";
import { createWriter, type ColumnWriter } from "./write-columns.ts";

export interface RowsOut {
  /** A row, or some thousand as columns, in the form in which a table gives its own. */
  add(item: unknown): void;
  addRow(row: unknown): void;
  addColumns(columns: Record<string, unknown>): void;
  /** Sends what is left. */
  end(): void;
}

type PutRow = (at: number, row: Record<string, unknown>) => number;

export function createRowsOut(columns: ColumnType[], write: (batch: PackedBatch) => void): RowsOut {
  const writers = columns.map(({ type }) => createWriter(type));
  const names = new Set(columns.map(({ name }) => name));
  let [rows, before] = [0, 0];
  const refuse = (column: ColumnType, value: unknown, row: object = {}) => {
    const at = before + rows + 1;
    const extra = Object.keys(row).find((name) => !names.has(name));
    // Of a misspelt name, what is wrong is that, and not what is missing for it.
    if (value === undefined && extra !== undefined) throw unknownColumn(extra, names, at);
    const wrong = value === undefined ? missing : writers[columns.indexOf(column)]!.put(rows, value)!;
    const message = `\`${column.name}\` ${wrong.problem}`;
    throw new Refusal({ message, hint: wrong.hint, column: column.name, value, row: at });
  };
  const putRow = rowWriter(columns, writers, (i, value, row) => refuse(columns[i]!, value, row));
  const flush = () => {
    if (rows === 0) return;
    write({ rows, columns: writers.map((writer) => writer.take(rows)) });
    before += rows;
    rows = 0;
  };
  const isBatch = (item: unknown): item is { columns: Record<string, unknown> } =>
    typeof item === "object" && item !== null && "columns" in item && !names.has("columns");
  return {
    add(item) {
      if (isBatch(item)) this.addColumns(item.columns);
      else this.addRow(item);
    },
    addRow(row) {
      if (typeof row !== "object" || row === null || Array.isArray(row)) throw notARow(row, before + rows + 1);
      const record = row as Record<string, unknown>;
      const found = putRow(rows, record);
      if (found !== columns.length) checkNames(record, names, before + rows + 1);
      if (++rows === batchRows) flush();
    },
    addColumns(values) {
      const lists = columnLists(values, columns, names);
      const length = lists[0]?.length ?? 0;
      for (let from = 0; from < length;) {
        const count = Math.min(batchRows - rows, length - from);
        for (const [c, list] of lists.entries()) {
          const writer = writers[c]!;
          for (let i = 0; i < count; i++) {
            const value = list[from + i];
            if (value !== undefined && writer.put(rows + i, value) === undefined) continue;
            rows += i;
            refuse(columns[c]!, value);
          }
        }
        from += count;
        rows += count;
        if (rows === batchRows) flush();
      }
    },
    end: flush,
  };
}

/** A function written for these columns, as {@link import("./read-columns.ts").rowBuilder} is. @returns how many names a row has */
function rowWriter(
  columns: ColumnType[],
  writers: ColumnWriter[],
  refuse: (i: number, value: unknown, row: object) => void,
): PutRow {
  const puts = columns.map(
    ({ name }, i) =>
      `{ const v = row[${JSON.stringify(name)}]; if (v === undefined || w${i}.put(at, v) !== undefined) refuse(${i}, v, row); }`,
  );
  const body = `return (at, row) => { ${puts.join(" ")} let found = 0; for (const _ in row) found++; return found; }`;
  // eslint-disable-next-line typescript/no-implied-eval -- names are quoted; nothing else of the data is in the text
  const make = new Function("refuse", ...columns.map((_, i) => `w${i}`), body) as (...parts: unknown[]) => PutRow;
  return make(refuse, ...writers);
}

const missing: Wrong = { problem: "is undefined", hint: nullHint };

function notARow(value: unknown, row: number): Refusal {
  const message = `the result is ${describeValue(value)} where a row should be`;
  const hint = 'A row is an object with a value for each column: { dato: app.dato, env: "prod" }.';
  return new Refusal({ message, hint, value, row });
}

/** Names of columns stand in the program: those that are there may be shown. */
function checkNames(row: Record<string, unknown>, names: ReadonlySet<string>, at: number): void {
  // A getter of its class is no name of the row, and has been read.
  const extra = Object.keys(row).filter((name) => !names.has(name));
  if (extra.length > 0) throw unknownColumn(extra[0]!, names, at);
}

function unknownColumn(name: string, names: ReadonlySet<string>, row: number | undefined): Refusal {
  return new Refusal({
    named: name,
    message: `the result has a column \`${name}\` that the model does not declare`,
    hint: `${didYouMean(name, [...names])} Or declare it in pipeline.yaml.`,
    row,
  });
}

function columnLists(values: Record<string, unknown>, columns: ColumnType[], names: ReadonlySet<string>) {
  const extra = Object.keys(values).find((name) => !names.has(name));
  if (extra !== undefined) throw unknownColumn(extra, names, undefined);
  const lists = columns.map(({ name }) => {
    const list = values[name];
    if (Array.isArray(list) || (ArrayBuffer.isView(list) && !(list instanceof DataView)))
      return list as ArrayLike<unknown>;
    const message = `the column \`${name}\` of the result is ${describeValue(list)}`;
    const hint = "The result is a list of rows, or an object with a list of values for each column.";
    throw new Refusal({ message, hint, column: name });
  });
  const uneven = lists.findIndex((list) => list.length !== lists[0]!.length);
  if (uneven < 0) return lists;
  const [first, other] = [columns[0]!.name, columns[uneven]!.name];
  throw new Refusal({
    message: `the columns of the result are not of one length: \`${first}\` has ${lists[0]!.length} values, and \`${other}\` ${lists[uneven]!.length}`,
    hint: "Give each column a value for each row; null for NULL.",
  });
}
