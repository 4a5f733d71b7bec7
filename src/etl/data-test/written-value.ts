/** YAML's values as they are written: a number may have lost digits that its column keeps. */
import type { Path } from "../../spec/document.ts";
import type { Type } from "../../spec/type.ts";
import { isPlainObject } from "../../spec/value.ts";

export interface Written {
  value: unknown;
  type: Type;
  path: Path;
  /** See {@link import("../../spec/document.ts").SourceDocument.plain}. */
  plain: (path: Path) => string | undefined;
}

/** `007` of a STRING stays 007, and 9007199254740993 of an INT64 keeps its last digit. */
export function writtenValue({ value, type, path, plain }: Written): unknown {
  if (type.kind === "ARRAY" && Array.isArray(value)) {
    return value.map((item, i) => writtenValue({ value: item, type: type.element, path: [...path, i], plain }));
  }
  if (type.kind === "STRUCT" && isPlainObject(value)) {
    const types = new Map(type.fields.map((field) => [field.name, field.type]));
    const fields = Object.entries(value).map(([name, item]) => {
      const known = types.get(name);
      return [name, known ? writtenValue({ value: item, type: known, path: [...path, name], plain }) : item];
    });
    return Object.fromEntries(fields) as unknown;
  }
  if (typeof value !== "number" && typeof value !== "boolean") return value;
  const text = plain(path);
  return text !== undefined && keepsText(type, text) ? text : value;
}

/** Hexadecimal and exponents are YAML's ways of writing a number, not its digits. */
function keepsText({ kind }: Type, text: string): boolean {
  if (kind === "STRING") return true;
  return ["INT64", "NUMERIC", "BIGNUMERIC"].includes(kind) && /^[+-]?\d*\.?\d*$/.test(text);
}
