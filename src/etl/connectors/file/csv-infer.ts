/**
 * The types of columns that nobody declared, found out from every value, not from a sample.
 * A column begins as what its first value is, and becomes wider where a value asks for it.
 */
import type { Type } from "../../../spec/type.ts";
import { textFits, type Decimal } from "./cell-text.ts";

type Inferred = Extract<Type["kind"], "INT64" | "FLOAT64" | "BOOL" | "DATE" | "DATETIME" | "TIMESTAMP" | "STRING">;

/** The narrowest first. */
const order: Inferred[] = ["BOOL", "INT64", "FLOAT64", "DATE", "DATETIME", "TIMESTAMP"];

/** What a column of one kind may become without a loss. STRING is possible always. */
const wider: Record<Inferred, Inferred[]> = {
  BOOL: [],
  INT64: ["FLOAT64"],
  FLOAT64: [],
  DATE: ["DATETIME", "TIMESTAMP"],
  DATETIME: ["TIMESTAMP"],
  TIMESTAMP: [],
  STRING: [],
};

/** A FLOAT64 holds integers of this many digits exactly. */
export const exactDigits = 15;

/** @param known what the column is so far; undefined before its first value */
export function widen(known: Inferred | undefined, text: string, decimal: Decimal): Inferred {
  const possible = known === undefined ? order : [known, ...wider[known]];
  return possible.find((kind) => looksLike(text, kind, decimal)) ?? "STRING";
}

export type { Inferred };

function looksLike(text: string, kind: Inferred, decimal: Decimal): boolean {
  const trimmed = text.trim();
  switch (kind) {
    case "BOOL":
      return /^(?:true|false)$/i.test(text);
    // 0301 is no number but a name: of a municipality, say. So is one of more digits than a count has.
    case "INT64":
      return /^-?(?:0|[1-9]\d*)$/.test(trimmed) && textFits(trimmed, { kind });
    case "FLOAT64":
      return (
        !/^[+-]?0\d/.test(trimmed) &&
        /\d/.test(trimmed) &&
        hasExactInteger(trimmed) &&
        textFits(trimmed, { kind }, decimal)
      );
    default:
      return textFits(trimmed, { kind });
  }
}

function hasExactInteger(text: string): boolean {
  return !/^-?\d+$/.test(text) || text.replace("-", "").length <= exactDigits;
}
