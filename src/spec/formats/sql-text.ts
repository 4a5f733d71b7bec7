/** Names and texts in standard SQL, and what is the same in every CREATE TABLE. */
import type { Field, Type } from "../type.ts";

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `dataset.table`, each part quoted. */
export function quoteDotted(name: string): string {
  return name.split(".").map(quoteIdentifier).join(".");
}

/** `CREATE TABLE name (` and each line indented. */
export function createTable(name: string, lines: string[], options = ""): string {
  return `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n)${options};`;
}

export interface NamedStruct {
  name: string;
  fields: Field[];
}

/**
 * Databases that know no anonymous STRUCT get a named type for each, inner ones first.
 * `prefix` is the table's name: `apps` and column `items` make `apps_items`.
 */
export function namedStructs(type: Type, prefix: string): NamedStruct[] {
  if (type.kind === "ARRAY") return namedStructs(type.element, prefix);
  if (type.kind !== "STRUCT") return [];
  const inner = type.fields.flatMap((field) => namedStructs(field.type, `${prefix}_${field.name}`));
  return [...inner, { name: prefix, fields: type.fields }];
}
