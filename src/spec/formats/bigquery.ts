/**
 * A table's schema as BigQuery's REST API and `bq` read it.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema
 */
import { EtlError } from "../../util/error.ts";
import type { Table, TableColumn } from "../table.ts";
import { isScalar, type ScalarName, type Type } from "../type.ts";

export interface BigqueryField {
  name: string;
  type: string;
  /** ARRAY is REPEATED, and holds no NULL: a NULL array is stored as the empty one. */
  mode: "NULLABLE" | "REQUIRED" | "REPEATED";
  description?: string;
  fields?: BigqueryField[];
  /** The API's 64-bit integers are texts. */
  maxLength?: string;
  precision?: string;
  scale?: string;
}

const longestDescription = 1024;

/** The API's own names, which `tables.get` answers with; GoogleSQL's others are the same. */
const apiNames: Partial<Record<ScalarName, string>> = { INT64: "INTEGER", FLOAT64: "FLOAT", BOOL: "BOOLEAN" };

interface SchemaSource extends Pick<Table, "name"> {
  columns: Pick<TableColumn, "name" | "type" | "description" | "required">[];
}

/** @throws {EtlError} `invalid` for a description that BigQuery does not take. */
export function bigquerySchema(table: SchemaSource): BigqueryField[] {
  return table.columns.map(({ name, type, description, required }) => {
    if (description !== undefined && description.length > longestDescription) {
      throw new EtlError({
        code: "invalid",
        message: `the description of \`${table.name}.${name}\` has ${description.length} characters: BigQuery takes ${longestDescription}`,
        hint: "Shorten it.",
      });
    }
    const { name: fieldName, ...field } = bigqueryField(name, type, required);
    return { name: fieldName, ...(description !== undefined && { description }), ...field };
  });
}

/** A column, or a field of a STRUCT. */
export function bigqueryField(name: string, type: Type, required = false): BigqueryField {
  if (type.kind === "ARRAY") return { ...bigqueryField(name, type.element), mode: "REPEATED" };
  const mode = required ? "REQUIRED" : "NULLABLE";
  if (type.kind === "STRUCT") {
    return { name, type: "RECORD", mode, fields: type.fields.map((field) => bigqueryField(field.name, field.type)) };
  }
  return { name, type: apiNames[type.kind] ?? type.kind, mode, ...parametersOf(type.kind, type.parameters) };
}

function parametersOf(kind: ScalarName, parameters?: number[]): Partial<BigqueryField> {
  const [first, second] = parameters ?? [];
  if (first === undefined) return {};
  if (kind === "STRING" || kind === "BYTES") return { maxLength: String(first) };
  return { precision: String(first), ...(second !== undefined && { scale: String(second) }) };
}

/** The column type of a field, or undefined for a type that is refused here: GEOGRAPHY, INTERVAL, RANGE. */
export function typeOfBigquery({
  mode,
  ...field
}: Pick<BigqueryField, "type"> & Partial<BigqueryField>): Type | undefined {
  if (mode === "REPEATED") {
    const element = typeOfBigquery(field);
    return element && { kind: "ARRAY", element };
  }
  if (field.type === "RECORD" || field.type === "STRUCT") {
    const fields = (field.fields ?? []).map((inner) => ({ name: inner.name, type: typeOfBigquery(inner) }));
    return fields.every((inner) => inner.type !== undefined)
      ? { kind: "STRUCT", fields: fields.map(({ name, type }) => ({ name, type: type! })) }
      : undefined;
  }
  const kind = Object.keys(apiNames).find((name) => apiNames[name as ScalarName] === field.type) ?? field.type;
  if (!isScalar(kind)) return undefined;
  const parameters = [field.maxLength ?? field.precision, field.scale].filter((n) => n !== undefined).map(Number);
  return parameters.length > 0 ? { kind, parameters } : { kind };
}
