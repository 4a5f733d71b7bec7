/** Columns of tables, as the API has them. */
import { invalid, notHere } from "../api-error.ts";
import { arrayOf, findScalar, type SqlType } from "./type.ts";

/** A column as `tables.insert` has it; what is not named here is kept as it came (description, policyTags …). */
export interface Field {
  name: string;
  type: string;
  mode?: "NULLABLE" | "REQUIRED" | "REPEATED";
  fields?: Field[];
  maxLength?: string;
  precision?: string;
  scale?: string;
  description?: string;
  [more: string]: unknown;
}

export function typeOfField(field: Field): SqlType {
  const element = typeOfElement(field);
  return field.mode === "REPEATED" ? arrayOf(element) : element;
}

export function typeOfElement({ type, fields }: Field): SqlType {
  if (type !== "RECORD") return { kind: findScalar(type)! };
  return { kind: "STRUCT", fields: fields!.map((it) => ({ name: it.name, type: typeOfField(it) })) };
}

/** The names that the API gives back, whichever were sent. */
const legacyNames: Record<string, string> = { INT64: "INTEGER", FLOAT64: "FLOAT", BOOL: "BOOLEAN", STRUCT: "RECORD" };

/** The column that a query's result has for an expression of this type. */
export function fieldOfType(name: string, type: SqlType): Field {
  if (type.kind === "ARRAY") return { ...fieldOfType(name, type.element), mode: "REPEATED" };
  const field: Field = { name, type: legacyNames[type.kind] ?? type.kind, mode: "NULLABLE" };
  if (type.kind !== "STRUCT") return field;
  return { ...field, fields: type.fields.map((it, i) => fieldOfType(it.name || `_field_${i + 1}`, it.type)) };
}

/** Columns as the API gives them back. @throws ApiError for what BigQuery refuses in a schema. */
export function normaliseFields(fields: Field[] | undefined, inside = ""): Field[] {
  const all = (fields ?? []).map((field) => normaliseField(field, inside));
  const names = all.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw invalid(`Duplicate column name '${inside}${twice}'.`);
  return all;
}

function normaliseField(field: Field, inside: string): Field {
  const path = `${inside}${field.name}`;
  checkName(path, field.name);
  const isRecord = /^(RECORD|STRUCT)$/i.test(field.type ?? "");
  const kind = isRecord ? "STRUCT" : findScalar(field.type ?? "");
  if (!kind) throw invalid(`Invalid value for type: ${field.type} is not a valid value`);
  if (isRecord && !field.fields?.length) throw invalid(`Field ${path} is type RECORD but has no schema`);
  const mode = (field.mode?.toUpperCase() ?? "NULLABLE") as Field["mode"];
  if (!/^(NULLABLE|REQUIRED|REPEATED)$/.test(mode!))
    throw invalid(`Invalid value for mode: ${mode} is not a valid value`);
  if (kind === "RANGE") throw notHere("columns of type RANGE");
  const { fields, ...rest } = field;
  const nested = isRecord ? { fields: normaliseFields(fields, `${path}.`) } : {};
  return { ...rest, ...stringified(field), type: legacyNames[kind] ?? kind, mode, ...nested };
}

function stringified({ maxLength, precision, scale }: Field): Partial<Field> {
  const given = Object.entries({ maxLength, precision, scale }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}

/** https://cloud.google.com/bigquery/docs/schemas#column_names */
function checkName(path: string, name: string): void {
  const reserved = /^(_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER)/i;
  if (/^[\p{L}\p{N}\p{Pc}\p{Pd}\p{M}&%=+:'<>#| ]{1,300}$/u.test(name ?? "") && !reserved.test(name)) return;
  throw invalid(
    `Invalid field name "${path}". Fields must contain the allowed characters, and be at most 300 characters long.`,
  );
}
