/**
 * Newline-delimited JSON as BigQuery's load jobs read it: each value is checked against its column, and written anew as
 * text that DuckDB casts.
 * https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-json
 */
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { ApiError, invalid } from "../api-error.ts";
import { canonicalJson } from "../value/json.ts";
import { canonicalText } from "../value/parse.ts";
import { duckType, findScalar, quote, quoteText, type SqlType } from "../value/type.ts";
import { typeOfField, type Field } from "../value/field.ts";

/** A number as it stands in the text. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

interface Options {
  from: string;
  to: string;
  fields: Field[];
  ignoreUnknownValues: boolean;
}

/** @throws ApiError for the first row that a column does not take */
export async function rewriteNdjson({ from, to, fields, ignoreUnknownValues }: Options): Promise<void> {
  const output = createWriteStream(to);
  let [position, row] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(from), crlfDelay: Infinity })) {
    row += 1;
    if (line.trim() !== "") {
      const text = withPosition({ position, row }, () => rewriteLine(line, fields, ignoreUnknownValues));
      if (!output.write(`${text}\n`)) await once(output, "drain");
    }
    position += Buffer.byteLength(line) + 1;
  }
  output.end();
  await once(output, "finish");
}

function withPosition<T>({ position, row }: { position: number; row: number }, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof ApiError ? error.message : "Parser terminated before end of string";
    const message = `Error while reading data, error message: JSON parsing error in row starting at position ${position}: ${why}`;
    const summary = `Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: ${row}; errors: 1. Please look into the errors[] collection for more details.`;
    throw new ApiError({ reason: "invalid", message: summary, details: [{ reason: "invalid", message }] });
  }
}

function rewriteLine(line: string, fields: Field[], ignoreUnknown: boolean): string {
  const record = JSON.parse(line, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined ? new Digits(context.source) : value,
  ) as unknown;
  return JSON.stringify(rewriteRecord(record, fields, { path: "", ignoreUnknown }));
}

interface Place {
  path: string;
  ignoreUnknown: boolean;
}

function rewriteRecord(record: unknown, fields: Field[], { path, ignoreUnknown }: Place): Record<string, unknown> {
  if (!isObject(record)) throw invalid(`Expected an object${path && ` for field ${path.slice(0, -1)}`}.`);
  const given = new Map(Object.entries(record).map(([key, value]) => [key.toLowerCase(), { key, value }]));
  const rewritten = fields.map((field) => {
    const found = given.get(field.name.toLowerCase());
    given.delete(field.name.toLowerCase());
    return [field.name, rewriteField(found?.value, field, { path: path + field.name, ignoreUnknown })];
  });
  const [unknown] = given.values();
  if (unknown && !ignoreUnknown) throw invalid(`No such field: ${path}${unknown.key}.`);
  return Object.fromEntries(rewritten) as Record<string, unknown>;
}

function rewriteField(value: unknown, field: Field, place: Place): unknown {
  if (value === undefined) {
    if (field.mode === "REQUIRED") throw invalid(`Missing required field: ${place.path}.`);
    return field.mode === "REPEATED" ? [] : null;
  }
  if (value === null && field.mode !== "NULLABLE") {
    throw invalid(`Only optional fields can be set to NULL. Field: ${place.path}; Value: NULL`);
  }
  if (field.mode !== "REPEATED") return value === null ? null : rewriteValue(value, field, place);
  if (!Array.isArray(value))
    throw invalid(`Array specified for non-repeated field or none for a repeated one: ${place.path}.`);
  return value.map((item: unknown) => {
    if (item === null) throw invalid(`Only optional fields can be set to NULL. Field: ${place.path}; Value: NULL`);
    return rewriteValue(item, field, place);
  });
}

function rewriteValue(value: unknown, field: Field, { path, ignoreUnknown }: Place): unknown {
  if (field.type === "RECORD") return rewriteRecord(value, field.fields!, { path: `${path}.`, ignoreUnknown });
  if (field.type === "JSON") return canonicalJson(plainJson(value));
  if (Array.isArray(value)) throw invalid(`Array specified for non-repeated field: ${path}.`);
  if (isObject(value)) throw invalid(`Nested record specified for the field ${path}, which is not a record.`);
  return canonicalText(findScalar(field.type)!, scalarText(value, field));
}

function scalarText(value: unknown, { type }: Field): string {
  if (value instanceof Digits) {
    if (type === "TIMESTAMP") return epochText(value.text);
    return type === "INTEGER" ? value.text.replace(/\.0*$/, "") : value.text;
  }
  return String(value);
}

/** A number for a TIMESTAMP counts seconds. */
function epochText(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

function plainJson(value: unknown): string {
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map(plainJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${plainJson(item)}`)
    .join(",")}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Digits);
}

/** A query over the rewritten file, whose columns have their types. */
export function selectNdjson(file: string, fields: Field[]): string {
  const columns = fields.map((it) => `${quoteText(it.name)}: ${quoteText(textType(typeOfField(it)))}`);
  const casts = fields.map((it) => `CAST(${quote(it.name)} AS ${duckType(typeOfField(it))}) AS ${quote(it.name)}`);
  const source = `read_json(${quoteText(file)}, format = 'newline_delimited', maximum_object_size = 104857600, columns = {${columns.join(", ")}})`;
  return `SELECT ${casts.join(", ")} FROM ${source}`;
}

/** The type with text in place of each scalar. */
function textType(type: SqlType): string {
  if (type.kind === "ARRAY") return `${textType(type.element)}[]`;
  if (type.kind !== "STRUCT") return "VARCHAR";
  return `STRUCT(${type.fields.map((it) => `${quote(it.name)} ${textType(it.type)}`).join(", ")})`;
}
