/** Arrow's types in the engine: what each becomes, and how its values are written into a vector, without an object for each. */
import { DataType, Type as ArrowType, TimeUnit, type Data } from "apache-arrow";
import { quoteIdentifier } from "../sql.ts";
import { bindings, type Vector } from "./bindings.ts";
import { decimalTexts } from "./decimal-text.ts";
import { writeTexts } from "./text.ts";
import { bothValid, validityOf, writeValidity, type Validity } from "./validity.ts";

/** @throws {TypeError} for a type that BigQuery does not send */
export function engineTypeOf(type: DataType): string {
  if (DataType.isList(type)) return `${engineTypeOf(type.valueType)}[]`;
  if (DataType.isStruct(type)) {
    const fields = type.children.map((field) => `${quoteIdentifier(field.name)} ${engineTypeOf(field.type)}`);
    return `STRUCT(${fields.join(", ")})`;
  }
  const name = scalarType(type);
  if (name === undefined) throw new TypeError(`no column of the Arrow type ${ArrowType[type.typeId]}`);
  return name;
}

function scalarType(type: DataType): string | undefined {
  if (DataType.isInt(type)) return type.bitWidth === 64 && type.isSigned ? "BIGINT" : undefined;
  if (DataType.isFloat(type)) return type.ArrayType === Float64Array ? "DOUBLE" : undefined;
  if (DataType.isDecimal(type))
    return type.bitWidth === 128
      ? `DECIMAL(${type.precision},${type.scale})`
      : type.bitWidth === 256
        ? "VARCHAR"
        : undefined;
  if (DataType.isBool(type)) return "BOOLEAN";
  if (DataType.isUtf8(type)) return "VARCHAR";
  if (DataType.isBinary(type)) return "BLOB";
  if (DataType.isDate(type)) return type.ArrayType === Int32Array ? "DATE" : undefined;
  if (DataType.isTime(type)) return type.unit === TimeUnit.MICROSECOND ? "TIME" : undefined;
  if (!DataType.isTimestamp(type) || type.unit !== TimeUnit.MICROSECOND) return undefined;
  return type.timezone ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
}

export interface Part {
  data: Data;
  /** The first of the values to write, and how many. */
  at: number;
  count: number;
  /** Of the row that they are fields of. */
  outer?: Validity | undefined;
}

/** Writes values to the beginning of a vector. */
export function writeColumn(vector: Vector, { data, at, count, outer }: Part): void {
  const validity = bothValid(validityOf(data, at), outer, count);
  writeValidity(vector, validity, count);
  switch (data.typeId) {
    case ArrowType.List:
      return writeLists(vector, { data, at, count });
    case ArrowType.Struct:
      return data.children.forEach((child, i) =>
        writeColumn(bindings().struct_vector_get_child(vector, i), { data: child, at, count, outer: validity }),
      );
    case ArrowType.Utf8:
    case ArrowType.Binary:
      return writeTexts(vector, data, at, count);
    case ArrowType.Bool:
      return writeBits(vector, data.values as Uint8Array, data.offset + at, count);
    case ArrowType.Decimal:
      return writeDecimals(vector, { data, at, count });
    default:
      return writeFixed(vector, data.values as Fixed, at, count);
  }
}

type Fixed = Int32Array | BigInt64Array | Float64Array | Uint32Array | Uint8Array;

/** Values that lie in memory as the engine has them. `each`: elements of the array for one value. */
function writeFixed(vector: Vector, values: Fixed, at: number, count: number, each = 1): void {
  const width = values.BYTES_PER_ELEMENT * each;
  bindings().copy_data_to_vector(vector, 0, values.buffer, values.byteOffset + at * width, count * width);
}

/** Up to 128 bits the engine has them as Arrow does. */
function writeDecimals(vector: Vector, { data, at, count }: Part): void {
  const { bitWidth, scale, precision } = data.type as unknown as { bitWidth: number; scale: number; precision: number };
  const values = data.values as Uint32Array;
  if (bitWidth === 256) return writeTexts(vector, decimalTexts(values, { at, count, scale }), 0, count);
  // The engine holds what has fewer digits in fewer bytes.
  if (precision <= 18) throw new TypeError(`no column of a decimal of ${precision} digits`);
  return writeFixed(vector, values, at, count, 4);
}

/** The engine has a byte for each. */
function writeBits(vector: Vector, bits: Uint8Array, from: number, count: number): void {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = (bits[(from + i) >> 3]! >> ((from + i) & 7)) & 1;
  writeFixed(vector, bytes, 0, count);
}

function writeLists(vector: Vector, { data, at, count }: Part): void {
  const offsets = data.valueOffsets as Int32Array;
  const first = offsets[at]!;
  const inside = offsets[at + count]! - first;
  const entries = new BigUint64Array(count * 2);
  for (let i = 0; i < count; i++) {
    entries[i * 2] = BigInt(offsets[at + i]! - first);
    entries[i * 2 + 1] = BigInt(offsets[at + i + 1]! - offsets[at + i]!);
  }
  const api = bindings();
  api.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.byteLength);
  api.list_vector_reserve(vector, inside);
  api.list_vector_set_size(vector, inside);
  writeColumn(api.list_vector_get_child(vector), { data: data.children[0]!, at: first, count: inside });
}
