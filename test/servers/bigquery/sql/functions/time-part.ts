/** Functions that take a word for a part, as DATE_TRUNC(day, MONTH), a format, or the time of the statement. */
import { notHere } from "../../api-error.ts";
import { quoteText, scalar, showType, type ScalarKind } from "../../value/type.ts";
import type { Expression } from "../syntax.ts";
import { queryError } from "../token.ts";
import { canCoerce, coerce, typed, type Typed } from "../typed.ts";
import { local } from "./extract.ts";
import type { FunctionCall, Special } from "./functions.ts";
import { utc } from "./time.ts";

const units: Record<string, number> = {
  MICROSECOND: 1,
  MILLISECOND: 1e3,
  SECOND: 1e6,
  MINUTE: 60e6,
  HOUR: 3600e6,
  DAY: 86_400e6,
};

const dateUnits: Record<string, string> = {
  DAY: "to_days",
  WEEK: "to_weeks",
  MONTH: "to_months",
  QUARTER: "to_quarters",
  YEAR: "to_years",
};

/** The function's own type, which its first argument must have. */
function subject({ call, translate }: FunctionCall, kind: ScalarKind): Typed {
  const value = call.args[0] && translate(call.args[0]);
  if (value && canCoerce(value, scalar(kind))) return coerce(value, scalar(kind));
  throw queryError(
    `No matching signature for function ${call.name} for argument type: ${value ? showType(value.type) : "none"}`,
    call.at,
  );
}

function partName(of: Expression | undefined): string {
  if (of?.kind === "path" && of.names.length === 1) return of.names[0]!.toUpperCase();
  throw notHere("a date part that is no word");
}

/** DATE_ADD(d, INTERVAL 1 MONTH) and its sisters. */
function add(kind: ScalarKind, sign: "+" | "-"): Special {
  return (parts) => {
    const { call, translate } = parts;
    const value = subject(parts, kind);
    const interval = call.args[1];
    if (interval?.kind !== "interval") throw queryError(`${call.name} takes an INTERVAL`, call.at);
    const count = coerce(translate(interval.count), scalar("INT64")).sql;
    return typed(
      kind,
      `CAST(${value.sql} ${sign} ${intervalSql(kind, interval.part, count)} AS ${kind === "TIMESTAMP" ? "TIMESTAMPTZ" : kind === "DATETIME" ? "TIMESTAMP" : kind})`,
    );
  };
}

function intervalSql(kind: ScalarKind, part: string, count: string): string {
  const unit = units[part];
  const calendar = dateUnits[part];
  const isCalendar = calendar !== undefined && (kind === "DATE" || kind === "DATETIME");
  if (isCalendar) return `${calendar}(CAST(${count} AS INTEGER))`;
  if (unit === undefined || kind === "DATE") throw notHere(`INTERVAL … ${part} for ${kind}`);
  return `to_microseconds(${count} * ${unit})`;
}

/** The first day of the week in which a day lies. `WEEK` begins on Sunday, `ISOWEEK` on Monday. */
const weekdays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];

function weekStart(part: string): number | undefined {
  if (part === "WEEK") return 0;
  if (part === "ISOWEEK") return 1;
  const day = /^WEEK\((\w+)\)$/.exec(part)?.[1];
  return day === undefined ? undefined : weekdays.indexOf(day);
}

/** A local time, cut down to the part. */
function truncated(value: string, part: string): string {
  const first = weekStart(part);
  if (first !== undefined)
    return `date_trunc('day', ${value}) - to_days(CAST((dayofweek(${value}) + ${7 - first}) % 7 AS INTEGER))`;
  if (/^(YEAR|QUARTER|MONTH|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)$/.test(part))
    return `date_trunc('${part.toLowerCase()}', ${value})`;
  throw notHere(`truncation to ${part}`);
}

function truncate(kind: ScalarKind): Special {
  return (parts) => {
    const value = subject(parts, kind);
    const part = partName(parts.call.args[1]);
    const zone = parts.call.args[2] && coerce(parts.translate(parts.call.args[2]), scalar("STRING")).sql;
    if (kind === "DATE") return typed(kind, `CAST(${truncated(value.sql, part)} AS DATE)`);
    const cut = `CAST(${truncated(local(value, zone), part)} AS TIMESTAMP)`;
    return typed(kind, kind === "TIMESTAMP" ? utc(cut, zone) : cut);
  };
}

/** DATE_DIFF and DATETIME_DIFF count the boundaries between two times. */
function boundaries(kind: ScalarKind): Special {
  return (parts) => {
    const part = partName(parts.call.args[2]);
    const [a, b] = [0, 1].map((i) => coerce(parts.translate(parts.call.args[i]!), scalar(kind)).sql) as [
      string,
      string,
    ];
    subject(parts, kind);
    if (weekStart(part) === undefined) {
      if (!/^(YEAR|QUARTER|MONTH|DAY|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)$/.test(part))
        throw notHere(`${parts.call.name} in ${part}`);
      return typed("INT64", `date_diff('${part.toLowerCase()}', ${b}, ${a})`);
    }
    return typed("INT64", `(date_diff('day', ${truncated(b, part)}, ${truncated(a, part)}) // 7)`);
  };
}

/** TIMESTAMP_DIFF counts whole units. */
function whole(parts: FunctionCall): Typed {
  const unit = units[partName(parts.call.args[2])];
  if (unit === undefined) throw notHere(`TIMESTAMP_DIFF in ${partName(parts.call.args[2])}`);
  const [a, b] = [0, 1].map((i) => coerce(parts.translate(parts.call.args[i]!), scalar("TIMESTAMP")).sql);
  return typed("INT64", `CAST((epoch_us(${a}) - epoch_us(${b})) // ${unit} AS BIGINT)`);
}

/** Elements of a format that both write the same. */
const formats = /^(?:[^%]|%[YmdHMSFTjy%])*$/;

function format(kind: ScalarKind): Special {
  return (parts) => {
    const [pattern, value] = parts.call.args.map(parts.translate);
    if (pattern?.text === undefined || !formats.test(pattern.text)) throw notHere(`this format in ${parts.call.name}`);
    const zone = parts.call.args[2] && coerce(parts.translate(parts.call.args[2]), scalar("STRING")).sql;
    const written = pattern.text.replaceAll("%F", "%Y-%m-%d").replaceAll("%T", "%H:%M:%S");
    return typed("STRING", `strftime(${local(coerce(value!, scalar(kind)), zone)}, ${quoteText(written)})`);
  };
}

function parse(kind: ScalarKind): Special {
  return (parts) => {
    const [pattern, value] = parts.call.args.map(parts.translate);
    if (pattern?.text === undefined || !formats.test(pattern.text)) throw notHere(`this format in ${parts.call.name}`);
    const written = pattern.text.replaceAll("%F", "%Y-%m-%d").replaceAll("%T", "%H:%M:%S");
    const read = `strptime(${coerce(value!, scalar("STRING")).sql}, ${quoteText(written)})`;
    return typed(
      kind,
      kind === "TIMESTAMP" ? utc(read) : `CAST(${read} AS ${kind === "DATETIME" ? "TIMESTAMP" : kind})`,
    );
  };
}

const nowSql = ({ context }: FunctionCall) => `CAST('${context.now.toISOString().replace("Z", "+00")}' AS TIMESTAMPTZ)`;

const zoneOf = (parts: FunctionCall) =>
  parts.call.args[0] ? coerce(parts.translate(parts.call.args[0]), scalar("STRING")).sql : "'UTC'";

/** Functions that take a word for a part, or the time of the statement. */
export const timeParts: Record<string, Special> = {
  CURRENT_TIMESTAMP: (parts) => typed("TIMESTAMP", nowSql(parts)),
  CURRENT_DATE: (parts) => typed("DATE", `CAST(timezone(${zoneOf(parts)}, ${nowSql(parts)}) AS DATE)`),
  CURRENT_DATETIME: (parts) => typed("DATETIME", `timezone(${zoneOf(parts)}, ${nowSql(parts)})`),
  DATE_ADD: add("DATE", "+"),
  DATE_SUB: add("DATE", "-"),
  DATETIME_ADD: add("DATETIME", "+"),
  DATETIME_SUB: add("DATETIME", "-"),
  TIMESTAMP_ADD: add("TIMESTAMP", "+"),
  TIMESTAMP_SUB: add("TIMESTAMP", "-"),
  DATE_TRUNC: truncate("DATE"),
  DATETIME_TRUNC: truncate("DATETIME"),
  TIMESTAMP_TRUNC: truncate("TIMESTAMP"),
  DATE_DIFF: boundaries("DATE"),
  DATETIME_DIFF: boundaries("DATETIME"),
  TIMESTAMP_DIFF: whole,
  FORMAT_DATE: format("DATE"),
  FORMAT_DATETIME: format("DATETIME"),
  FORMAT_TIMESTAMP: format("TIMESTAMP"),
  PARSE_DATE: parse("DATE"),
  PARSE_DATETIME: parse("DATETIME"),
  PARSE_TIMESTAMP: parse("TIMESTAMP"),
  /** A text that is no literal may have any form that a cast takes. */
  STRING(parts) {
    throw notHere(`${parts.call.name}(): use CAST`);
  },
};
