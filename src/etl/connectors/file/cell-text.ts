/**
 * Whether a cell's text is a value of its column's type. What passes here, the engine's reader turns into exactly that value;
 * what it would round, cut or guess at (`1.5`, `1e3`, `0x1F` or `1_000` as INT64, a time of day in a DATE) does not pass.
 */
import { canonicalText } from "../../../spec/literal.ts";
import type { Type } from "../../../spec/type.ts";
import { skipDate } from "./cell-bytes.ts";

export type Decimal = "." | ",";

/** Whether a text is a value of a type that is not nested. Spaces around a value belong to it only in STRING and BYTES. */
export function textFits(text: string, type: Type, decimal: Decimal = "."): boolean {
  switch (type.kind) {
    case "STRING":
      return type.parameters === undefined || Array.from(text).length <= type.parameters[0]!;
    case "BYTES":
      return (
        isLiteral(text, type) &&
        (type.parameters === undefined || Buffer.from(text, "base64").length <= type.parameters[0]!)
      );
    case "BOOL":
      return boolPattern.test(text);
    default:
      return trimmedFits(text.trim(), type, decimal);
  }
}

/** What BigQuery reads as BOOL in CSV. Source: https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-csv#data_types */
const boolPattern = /^(?:true|false|t|f|yes|no|y|n|1|0)$/i;

function trimmedFits(text: string, type: Type, decimal: Decimal): boolean {
  switch (type.kind) {
    case "FLOAT64":
      return floatFits(withPoint(text, decimal));
    case "NUMERIC":
    case "BIGNUMERIC":
      return isLiteral(withPoint(text, decimal), type);
    case "DATETIME":
      return dateTimePattern.test(text) && isCalendarDate(text.slice(0, 10));
    case "TIMESTAMP":
      return timestampFits(text);
    case "TIME":
      return new RegExp(`^${clock}$`).test(text);
    case "DATE":
      return isCalendarDate(text);
    case "INT64":
      return isLiteral(text, type);
    default:
      return false;
  }
}

function isLiteral(text: string, type: Type): boolean {
  return "text" in canonicalText(text, type);
}

/** The number as programs write it; no number at all where the other sign stands in it. */
function withPoint(text: string, decimal: Decimal): string {
  if (decimal === ".") return text;
  return text.includes(".") ? "" : text.replace(",", ".");
}

const floatPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinite = /^(?:[+-]?inf(?:inity)?|nan)$/i;

/** Rounding to the nearest FLOAT64 is what the type means; becoming infinite, or nothing, is not. */
function floatFits(text: string): boolean {
  if (!floatPattern.test(text)) return notFinite.test(text);
  const value = Number(text);
  return Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(text.split(/e/i)[0]!));
}

/** Zeros beyond the microsecond are no loss. */
const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6}0*)?)?`;
const dateTimePattern = new RegExp(String.raw`^\d{4}-\d{2}-\d{2}(?:[T ]${clock})?$`);
const zone = String.raw`(?:Z| UTC| ?[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)`;
const timestampPattern = new RegExp(String.raw`^(\d{4}-\d{2}-\d{2}(?:[T ]${clock})?)(${zone})?$`);

/** The engine takes an offset behind seconds only; behind a date, it is more likely a slip. */
const shortestWithZone = "2022-01-20 13:00:00".length;

function timestampFits(text: string): boolean {
  const [, wall, offset] = timestampPattern.exec(text) ?? [];
  if (wall === undefined || (offset !== undefined && wall.length < shortestWithZone)) return false;
  return isCalendarDate(wall.slice(0, 10));
}

export function isCalendarDate(text: string): boolean {
  return text.length === dateLength && skipDate(Buffer.from(text), 0) === dateLength;
}

const dateLength = "2022-01-20".length;
