/** Texts that BigQuery takes for a value: in a query's parameters, in literals, and in the lines of NDJSON. */
import { invalid } from "../api-error.ts";
import { duckType, quoteText, type ScalarKind } from "./type.ts";
import { canonicalJson } from "./json.ts";

/** A DuckDB expression that gives the value. @throws ApiError where BigQuery would not read the text. */
export function literal(kind: ScalarKind, text: string): string {
  return `CAST(${quoteText(canonicalText(kind, text))} AS ${duckType({ kind })})`;
}

/** The text in the form that DuckDB casts to the type by which the server holds it. */
export function canonicalText(kind: ScalarKind, text: string): string {
  const read = readers[kind];
  const found = read ? read(text) : text;
  if (found === undefined) throw invalid(`Could not cast literal "${text}" to type ${kind}`);
  return found;
}

type Reader = (text: string) => string | undefined;

const day = String.raw`(\d{1,4})-(\d{1,2})-(\d{1,2})`;

const clock = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,6}0*)?`;

const zone = String.raw`(?:\s?(Z|UTC|[+-]\d{1,2}(?::?\d{2})?))?`;

const patterns = {
  date: new RegExp(`^${day}$`),
  time: new RegExp(`^${clock}$`),
  dateTime: new RegExp(`^${day}(?:[ Tt]${clock})?$`),
  timestamp: new RegExp(`^${day}(?:[ Tt]${clock})?${zone}$`, "i"),
};

const readers: Partial<Record<ScalarKind, Reader>> = {
  INT64: (text) => (/^\s*[+-]?\d+\s*$/.test(text) && fitsInt64(text) ? text.trim() : undefined),
  FLOAT64: readFloat,
  NUMERIC: (text) => rescale(text, 9, 10n ** 38n),
  BIGNUMERIC: (text) => scaled(text, 38, 1n << 255n)?.toString(),
  BOOL: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined),
  BYTES: readBase64,
  DATE: (text) => readDate(patterns.date.exec(text)),
  TIME: (text) => readTime(patterns.time.exec(text), 1),
  DATETIME: (text) => readDateTime(patterns.dateTime.exec(text)),
  TIMESTAMP: readTimestamp,
  JSON: canonicalJson,
  // Columns of these types may be declared, and hold nothing.
  GEOGRAPHY: () => undefined,
  INTERVAL: () => undefined,
  RANGE: () => undefined,
};

function fitsInt64(text: string): boolean {
  return BigInt.asIntN(64, BigInt(text.trim().replace(/^\+/, ""))) === BigInt(text.trim().replace(/^\+/, ""));
}

function readFloat(text: string): string | undefined {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith("-") ? "-inf" : "inf";
  if (/^nan$/i.test(text)) return "nan";
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? text.trim() : undefined;
}

/** Base64 in, DuckDB's `\xNN` out. */
function readBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined;
  return bytesText(Buffer.from(text, "base64"));
}

/** Bytes in DuckDB's text form. */
export function bytesText(bytes: Uint8Array): string {
  return [...bytes].map((it) => `\\x${it.toString(16).padStart(2, "0")}`).join("");
}

function rescale(text: string, scale: number, limit: bigint): string | undefined {
  const value = scaled(text, scale, limit);
  if (value === undefined) return undefined;
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A decimal text as a whole number of 10^-scale, rounded half away from zero; undefined where it is too large. */
function scaled(text: string, scale: number, limit: bigint): bigint | undefined {
  const found = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?\s*$/i.exec(text);
  if (!found || !(found[2] || found[3])) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
  if (value >= limit) return undefined;
  return sign === "-" ? -value : value;
}

function divideRounded(value: bigint, by: bigint): bigint {
  return (value + by / 2n) / by;
}

function readDate(found: RegExpExecArray | null, from = 1): string | undefined {
  if (!found) return undefined;
  const [year, month, date] = [0, 1, 2].map((i) => Number(found[from + i])) as [number, number, number];
  const check = new Date(0);
  check.setUTCFullYear(year, month - 1, date);
  if (year < 1 || check.getUTCMonth() !== month - 1 || check.getUTCDate() !== date) return undefined;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}`;
}

function readTime(found: RegExpExecArray | null, from: number): string | undefined {
  if (!found) return undefined;
  if (found[from] === undefined) return "00:00:00";
  const [hour, minute, second] = [0, 1, 2].map((i) => Number(found[from + i])) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${found[from + 3]?.slice(0, 7) ?? ""}`;
}

const pad = (value: number, digits: number) => String(value).padStart(digits, "0");

function readDateTime(found: RegExpExecArray | null): string | undefined {
  const [date, time] = [readDate(found), readTime(found, 4)];
  return date && time && `${date} ${time}`;
}

function readTimestamp(text: string): string | undefined {
  const found = patterns.timestamp.exec(text);
  const local = readDateTime(found);
  if (!local) return undefined;
  return `${local}${readZone(found![8])}`;
}

/** A zone by its offset; names of places are for SQL functions only here. */
function readZone(text: string | undefined): string {
  if (!text || /^(z|utc)$/i.test(text)) return "+00";
  const [, sign, hours = "0", minutes = "00"] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(text)!;
  return `${sign}${pad(Number(hours), 2)}:${minutes}`;
}
