/**
 * The formats of file outputs: how rows are written, and how the same rows are read back when a later run keeps them.
 * What is read is exactly what was written, whatever the types. Texts in JSON are as in BigQuery's exports: NUMERIC as
 * text, since most readers of JSON know only doubles, and BYTES in base64.
 */
import type { OutputFormat as Format } from "../../spec/connectors/file-format.ts";
import type { Type } from "../../spec/type.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteIdentifier, quoteText } from "../engine/duckdb/sql.ts";
import { sameName, type ExistingColumn, type WantedColumn } from "./fit-columns.ts";

/** What COPY calls them. */
const copyOptions = {
  parquet: "FORMAT parquet",
  csv: `FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"'`,
  ndjson: "FORMAT json",
};

const csvDialect = `delim = ',', quote = '"', escape = '"', header = true`;

/** A statement that writes a query's rows to a file. */
export function copyStatement({
  query,
  columns,
  format,
  path,
}: {
  query: string;
  columns: WantedColumn[];
  format: Format;
  path: string;
}): string {
  const list = columns.map(({ name, type }) => `${written(name, type, format)} AS ${quoteIdentifier(name)}`);
  return `COPY (SELECT ${list.join(", ")} FROM (${query})) TO ${quoteText(path)} (${copyOptions[format]})`;
}

/** A leaf of a column as it is written: in csv only what stands inside lists and structs is JSON. */
function written(name: string, type: Type, format: Format): string {
  const id = quoteIdentifier(name);
  if (format === "parquet") return id;
  const inJson = format === "ndjson" || isNested(type);
  const value = convert(id, type, (leaf, leafType) => {
    const { kind } = leafType;
    if (kind === "BYTES") return `base64(${leaf})`;
    if (kind === "NUMERIC") return decimalText(leaf, leafType);
    // JSON has no such numbers.
    if (kind === "FLOAT64" && inJson)
      return `CASE WHEN isfinite(${leaf}) THEN to_json(${leaf}) ELSE to_json(CAST(${leaf} AS VARCHAR)) END`;
    return leaf;
  });
  return isNested(type) ? `to_json(${value})` : value;
}

/** The engine writes as many decimals as the type has: zeros at their end say nothing. */
function decimalText(value: string, type: Type): string {
  const text = `CAST(${value} AS VARCHAR)`;
  return duckdbType(type).endsWith(",0)") ? text : `rtrim(rtrim(${text}, '0'), '.')`;
}

/** A query that gives the rows of a file as it stands. Columns that it lacks are NULL. */
export function readStatement({
  columns,
  existing,
  format,
  path,
}: {
  columns: WantedColumn[];
  existing: ExistingColumn[];
  format: Format;
  path: string;
}): string {
  const names = new Set(existing.map(({ name }) => sameName(name)));
  const list = columns.map(({ name, type }) => {
    const value = names.has(sameName(name)) ? read(name, type, format) : "NULL";
    return `CAST(${value} AS ${duckdbType(type)}) AS ${quoteIdentifier(name)}`;
  });
  return `SELECT ${list.join(", ")} FROM ${reader({ columns, existing, format, path })}`;
}

function read(name: string, type: Type, format: Format): string {
  const id = quoteIdentifier(name);
  if (format === "parquet") return id;
  const value = isNested(type) ? `CAST(${id} AS ${duckdbType(bytesAsText(type))})` : id;
  return convert(value, type, (leaf, { kind }) => (kind === "BYTES" ? `from_base64(${leaf})` : leaf));
}

function reader({ columns, existing, format, path }: Parameters<typeof readStatement>[0]): string {
  if (format === "parquet") return `read_parquet(${quoteText(path)})`;
  const types = new Map(columns.map(({ name, type }) => [sameName(name), readType(type, format)]));
  const typeOf = (name: string) => types.get(sameName(name)) ?? "VARCHAR";
  const list = existing.map(({ name }) => `${quoteText(name)}: ${quoteText(typeOf(name))}`).join(", ");
  return format === "csv"
    ? `read_csv(${quoteText(path)}, auto_detect = false, ${csvDialect}, nullstr = '', allow_quoted_nulls = false, columns = {${list}})`
    : `read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${list}})`;
}

function readType(type: Type, format: "csv" | "ndjson"): string {
  return format === "csv" && isNested(type) ? "JSON" : duckdbType(bytesAsText(type));
}

function bytesAsText(type: Type): Type {
  return replaceKind(type, "BYTES", { kind: "STRING" });
}

/** A column's type as the engine reads it from a Parquet file: inside lists and structs, JSON is told as text. */
export function inParquet(type: Type): Type {
  return type.kind === "JSON" ? type : replaceKind(type, "JSON", { kind: "STRING" });
}

function replaceKind(type: Type, kind: Type["kind"], by: Type): Type {
  if (type.kind === "ARRAY") return { ...type, element: replaceKind(type.element, kind, by) };
  if (type.kind === "STRUCT")
    return { ...type, fields: type.fields.map((field) => ({ ...field, type: replaceKind(field.type, kind, by) })) };
  return type.kind === kind ? by : type;
}

type ConvertLeaf = (value: string, type: Type) => string;

/** An expression that changes the scalars of a value, wherever in it they are. What it need not change, it leaves alone. */
function convert(value: string, type: Type, leaf: ConvertLeaf, depth = 0): string {
  if (type.kind === "ARRAY") {
    const element = `e${depth}`;
    const changed = convert(element, type.element, leaf, depth + 1);
    return changed === element ? value : `list_transform(${value}, lambda ${element}: ${changed})`;
  }
  if (type.kind !== "STRUCT") return leaf(value, type);
  const fields = type.fields.map(({ name, type: inner }) => {
    const extracted = `struct_extract(${value}, ${quoteText(name)})`;
    const changed = convert(extracted, inner, leaf, depth);
    return { text: `${quoteIdentifier(name)} := ${changed}`, isChanged: changed !== extracted };
  });
  if (!fields.some(({ isChanged }) => isChanged)) return value;
  return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.map(({ text }) => text).join(", ")}) END`;
}

function isNested({ kind }: Type): boolean {
  return kind === "ARRAY" || kind === "STRUCT";
}

/** The columns of a file as it stands. An ndjson file without rows has none. */
export async function existingColumns(db: Database, format: Format, path: string): Promise<ExistingColumn[]> {
  if (format === "parquet") return db.describe(`SELECT * FROM read_parquet(${quoteText(path)})`);
  if (format === "csv") {
    const columns = await db.describe(
      `SELECT * FROM read_csv(${quoteText(path)}, ${csvDialect}, all_varchar = true, sample_size = 1)`,
    );
    return columns.map(({ name }) => ({ name, engineType: undefined }));
  }
  const [row] = await db.query(
    `SELECT json_keys(json) AS names FROM read_json_objects(${quoteText(path)}, format = 'newline_delimited') LIMIT 1`,
  );
  return ((row?.["names"] ?? []) as string[]).map((name) => ({ name, engineType: undefined }));
}
