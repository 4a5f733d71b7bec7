/**
 * The Arrow types that BigQuery sends.
 * https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details
 */
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field as ArrowField,
  Float64,
  Int64,
  List,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  type DataType,
} from "apache-arrow";
import { typeOfElement, type Field } from "../value/field.ts";
import type { ScalarKind, SqlType } from "../value/type.ts";

const arrowTypes: Record<ScalarKind, () => DataType> = {
  STRING: () => new Utf8(),
  BYTES: () => new Binary(),
  INT64: () => new Int64(),
  FLOAT64: () => new Float64(),
  NUMERIC: () => new Decimal(9, 38, 128),
  BIGNUMERIC: () => new Decimal(38, 76, 256),
  BOOL: () => new Bool(),
  DATE: () => new DateDay(),
  DATETIME: () => new TimestampMicrosecond(),
  TIME: () => new TimeMicrosecond(),
  TIMESTAMP: () => new TimestampMicrosecond("UTC"),
  JSON: () => new Utf8(),
  GEOGRAPHY: () => new Utf8(),
  INTERVAL: () => new Utf8(),
  RANGE: () => new Utf8(),
};

/** Types that Arrow does not tell apart bear their name beside. */
const extensions: Partial<Record<ScalarKind, string>> = {
  DATETIME: "google:sqlType:datetime",
  JSON: "google:sqlType:json",
  GEOGRAPHY: "google:sqlType:geography",
};

export function arrowSchema(fields: Field[]): Schema {
  return new Schema(fields.map(arrowField));
}

function arrowField(field: Field): ArrowField {
  const element = typeOfElement(field);
  const extension = element.kind === "ARRAY" || element.kind === "STRUCT" ? undefined : extensions[element.kind];
  const metadata = new Map(extension === undefined ? [] : [["ARROW:extension:name", extension]]);
  const inner = field.type === "RECORD" ? new Struct(field.fields!.map(arrowField)) : arrowType(element);
  if (field.mode !== "REPEATED") return new ArrowField(field.name, inner, field.mode !== "REQUIRED", metadata);
  return new ArrowField(field.name, new List(new ArrowField("item", inner, true, metadata)), false);
}

function arrowType(type: SqlType): DataType {
  if (type.kind === "ARRAY") return new List(new ArrowField("item", arrowType(type.element), true));
  if (type.kind !== "STRUCT") return arrowTypes[type.kind]();
  return new Struct(type.fields.map((it) => new ArrowField(it.name, arrowType(it.type), true)));
}
