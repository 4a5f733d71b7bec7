/**
 * Rows as the REST API writes them, in Arrow: column by column, with no digit lost.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/list
 */
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  type Data,
  type DataType,
} from "apache-arrow";
import type { BigqueryField } from "../../../spec/formats/bigquery.ts";

/** A row: its values in the order of the schema. A list holds `{ v }` for each item, a RECORD is a row itself. */
export interface RestRow {
  f: { v: RestValue }[];
}

type RestValue = string | null | RestRow | { v: RestValue }[];

export function arrowSchema(fields: BigqueryField[]): Schema {
  return new Schema(fields.map(arrowField));
}

export function arrowBatch(fields: BigqueryField[], rows: RestRow[]): RecordBatch {
  const schema = arrowSchema(fields);
  const children = fields.map((field, i) =>
    columnData(
      field,
      rows.map((row) => row.f[i]!.v),
    ),
  );
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children }),
  );
}

function arrowField(field: BigqueryField): Field {
  return new Field(field.name, arrowType(field), true);
}

function arrowType({ mode, ...field }: BigqueryField): DataType {
  if (mode === "REPEATED") return new List(new Field("item", arrowType({ ...field, mode: "NULLABLE" }), true));
  if (field.fields) return new Struct(field.fields.map(arrowField));
  return scalarOf(field.type).type();
}

function columnData(field: BigqueryField, values: RestValue[]): Data {
  if (field.mode === "REPEATED") return listData(field, values as ({ v: RestValue }[] | null)[]);
  if (field.fields) return structData(field, field.fields, values as (RestRow | null)[]);
  const { type, data } = scalarOf(field.type);
  return makeData({
    type: type(),
    length: values.length,
    ...nulls(values),
    ...data(values as (string | null)[]),
  } as never);
}

function listData(field: BigqueryField, values: ({ v: RestValue }[] | null)[]): Data {
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [i, value] of values.entries()) valueOffsets[i + 1] = valueOffsets[i]! + (value?.length ?? 0);
  const items = values.flatMap((value) => (value ?? []).map(({ v }) => v));
  const child = columnData({ ...field, mode: "NULLABLE" }, items);
  return makeData({ type: arrowType(field) as List, length: values.length, ...nulls(values), valueOffsets, child });
}

function structData(field: BigqueryField, fields: BigqueryField[], values: (RestRow | null)[]): Data {
  const children = fields.map((inner, i) =>
    columnData(
      inner,
      values.map((value) => value?.f[i]!.v ?? null),
    ),
  );
  return makeData({ type: arrowType(field) as Struct, length: values.length, ...nulls(values), children });
}

function nulls(values: unknown[]): { nullCount: number; nullBitmap: Uint8Array } {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  for (const [i, value] of values.entries())
    if (value === null) nullCount++;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  return { nullCount, nullBitmap };
}

interface Scalar {
  type: () => DataType;
  /** The buffers of a column of such values. */
  data: (values: (string | null)[]) => Record<string, unknown>;
}

const micros = (parse: (text: string) => bigint) => (values: (string | null)[]) => ({
  data: BigInt64Array.from(values, (value) => (value === null ? 0n : parse(value))),
});
const texts = (encoding: "utf8" | "base64") => (values: (string | null)[]) => {
  const parts = values.map((value) => Buffer.from(value ?? "", encoding));
  const valueOffsets = new Int32Array(parts.length + 1);
  for (const [i, part] of parts.entries()) valueOffsets[i + 1] = valueOffsets[i]! + part.length;
  return { valueOffsets, data: Buffer.concat(parts) };
};

const integer: Scalar = { type: () => new Int64(), data: micros(BigInt) };
const float: Scalar = {
  type: () => new Float64(),
  data: (values) => ({ data: Float64Array.from(values, (value) => (value === null ? 0 : toNumber(value))) }),
};
const bool: Scalar = {
  type: () => new Bool(),
  data: (values) => ({ data: nulls(values.map((value) => (value === "true" ? true : null))).nullBitmap }),
};
const text: Scalar = { type: () => new Utf8(), data: texts("utf8") };

/** By the API's names of types, and GoogleSQL's. */
const scalars: Record<string, Scalar> = {
  INTEGER: integer,
  INT64: integer,
  FLOAT: float,
  FLOAT64: float,
  BOOLEAN: bool,
  BOOL: bool,
  STRING: text,
  JSON: text,
  BYTES: { type: () => new Binary(), data: texts("base64") },
  DATE: {
    type: () => new DateDay(),
    data: (values) => ({
      data: Int32Array.from(values, (value) => (value === null ? 0 : Date.parse(`${value}T00:00Z`) / 86_400_000)),
    }),
  },
  TIME: { type: () => new TimeMicrosecond(), data: micros((value) => microseconds(`1970-01-01T${value}`)) },
  DATETIME: { type: () => new TimestampMicrosecond(), data: micros(microseconds) },
  // Asked for as a number of microseconds.
  TIMESTAMP: { type: () => new TimestampMicrosecond("UTC"), data: micros(BigInt) },
  NUMERIC: {
    type: () => new Decimal(9, 38, 128),
    data: (values) => ({ data: decimals(values, { words: 4, scale: 9 }) }),
  },
  BIGNUMERIC: {
    type: () => new Decimal(38, 76, 256),
    data: (values) => ({ data: decimals(values, { words: 8, scale: 38 }) }),
  },
};

function scalarOf(type: string): Scalar {
  const found = scalars[type];
  if (!found) throw new TypeError(`no column of the type ${type}`);
  return found;
}

function toNumber(value: string): number {
  return /^[+-]?inf$/i.test(value) ? Number(value.replace(/inf/i, "Infinity")) : Number(value);
}

/** `2022-01-20T07:00:00.123456`: a Date holds thousandths. */
function microseconds(value: string): bigint {
  const [whole = "", fraction = ""] = value.split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

/** Little-endian words of 32 bits, two's complement. */
function decimals(values: (string | null)[], { words, scale }: { words: number; scale: number }): Uint32Array {
  const data = new Uint32Array(values.length * words);
  for (const [i, value] of values.entries()) {
    const number = value === null ? 0n : unscaled(value, scale);
    for (let k = 0; k < words; k++) data[i * words + k] = Number((number >> BigInt(32 * k)) & 0xffffffffn);
  }
  return data;
}

/** The API writes no more digits than the type has, and an exponent only for great and small numbers. */
function unscaled(value: string, scale: number): bigint {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(value) ?? [];
  const shift = scale - fraction.length + Number(exponent);
  const digits = shift >= 0 ? whole + fraction + "0".repeat(shift) : (whole + fraction).slice(0, shift);
  return BigInt(digits || "0") * (sign === "-" ? -1n : 1n);
}
