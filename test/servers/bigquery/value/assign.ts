/** A value on its way into a column: what BigQuery enforces there is made part of the DuckDB expression. */
import { duckType, quote, quoteText } from "./type.ts";
import { typeOfElement, typeOfField, type Field } from "./field.ts";

/**
 * @param value an expression of the column's type
 * @returns the expression that is stored, and that fails where the column does not take the value
 */
export const assign = (field: Field, value: string): string => write({ field, value, path: field.name, checks: true });

/** The same without failing: for rows of which only some are stored, and those are checked apart. */
export const assignUnchecked = (field: Field, value: string): string =>
  write({ field, value, path: field.name, checks: false });

interface Writing {
  field: Field;
  value: string;
  /** With the names of the structs around, for messages. */
  path: string;
  checks: boolean;
}

function write(writing: Writing): string {
  const { field, value, path, checks } = writing;
  if (field.mode === "REPEATED") return writeList(writing);
  const inner = writeElement(writing);
  if (field.mode !== "REQUIRED" || !checks) return inner;
  return `CASE WHEN ${value} IS NULL THEN ${fail(`Required field ${path} cannot be null`)} ELSE ${inner} END`;
}

/** No list is NULL, and none holds a NULL. */
function writeList(writing: Writing): string {
  const { field, value, path, checks } = writing;
  const element = writeElement({ ...writing, value: "x" });
  const message = `Array cannot have a null element; error in writing field ${path}`;
  const noNull = checks ? `CASE WHEN x IS NULL THEN ${fail(message)} ELSE ${element} END` : element;
  const list = noNull === "x" ? value : `list_transform(${value}, lambda x: ${noNull})`;
  return `coalesce(${list}, CAST([] AS ${duckType(typeOfField(field))}))`;
}

function writeElement(writing: Writing): string {
  const { field, value, checks } = writing;
  if (field.type === "RECORD") return writeStruct(writing);
  if (field.maxLength !== undefined && checks) return tooLong(writing);
  return field.precision === undefined ? value : withPrecision(writing);
}

function writeStruct({ field, value, path, checks }: Writing): string {
  const parts = field.fields!.map((it) => {
    const inner = `struct_extract(${value}, ${quoteText(it.name)})`;
    return `${quote(it.name)} := ${write({ field: it, value: inner, path: `${path}.${it.name}`, checks })}`;
  });
  const packed = `CAST(struct_pack(${parts.join(", ")}) AS ${duckType(typeOfElement(field))})`;
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE ${packed} END`;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_data_types */
function tooLong({ field, value, path }: Writing): string {
  const length = field.type === "BYTES" ? `octet_length(${value})` : `length(${value})`;
  const message = `Field ${path}: ${field.type}(${field.maxLength}) has maximum length ${field.maxLength} but got a value with length `;
  return `CASE WHEN ${length} > ${field.maxLength} THEN error(${quoteText(message)} || ${length}) ELSE ${value} END`;
}

/** Rounded to its scale; an error where more digits stand before the point than there is room for. */
function withPrecision({ field, value, path, checks }: Writing): string {
  const { type, precision = "38", scale = "0" } = field;
  const message = `Field ${path}: ${type}(${precision}, ${scale}) has precision ${precision} and scale ${scale} but got a value that is not in range`;
  if (type === "BIGNUMERIC") {
    const fit = `bignumeric_fit(${value}, ${precision}, ${scale})`;
    return checks ? `CASE WHEN ${value} IS NULL THEN NULL ELSE coalesce(${fit}, ${fail(message)}) END` : fit;
  }
  const rounded = `CAST(round(${value}, ${scale}) AS DECIMAL(38,9))`;
  const whole = Number(precision) - Number(scale);
  if (whole >= 29 || !checks) return rounded;
  return `CASE WHEN abs(${rounded}) >= CAST('1${"0".repeat(whole)}' AS DECIMAL(38,9)) THEN ${fail(message)} ELSE ${rounded} END`;
}

const fail = (message: string) => `error(${quoteText(message)})`;
