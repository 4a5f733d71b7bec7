/** What is wrong with a cell, and the cure. */
import { formatType, type Type } from "../../../spec/type.ts";
import type { Decimal } from "./cell-text.ts";
import { isCalendarDate } from "./cell-text.ts";

export interface BadCell {
  column: string;
  type: Type;
  text: string;
  decimal: Decimal;
  /** Whether the value may be shown. */
  show: boolean;
}

interface Wording {
  /** Why it is no value of the type; it may tell of the value. */
  why?: string;
  cure: string;
}

const longestShown = 60;

/** @param wording where more is known than the text tells */
export function describeCell(cell: BadCell, wording?: Wording): { message: string; hint: string } {
  const { column, type, text, show } = cell;
  const { why, cure } = wording ?? wordingOf(cell);
  const what = show ? `\`${shorten(text)}\` in column \`${column}\`` : `a value of column \`${column}\``;
  return { message: `${what} is not ${withArticle(type)}${show && why ? `: ${why}` : ""}`, hint: cure };
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
}

function withArticle(type: Type): string {
  const name = formatType(type);
  return `${/^[AI]/.test(name) ? "an" : "a"} ${name}`;
}

/** Words that programs write for no value. */
const nullWords = new Set(["na", "n/a", "#n/a", "null", "none", "nil", "nan", "-", "--", ".", "..", ":", "\\n", "?"]);

function wordingOf({ type, text, decimal, show }: BadCell): Wording {
  const trimmed = text.trim();
  if (trimmed === "") return { why: "it is empty, and in quotes", cure: 'If it means NULL, say `nulls: [""]`.' };
  if (nullWords.has(trimmed.toLowerCase()) && type.kind !== "STRING") {
    return {
      cure: `If it means NULL, say so: ${show ? `\`nulls: [${JSON.stringify(trimmed)}]\`` : "list it in `nulls:`"}.`,
    };
  }
  return wordings[type.kind](trimmed, type, decimal);
}

const wordings: Record<Type["kind"], (text: string, type: Type, decimal: Decimal) => Wording> = {
  INT64: integerWording,
  FLOAT64: numberWording,
  NUMERIC: numberWording,
  BIGNUMERIC: numberWording,
  BOOL: () => ({ cure: "Write true or false." }),
  DATE: dateWording,
  DATETIME: dateTimeWording,
  TIMESTAMP: timestampWording,
  TIME: () => ({ cure: "Write times as 13:00:00, with a fraction of at most six digits." }),
  BYTES: (_text, type) => ({ cure: `Bytes are written in base64${lengthOf(type, "bytes")}.` }),
  STRING: (_text, type) => ({
    why: "it is longer",
    cure: `Declare more than ${"parameters" in type ? type.parameters?.[0] : 0} characters, or STRING.`,
  }),
  JSON: () => ({ cure: "Write JSON: names and texts in double quotes. To keep the text as it is, declare STRING." }),
  ARRAY: (_text, type) => ({ cure: `Write JSON that fits ${formatType(type)}: [1, 2].` }),
  STRUCT: (_text, type) => ({ cure: `Write JSON that fits ${formatType(type)}: {"name": …}.` }),
};

function lengthOf(type: Type, unit: string): string {
  const length = "parameters" in type ? type.parameters?.[0] : undefined;
  return length === undefined ? "" : `, at most ${length} ${unit}`;
}

const grouped = /^[+-]?\d{1,3}(?:[\u0020\u00a0\u202f'.,]\d{3})+(?:[.,]\d+)?$/u;

function integerWording(text: string, type: Type, decimal: Decimal): Wording {
  if (/^[+-]?\d+$/.test(text))
    return { why: "it does not fit into 64 bits", cure: "Declare NUMERIC, BIGNUMERIC or STRING." };
  if (/^[+-]?\d+[.,]0+$/.test(text)) {
    return {
      why: "it has decimals",
      cure: 'Write it without; pandas writes 3.0 for 3 where a column has gaps (`astype("Int64")` mends it). Or declare FLOAT64.',
    };
  }
  if (/^[+-]?\d*[.,]\d+$/.test(text) && !grouped.test(text))
    return { why: "it has decimals", cure: "Declare FLOAT64 or NUMERIC, and round in a model." };
  if (/^[+-]?\d[\d.]*e[+-]?\d+$/i.test(text))
    return { why: "it is written with an exponent", cure: "Write its digits, or declare FLOAT64." };
  return numberWording(text, type, decimal);
}

function numberWording(text: string, type: Type, decimal: Decimal): Wording {
  if (decimal === "." && /^[+-]?\d+,\d+$/.test(text))
    return { why: "it has a comma", cure: 'Write numbers with a point, or say `decimal: ","`.' };
  if (decimal === "," && /^[+-]?\d+\.\d+$/.test(text))
    return {
      why: "it has a point, and the decimal sign is a comma",
      cure: 'Remove `decimal: ","`, or write numbers with a comma.',
    };
  if (grouped.test(text))
    return {
      why: "its digits are grouped",
      cure: "Write numbers without separators between thousands; or declare STRING, and remove them in a model.",
    };
  if (/^[+-]?[\d.,]+$/.test(text)) return digitsWording(type);
  return { cure: type.kind === "INT64" ? "Write the digits only, as 1000." : "Write numbers as 1000.5." };
}

function digitsWording({ kind }: Type): Wording {
  if (kind === "NUMERIC")
    return {
      why: "it has more digits than fit",
      cure: "NUMERIC holds 29 digits before the point and 9 after it: declare BIGNUMERIC, or FLOAT64 if it may be rounded.",
    };
  if (kind === "BIGNUMERIC")
    return {
      why: "it has more digits than fit",
      cure: "BIGNUMERIC holds 38 digits on each side of the point: declare STRING.",
    };
  return { cure: "Write numbers as 1000.5." };
}

function dateWording(text: string): Wording {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (parts && !isCalendarDate(parts[0]))
    return { why: wrongDay(parts), cure: "Write dates as 2022-01-20: year, month, day." };
  if (parts && text.length > 10)
    return { why: "it has a time of day", cure: "Declare DATETIME or TIMESTAMP, and cast it in a model." };
  const other = otherDateFormat(text);
  if (other)
    return {
      cure: `Write dates as 2022-01-20; or declare STRING, and convert it in a model: CAST(strptime(column, '${other}') AS DATE).`,
    };
  return { cure: "Write dates as 2022-01-20." };
}

function wrongDay([, year, month, day]: RegExpExecArray): string {
  if (Number(year) === 0) return "there is no year 0";
  if (Number(month) > 12 || Number(month) === 0) return `there is no month ${month}`;
  return `month ${month} of ${year} has no day ${day}`;
}

const dateFormats: [pattern: RegExp, format: string][] = [
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, "%d.%m.%Y"],
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, "%d/%m/%Y"],
  [/^\d{4}\/\d{1,2}\/\d{1,2}$/, "%Y/%m/%d"],
  [/^\d{1,2}-\d{1,2}-\d{4}$/, "%d-%m-%Y"],
  [/^\d{8}$/, "%Y%m%d"],
];

function otherDateFormat(text: string): string | undefined {
  return dateFormats.find(([pattern]) => pattern.test(text))?.[1];
}

function dateTimeWording(text: string): Wording {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (parts && !isCalendarDate(parts[0])) return { why: wrongDay(parts), cure: "Write it as 2022-01-20 13:00:00." };
  if (/(?:Z|UTC|[+-]\d{2}:?\d{2}|:\d{2}[+-]\d{2})$/.test(text))
    return { why: "it has a time zone", cure: "Declare TIMESTAMP." };
  return { cure: "Write it as 2022-01-20 13:00:00, with a fraction of at most six digits." };
}

function timestampWording(text: string): Wording {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (parts && !isCalendarDate(parts[0]))
    return { why: wrongDay(parts), cure: "Write it as 2022-01-20T13:00:00+01:00." };
  if (/^\d{9,16}$/.test(text))
    return {
      why: "it is a number",
      cure: "Declare INT64, and make a time of it in a model: epoch_ms(column), make_timestamptz(column).",
    };
  return { cure: "Write it as 2022-01-20T13:00:00+01:00; without an offset it is in UTC." };
}
