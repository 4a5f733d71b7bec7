/** A value on its way into a column: what BigQuery enforces there is made part of the DuckDB expression. */
import { duckType, quote, quoteText, typeOfElement, typeOfField, type Field } from "./type.ts";

/**
 * @param value an expression of the column's type
 * @returns the expression that is stored, and that fails where the column does not take the value
 */
export function assign(field: Field, value: string, path = field.name): string {
  if (field.mode === "REPEATED") return assignList(field, value, path);
  const inner = guardElement(field, value, path);
  if (field.mode !== "REQUIRED") return inner;
  return `CASE WHEN ${value} IS NULL THEN ${fail(`Required field ${path} cannot be null`)} ELSE ${inner} END`;
}

/** No list is NULL, and none holds a NULL. */
function assignList(field: Field, value: string, path: string): string {
  const element = guardElement(field, "x", path);
  const noNull = `CASE WHEN x IS NULL THEN ${fail(`Array cannot have a null element; error in writing field ${path}`)} ELSE ${element} END`;
  return `coalesce(list_transform(${value}, lambda x: ${noNull}), CAST([] AS ${duckType(typeOfField(field))}))`;
}

function guardElement(field: Field, value: string, path: string): string {
  if (field.type === "RECORD") return guardStruct(field, value, path);
  const why = field.maxLength === undefined ? undefined : tooLong(field, value, path);
  if (why) return why;
  if (field.precision !== undefined) return withPrecision(field, value, path);
  return value;
}

function guardStruct(field: Field, value: string, path: string): string {
  const parts = field.fields!.map((it) => {
    const inner = `struct_extract(${value}, ${quoteText(it.name)})`;
    return `${quote(it.name)} := ${assign(it, inner, `${path}.${it.name}`)}`;
  });
  const packed = `CAST(struct_pack(${parts.join(", ")}) AS ${duckType(typeOfElement(field))})`;
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE ${packed} END`;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_data_types */
function tooLong(field: Field, value: string, path: string): string {
  const length = field.type === "BYTES" ? `octet_length(${value})` : `length(${value})`;
  const message = `Field ${path}: ${field.type}(${field.maxLength}) has maximum length ${field.maxLength} but got a value with length `;
  return `CASE WHEN ${length} > ${field.maxLength} THEN error(${quoteText(message)} || ${length}) ELSE ${value} END`;
}

/** Rounded to its scale; an error where more digits stand before the point than there is room for. */
function withPrecision(field: Field, value: string, path: string): string {
  const { precision = "38", scale = "0" } = field;
  if (field.type === "BIGNUMERIC") return withBigPrecision(field, value, path);
  const rounded = `CAST(round(${value}, ${scale}) AS DECIMAL(38,9))`;
  const limit = `CAST('1${"0".repeat(Number(precision) - Number(scale))}' AS DECIMAL(38,9))`;
  const message = `Field ${path}: NUMERIC(${precision}, ${scale}) has precision ${precision} and scale ${scale} but got a value that is not in range`;
  if (Number(precision) - Number(scale) >= 29) return rounded;
  return `CASE WHEN abs(${rounded}) >= ${limit} THEN ${fail(message)} ELSE ${rounded} END`;
}

function withBigPrecision({ precision = "76", scale = "0" }: Field, value: string, path: string): string {
  const message = `Field ${path}: BIGNUMERIC(${precision}, ${scale}) got a value that is not in range`;
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE coalesce(bignumeric_fit(${value}, ${precision}, ${scale}), ${fail(message)}) END`;
}

const fail = (message: string) => `error(${quoteText(message)})`;
