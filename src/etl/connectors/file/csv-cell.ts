/** What a declared or found-out column asks of its cells: a quick test of bytes, and the rule for those it does not settle. */
import type { Type } from "../../../spec/type.ts";
import type { DecimalShape } from "./cell-bytes.ts";
import { textFits, type Decimal } from "./cell-text.ts";
import { quickKind } from "./csv-quick.ts";
import { jsonFits } from "./json-value.ts";

export function cellFits(text: string, type: Type, decimal: Decimal): boolean {
  const isJson = type.kind === "JSON" || type.kind === "ARRAY" || type.kind === "STRUCT";
  return isJson ? jsonFits(Buffer.from(text), type) : textFits(text, type, decimal);
}

export function quickKindOf(type: Type | undefined): number {
  switch (type?.kind) {
    case undefined:
      return quickKind.text;
    case "STRING":
      return type.parameters === undefined ? quickKind.text : quickKind.other;
    case "INT64":
      return quickKind.integer;
    case "FLOAT64":
    case "NUMERIC":
    case "BIGNUMERIC":
      return quickKind.decimal;
    case "DATE":
      return quickKind.date;
    case "DATETIME":
    case "TIMESTAMP":
      return quickKind.datetime;
    default:
      return quickKind.other;
  }
}

/** A FLOAT64 of 300 digits is finite, and so is one of 300 decimals; of NUMERIC, all have to fit. */
const floatDigits = 300;

export function decimalShape(type: Type | undefined, decimal: Decimal): DecimalShape {
  const sign = decimal.charCodeAt(0);
  if (type?.kind === "NUMERIC") {
    const [precision = 38, scale = type.parameters ? 0 : 9] = type.parameters ?? [];
    return { sign, before: precision - scale, after: scale };
  }
  if (type?.kind === "BIGNUMERIC") return { sign, before: 38, after: 38 };
  return { sign, before: floatDigits, after: floatDigits };
}
