/** Values as DuckDB gives them, as text the way BigQuery writes it. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ScalarKind } from "./type.ts";

export type TimestampFormat = "FLOAT64" | "INT64" | "ISO8601_STRING";

/** The text of a cell in a REST reply. */
export function cellText(kind: ScalarKind, value: DuckDBValue, timestamps: TimestampFormat): string {
  if (value instanceof DuckDBTimestampTZValue) return timestampCell(value.micros, timestamps);
  return valueText(kind, value);
}

/** As `CAST(value AS STRING)` gives it; BYTES in base64. */
function valueText(kind: ScalarKind, value: DuckDBValue): string {
  if (kind === "BIGNUMERIC") return decimalText(value as bigint, 38);
  if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBDateValue) return dateText(value.days);
  if (value instanceof DuckDBTimeValue) return timeText(value.micros);
  if (value instanceof DuckDBTimestampValue) return dateTimeText(value.micros, "T");
  if (value instanceof DuckDBTimestampTZValue) return `${dateTimeText(value.micros, " ")}+00`;
  if (kind === "FLOAT64") return floatText(value as number);
  return String(value);
}

function timestampCell(micros: bigint, format: TimestampFormat): string {
  if (format === "INT64") return String(micros);
  if (format === "ISO8601_STRING") return `${isoText(micros)}.${pad(floorMod(micros, million), 6)}000000Z`;
  const exponent = Number(micros) / 1e6;
  return /e/.test(String(exponent)) ? exponent.toExponential().toUpperCase() : scientific(micros);
}

/** Seconds with all their microseconds, in the form `1.577836800123456E9`. */
function scientific(micros: bigint): string {
  const digits = String(micros < 0n ? -micros : micros).replace(/^0+(?=\d)/, "");
  if (digits === "0") return "0.0";
  const mantissa = `${digits[0]}.${digits.slice(1).replace(/0+$/, "") || "0"}`;
  return `${micros < 0n ? "-" : ""}${mantissa}E${digits.length - 7}`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /[.e]/.test(text) ? text.toUpperCase().replace("E+", "E") : `${text}.0`;
}

/** Digits of a scaled whole number, without zeros that say nothing. */
function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return (value < 0n ? "-" : "") + whole + (fraction && `.${fraction}`);
}

const million = 1_000_000n;
const dayMicros = 86_400n * million;

const floorMod = (value: bigint, by: bigint) => ((value % by) + by) % by;
const floorDiv = (value: bigint, by: bigint) => (value - floorMod(value, by)) / by;
const pad = (value: bigint | number, digits: number) => String(value).padStart(digits, "0");

function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
}

function timeText(micros: bigint): string {
  const seconds = micros / million;
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((it) => pad(it, 2)).join(":");
  return clock + fraction(micros % million);
}

/** BigQuery writes no fraction, three digits, or six. */
function fraction(micros: bigint): string {
  if (micros === 0n) return "";
  return `.${micros % 1000n === 0n ? pad(micros / 1000n, 3) : pad(micros, 6)}`;
}

function dateTimeText(micros: bigint, between: string): string {
  const day = dateText(Number(floorDiv(micros, dayMicros)));
  return day + between + timeText(floorMod(micros, dayMicros));
}

/** To the second. */
function isoText(micros: bigint): string {
  return dateTimeText(floorDiv(micros, million) * million, "T");
}
