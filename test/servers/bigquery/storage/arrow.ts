/**
 * Rows of DuckDB as Arrow record batches, with the types that BigQuery sends.
 * https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details
 */
import {
  DuckDBBlobValue,
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  type DuckDBListValue,
  type DuckDBStructValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import {
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  type Data,
  type DataType,
} from "apache-arrow";
import { typeOfField, type Field } from "../value/field.ts";
import type { ScalarKind, SqlType } from "../value/type.ts";

/** The schema's message, as `arrowSchema.serializedSchema` has it. */
export function serializeSchema(schema: Schema): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  const bytes = writer.toUint8Array(true);
  return bytes.subarray(0, messageLength(bytes));
}

/** A batch's message alone, as `arrowRecordBatch.serializedRecordBatch` has it. */
export function serializeBatch(batch: RecordBatch): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.write(batch);
  writer.finish();
  const bytes = writer.toUint8Array(true);
  // A stream is the schema, the batch, and eight bytes that say that it ends.
  return bytes.subarray(messageLength(bytes), bytes.length - 8);
}

/** Of the schema's message, which has no body: a mark, the length, and so many bytes. */
function messageLength(bytes: Uint8Array): number {
  return 8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
}

/** @param columns values of each column, as DuckDB's chunks have them */
export function makeBatch(schema: Schema, fields: Field[], columns: readonly DuckDBValue[][]): RecordBatch {
  const length = columns[0]?.length ?? 0;
  const children = fields.map((field, i) =>
    columnData(schema.fields[i]!.type as DataType, typeOfField(field), columns[i]!),
  );
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
}

function columnData(arrow: DataType, type: SqlType, values: readonly DuckDBValue[]): Data {
  if (type.kind === "ARRAY") return listData(arrow as List, type.element, values);
  const { nullBitmap, nullCount } = validity(values);
  const shared = { type: arrow, length: values.length, nullCount, nullBitmap };
  if (type.kind === "STRUCT")
    return makeData({ ...shared, children: structChildren(arrow as Struct, type, values) } as never);
  if (type.kind === "STRING" || type.kind === "BYTES" || arrow instanceof Utf8) {
    return makeData({ ...shared, ...variableBytes(values) } as never);
  }
  return makeData({ ...shared, data: fixedData(type.kind, values) } as never);
}

function validity(values: readonly DuckDBValue[]): { nullBitmap: Uint8Array; nullCount: number } {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) nullCount += 1;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  });
  return { nullBitmap, nullCount };
}

function structChildren(
  arrow: Struct,
  type: Extract<SqlType, { kind: "STRUCT" }>,
  values: readonly DuckDBValue[],
): Data[] {
  return type.fields.map((field, i) => {
    const inner = values.map((value) => (value === null ? null : fieldValue(value as DuckDBStructValue, i)));
    return columnData(arrow.children[i]!.type as DataType, field.type, inner);
  });
}

const fieldValue = ({ entries }: DuckDBStructValue, i: number) => Object.values(entries)[i]!;

function listData(arrow: List, element: SqlType, values: readonly DuckDBValue[]): Data {
  const valueOffsets = new Int32Array(values.length + 1);
  const items: DuckDBValue[] = [];
  values.forEach((value, i) => {
    if (value !== null) for (const item of (value as DuckDBListValue).items) items.push(item);
    valueOffsets[i + 1] = items.length;
  });
  const child = columnData(arrow.children[0]!.type as DataType, element, items);
  return makeData({ type: arrow, length: values.length, nullCount: 0, valueOffsets, child } as never);
}

function variableBytes(values: readonly DuckDBValue[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const parts = values.map(bytesOf);
  const valueOffsets = new Int32Array(values.length + 1);
  parts.forEach((part, i) => (valueOffsets[i + 1] = valueOffsets[i]! + part.length));
  return { valueOffsets, data: Buffer.concat(parts) };
}

function bytesOf(value: DuckDBValue): Uint8Array {
  if (value instanceof DuckDBBlobValue) return value.bytes;
  return value === null ? new Uint8Array() : Buffer.from(value as string);
}

type Values = readonly DuckDBValue[];

const longs = (values: Values, read: (value: never) => bigint) =>
  BigInt64Array.from(values, (value) => (value === null ? 0n : read(value as never)));

const fixed: Partial<Record<ScalarKind, (values: Values) => ArrayLike<number> | BigInt64Array>> = {
  INT64: (values) => longs(values, (it: bigint) => it),
  FLOAT64: (values) => Float64Array.from(values, (it) => (it as number | null) ?? 0),
  BOOL: bits,
  DATE: (values) => Int32Array.from(values, (it) => (it as DuckDBDateValue | null)?.days ?? 0),
  TIME: (values) => longs(values, (it: DuckDBTimeValue) => it.micros),
  DATETIME: (values) => longs(values, (it: DuckDBTimestampValue) => it.micros),
  TIMESTAMP: (values) => longs(values, (it: DuckDBTimestampValue) => it.micros),
  NUMERIC: (values) => decimals(values, 2, (it) => (it as DuckDBDecimalValue).value),
  BIGNUMERIC: (values) => decimals(values, 4, (it) => it as bigint),
};

function fixedData(kind: ScalarKind, values: Values): ArrayLike<number> | BigInt64Array {
  return fixed[kind]!(values);
}

function bits(values: Values): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value === true) bytes[i >> 3]! |= 1 << (i & 7);
  });
  return bytes;
}

/** Two's complement, the low words first. */
function decimals(values: Values, words: number, read: (value: DuckDBValue) => bigint): Uint32Array {
  const data = new BigUint64Array(values.length * words);
  values.forEach((value, i) => {
    if (value === null) return;
    const whole = read(value);
    for (let word = 0; word < words; word += 1) {
      data[i * words + word] = BigInt.asUintN(64, whole >> BigInt(64 * word));
    }
  });
  return new Uint32Array(data.buffer);
}
