/**
 * A row as a TypeScript interface. Nothing is rounded: INT64 is bigint, NUMERIC and BIGNUMERIC are texts of digits,
 * dates and times are texts in ISO 8601, because a Date holds milliseconds only and no date without a time.
 */
import type { Table, TableColumn } from "../table.ts";
import type { ScalarName, Type } from "../type.ts";

export const scalars: Record<ScalarName, string> = {
  STRING: "string",
  BYTES: "Uint8Array",
  INT64: "bigint",
  FLOAT64: "number",
  NUMERIC: "string",
  BIGNUMERIC: "string",
  BOOL: "boolean",
  DATE: "string",
  DATETIME: "string",
  TIME: "string",
  TIMESTAMP: "string",
  JSON: "unknown",
};

/** `export interface AppsPerEnv { … }`; a column is `| null` unless a check refuses NULL. */
export function typescriptInterface(table: Table): string {
  return [
    ...comment(table.description),
    `export interface ${interfaceName(table.name)} {`,
    ...table.columns.flatMap(columnLines),
    "}",
  ].join("\n");
}

/** `apps_per_env` is `AppsPerEnv`. */
export function interfaceName(table: string): string {
  const words = table.split("_").filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[\p{L}_]/u.test(name) ? name : `_${name}`;
}

function columnLines({ name, type, description, required }: TableColumn): string[] {
  const line = `${propertyName(name)}: ${required ? typescriptType(type) : orNull(typescriptType(type))};`;
  return [...comment(description), line].map((text) => `  ${text}`);
}

function typescriptType(type: Type): string {
  if (type.kind === "ARRAY") return `${typescriptType(type.element)}[]`;
  if (type.kind !== "STRUCT") return scalars[type.kind];
  return `{ ${type.fields.map((field) => `${propertyName(field.name)}: ${orNull(typescriptType(field.type))}`).join("; ")} }`;
}

function orNull(type: string): string {
  return type === scalars.JSON ? type : `${type} | null`;
}

export function propertyName(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);
}

export function comment(text: string | undefined): string[] {
  if (text === undefined) return [];
  const lines = text.trim().replaceAll("*/", "*\\/").split("\n");
  return lines.length === 1 ? [`/** ${lines[0]} */`] : ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}
