/** From the types that a Parquet file has to those that are declared: only where nothing is lost. */
import type { Type } from "../../../spec/type.ts";
import { duckdbType } from "./duckdb-type.ts";
import type { EngineType } from "./engine-type.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

interface Conversion {
  /** SQL of the value. */
  value: string;
  found: EngineType;
  declared: Type;
  /** SQL that ends the query, for a value that does not fit. */
  refuse: string;
  depth?: number;
}

/** @returns SQL, or undefined where the one type is not made of the other */
export function convertParquet(conversion: Conversion): string | undefined {
  const { value, found, declared } = conversion;
  if (declared.kind === "ARRAY") return convertList(conversion, declared.element);
  if (declared.kind === "STRUCT") return convertStruct(conversion, declared.fields);
  if (isLimited(declared)) return limited(conversion, declared);
  // A cast stands between a filter and the file: what fits already is left as it is.
  if (found.name === baseName(duckdbType(declared)) && declared.kind !== "NUMERIC" && declared.kind !== "BIGNUMERIC")
    return value;
  return conversions[declared.kind](conversion);
}

function baseName(type: string): string {
  return type.split("(")[0]!;
}

type Scalar = Exclude<Type["kind"], "ARRAY" | "STRUCT">;

const small = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"]);
const wide = new Set(["UBIGINT", "HUGEINT", "UHUGEINT"]);
const isInteger = ({ name }: EngineType) => name === "BIGINT" || small.has(name) || wide.has(name);

const conversions: Record<Scalar, (conversion: Conversion) => string | undefined> = {
  STRING: ({ value, found }) => (["ENUM", "UUID", "JSON"].includes(found.name) ? cast(value, "VARCHAR") : undefined),
  BYTES: () => undefined,
  INT64: toInteger,
  FLOAT64: toFloat,
  NUMERIC: toNumeric,
  BIGNUMERIC: toBignumeric,
  BOOL: () => undefined,
  DATE: () => undefined,
  DATETIME: ({ found, ...conversion }) =>
    found.name === "DATE" ? cast(conversion.value, "TIMESTAMP") : toMicroseconds({ found, ...conversion }, "TIMESTAMP"),
  TIME: ({ value, found, refuse }) =>
    found.name === "TIME_NS" ? exactly({ value, refuse, type: "TIME", back: "TIME_NS" }) : undefined,
  TIMESTAMP: ({ found, ...conversion }) =>
    found.name === "TIMESTAMPTZ"
      ? conversion.value
      : toMicroseconds({ found, ...conversion }, "TIMESTAMP WITH TIME ZONE"),
  JSON: ({ value, found, refuse }) => (found.name === "VARCHAR" ? jsonOf(value, refuse) : undefined),
};

function cast(value: string, type: string): string {
  return `CAST(${value} AS ${type})`;
}

/** A cast that must give the same value when it is undone. */
function exactly({ value, refuse, type, back }: { value: string; refuse: string; type: string; back: string }): string {
  const made = `TRY_CAST(${value} AS ${type})`;
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN CAST(${made} AS ${back}) = ${value} THEN ${made} ELSE ${refuse} END`;
}

function toInteger({ value, found, refuse }: Conversion): string | undefined {
  if (small.has(found.name)) return cast(value, "BIGINT");
  const whole = wide.has(found.name) || (found.name === "DECIMAL" && (found.parameters[1] ?? 0) === 0);
  return whole ? fitting(value, "BIGINT", refuse) : undefined;
}

function fitting(value: string, type: string, refuse: string): string {
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN TRY_CAST(${value} AS ${type}) IS NULL THEN ${refuse} ELSE CAST(${value} AS ${type}) END`;
}

/** A FLOAT64 holds integers of 53 bits. */
function toFloat({ value, found, refuse }: Conversion): string | undefined {
  if (found.name === "FLOAT" || small.has(found.name)) return cast(value, "DOUBLE");
  if (!isInteger(found)) return undefined;
  return `CASE WHEN abs(CAST(${value} AS HUGEINT)) > 9007199254740992 THEN ${refuse} ELSE CAST(${value} AS DOUBLE) END`;
}

function toNumeric({ value, found, declared, refuse }: Conversion): string | undefined {
  const type = duckdbType(declared);
  const [precision = 38, scale = 9] = type.match(/\d+/g)!.map(Number);
  if (isInteger(found))
    return small.has(found.name) && precision - scale >= 10 ? cast(value, type) : fitting(value, type, refuse);
  if (found.name !== "DECIMAL") return undefined;
  const [foundPrecision = 18, foundScale = 3] = found.parameters;
  if (foundPrecision === precision && foundScale === scale) return value;
  if (foundScale <= scale && foundPrecision - foundScale <= precision - scale) return cast(value, type);
  return exactly({ value, refuse, type, back: `DECIMAL(${foundPrecision},${foundScale})` });
}

function toBignumeric({ value, found, refuse }: Conversion): string | undefined {
  if (isInteger(found) || found.name === "DECIMAL") return cast(value, "VARCHAR");
  if (found.name !== "VARCHAR") return undefined;
  return `CASE WHEN ${value} IS NULL OR regexp_full_match(${value}, '[+-]?(\\d{1,38}(\\.\\d{0,38})?|\\.\\d{1,38})') THEN ltrim(${value}, '+') ELSE ${refuse} END`;
}

/** A time without a zone is in UTC, as everywhere. */
function toMicroseconds({ value, found, refuse }: Conversion, type: string): string | undefined {
  if (["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"].includes(found.name))
    return found.name === type ? value : cast(cast(value, "TIMESTAMP"), type);
  if (found.name !== "TIMESTAMP_NS") return undefined;
  return `CASE WHEN epoch_ns(${value}) % 1000 <> 0 THEN ${refuse} ELSE ${cast(cast(value, "TIMESTAMP"), type)} END`;
}

function jsonOf(value: string, refuse: string): string {
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN json_valid(${value}) THEN CAST(${value} AS JSON) ELSE ${refuse} END`;
}

/** STRING(n) and BYTES(n). */
function isLimited(type: Type): type is { kind: "STRING" | "BYTES"; parameters: number[] } {
  return (type.kind === "STRING" || type.kind === "BYTES") && type.parameters !== undefined;
}

function limited(
  conversion: Conversion,
  declared: { kind: "STRING" | "BYTES"; parameters: number[] },
): string | undefined {
  const value = convertParquet({ ...conversion, declared: { kind: declared.kind } });
  if (value === undefined) return undefined;
  const length = declared.kind === "STRING" ? "length" : "octet_length";
  return `CASE WHEN ${length}(${value}) > ${declared.parameters[0]} THEN ${conversion.refuse} ELSE ${value} END`;
}

function convertList(conversion: Conversion, element: Type): string | undefined {
  const { value, found, depth = 0 } = conversion;
  if (found.name !== "LIST" || !found.element) return undefined;
  const item = `e${depth}`;
  const inner = convertParquet({
    ...conversion,
    value: item,
    found: found.element,
    declared: element,
    depth: depth + 1,
  });
  if (inner === undefined || inner === item) return inner && value;
  return `list_transform(${value}, lambda ${item}: ${inner})`;
}

function convertStruct(conversion: Conversion, fields: { name: string; type: Type }[]): string | undefined {
  const { value, found } = conversion;
  if (found.name !== "STRUCT" || !found.fields) return undefined;
  const parts = fields.map(({ name, type }) => {
    const own = found.fields!.find((field) => field.name.toLowerCase() === name.toLowerCase());
    const extracted = own && `struct_extract(${value}, ${quoteText(own.name)})`;
    const inner = own && convertParquet({ ...conversion, value: extracted!, found: own.type, declared: type });
    return inner === undefined ? undefined : { name, sql: inner, isSame: inner === extracted && own!.name === name };
  });
  if (parts.some((part) => part === undefined)) return undefined;
  if (
    parts.length === found.fields.length &&
    parts.every((part, i) => part!.isSame && part!.name === found.fields![i]!.name)
  )
    return value;
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${parts.map((part) => `${quoteIdentifier(part!.name)} := ${part!.sql}`).join(", ")}) END`;
}
