/**
 * Packed columns as JavaScript's values. INT64 is a number where that is exact and a bigint elsewhere; NUMERIC and BIGNUMERIC
 * are their digits; dates and times are texts in ISO 8601; BYTES are a Uint8Array, JSON what it says.
 */
import type { Type } from "../../../../spec/type.ts";
import { isValid, type PackedColumn } from "../../../engine/packed.ts";
import type { ColumnType } from "../protocol.ts";
import { createTextReader } from "./read-texts.ts";
import { dayText, microsText } from "./iso.ts";

/** A column of the batch that was loaded last. */
export interface ColumnReader {
  load(column: PackedColumn): void;
  at(row: number): unknown;
}

export function createReader(type: Type): ColumnReader {
  const read = valueReader(type);
  let valid: Uint8Array | undefined;
  return {
    load(column) {
      ({ valid } = column);
      read.load(column);
    },
    at: (row) => (valid !== undefined && !isValid(valid, row) ? null : read.at(row)),
  };
}

function valueReader(type: Type): ColumnReader {
  switch (type.kind) {
    case "ARRAY":
    case "STRUCT":
      return loaded(
        ({ values }) =>
          (row) =>
            values![row],
      );
    case "INT64":
      return loaded(({ data }) => {
        const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
        return (row) => integerAt(words, row);
      });
    case "FLOAT64":
      return loaded(({ data }) => {
        const values = new Float64Array(data.buffer, data.byteOffset, data.byteLength / 8);
        return (row) => values[row];
      });
    case "BOOL":
      return loaded(
        ({ data }) =>
          (row) =>
            data[row] === 1,
      );
    case "DATE":
      return loaded(({ data }) => {
        const days = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
        return (row) => dayText(days[row]!);
      });
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP": {
      const { kind } = type;
      return loaded(({ data }) => {
        const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
        return (row) => microsText(integerAt(words, row), kind);
      });
    }
    case "BYTES":
      return loaded(
        ({ data, offsets }) =>
          (row) =>
            data.slice(offsets![row], offsets![row + 1]),
      );
    case "JSON": {
      const text = createTextReader();
      return { load: (column) => text.load(column), at: (row) => JSON.parse(text.at(row)) };
    }
    default:
      return createTextReader();
  }
}

function loaded(load: (column: PackedColumn) => (row: number) => unknown): ColumnReader {
  let at: ((row: number) => unknown) | undefined;
  return {
    load(column) {
      at = load(column);
    },
    at: (row) => at!(row),
  };
}

/** Eight bytes as two numbers of four: no bigint is made where none is needed. */
function integerAt(words: Int32Array, row: number): number | bigint {
  const [low, high] = [words[row * 2]!, words[row * 2 + 1]!];
  const value = high * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** Makes a row's object of readers. */
export type RowBuilder = (row: number) => Record<string, unknown>;

/**
 * A function written for these columns: objects that are all made in one place have one shape, and cost a tenth of those
 * that are put together name by name.
 */
export function rowBuilder(columns: ColumnType[]): (readers: ColumnReader[]) => RowBuilder {
  const fields = columns.map(({ name }, i) => `[${JSON.stringify(name)}]: r${i}.at(row)`);
  const parameters = columns.map((_, i) => `r${i}`);
  // eslint-disable-next-line typescript/no-implied-eval -- names are quoted; nothing else of the data is in the text
  const make = new Function(...parameters, `return (row) => ({ ${fields.join(", ")} })`) as (
    ...readers: ColumnReader[]
  ) => RowBuilder;
  return (readers) => make(...readers);
}
