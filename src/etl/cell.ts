/** A value of a column in the one form in which values are compared and shown, whoever wrote it: an engine or a person. */
import type { Type } from "../spec/type.ts";
import { inOneLine } from "../util/table.ts";

/** FLOAT64 is a number, ARRAY a list, STRUCT an object; all else is text: `1.5`, `2022-01-20 07:30:00+00`. */
export type Cell = null | string | number | Cell[] | { [field: string]: Cell };

/** How far apart two FLOAT64 may be and still be equal: absolutely for small numbers, in proportion for large ones. */
const tolerance = 1e-9;

/**
 * @param value as the engine returns it, or its canonical text: see {@link import("../spec/literal.ts").canonicalText}
 */
export function toCell(value: unknown, type: Type): Cell {
  if (value === null || value === undefined) return null;
  if (type.kind === "ARRAY") return (parsed(value) as unknown[]).map((item) => toCell(item, type.element));
  if (type.kind === "STRUCT") {
    const fields = parsed(value) as Record<string, unknown>;
    return Object.fromEntries(type.fields.map((field) => [field.name, toCell(fields[field.name], field.type)]));
  }
  return scalarCell(`${value as string | number}`, type);
}

function scalarCell(text: string, { kind }: Type): Cell {
  switch (kind) {
    case "FLOAT64":
      return toNumber(text);
    case "NUMERIC":
    case "BIGNUMERIC":
      return decimalText(text);
    case "TIME":
    case "DATETIME":
      return clockText(text);
    case "TIMESTAMP":
      return timestampText(text);
    case "JSON":
      return jsonText(text);
    default:
      return text;
  }
}

/** NULL equals NULL, and NaN equals NaN. */
export function equalCells(a: Cell, b: Cell): boolean {
  if (typeof a === "number" && typeof b === "number") return equalNumbers(a, b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equalCells(item, b[i]!));
  if (isStruct(a) && isStruct(b)) return Object.entries(a).every(([name, value]) => equalCells(value, b[name] ?? null));
  return a === b;
}

/** Whether a column's values stand to the right. */
export function isNumeric({ kind }: Type): boolean {
  return ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"].includes(kind);
}

/** In one line. A text that would look like nothing, or like NULL, stands in quotes. */
export function showCell(cell: Cell, type: Type): string {
  if (typeof cell === "string")
    return cell.trim() === cell && cell !== "" && cell !== "NULL" ? inOneLine(cell) : `'${inOneLine(cell)}'`;
  return showInside(cell, type);
}

/** `[1, 2]`, `{n: 1.5, name: "x"}`: in lists and structs, texts stand in quotes. */
function showInside(cell: Cell, type: Type): string {
  if (cell === null) return "NULL";
  if (type.kind === "ARRAY") return `[${(cell as Cell[]).map((item) => showInside(item, type.element)).join(", ")}]`;
  if (type.kind === "STRUCT") {
    const fields = cell as { [field: string]: Cell };
    return `{${type.fields.map(({ name, type: inner }) => `${name}: ${showInside(fields[name] ?? null, inner)}`).join(", ")}}`;
  }
  const isBare = isNumeric(type) || type.kind === "BOOL" || type.kind === "JSON";
  return isBare && typeof cell !== "object" ? inOneLine(String(cell)) : JSON.stringify(cell);
}

function isStruct(cell: Cell): cell is { [field: string]: Cell } {
  return typeof cell === "object" && cell !== null && !Array.isArray(cell);
}

function equalNumbers(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return (
    Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))
  );
}

function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

function toNumber(text: string): number {
  const infinite = /^([+-]?)inf/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Without a plus sign, and without zeros that say nothing. */
function decimalText(text: string): string {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = ""] = match;
  const digits = `${whole || "0"}${fraction && `.${fraction}`}`;
  return sign === "-" && digits !== "0" ? `-${digits}` : digits;
}

/** Times have seconds, and of their fraction only what is not zero. */
function clockText(text: string): string {
  const seconds = text.replace(/([ T]|^)(\d{2}:\d{2})$/, "$1$2:00");
  return seconds
    .replace(/\.(\d*?)0*$/, (_, digits: string) => (digits === "" ? "" : `.${digits}`))
    .replace(/^(\d{4}-\d{2}-\d{2})$/, "$1 00:00:00");
}

const zoned = /^(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?)(\.\d+)?([+-]\d{2})(?::?(\d{2}))?$/;

/** In UTC. Its fraction, finer than a Date's, is kept beside it. */
function timestampText(text: string): string {
  const match = zoned.exec(text);
  if (!match) return text;
  const [, wall = "", fraction = "", hours = "", minutes = "00"] = match;
  const instant = new Date(`${clockText(wall).replace(" ", "T")}${hours}:${minutes}`);
  return `${clockText(`${instant.toISOString().slice(0, 19).replace("T", " ")}${fraction}`)}+00`;
}

/** A reviver that makes whole numbers of whole numbers, of any size. */
const keepWhole = (_key: string, value: unknown, context?: { source?: string }) =>
  typeof value === "number" && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context!.source!) : value;

/** With the keys of objects in order, and whole numbers of any size as they are. */
function jsonText(text: string): string {
  return sortedJson(JSON.parse(text, keepWhole));
}

function sortedJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sortedJson(item)}`).join(",")}}`;
}
