/**
 * Cron lines as the Kubernetes CronJob controller reads them (robfig/cron v3, `ParseStandard`): five fields of numbers,
 * names, lists, ranges and steps, `*` and `?`, or a word such as `@daily`. No seconds, `L`, `W`, `#`, and no weekday 7.
 */

export interface Cron {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  daysOfMonth: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Where both day fields say something, a day that either of them names counts. */
  eitherDay: boolean;
}

/** What is wrong with a line; the message follows it: "`61 * * * *`: minute 61 is …". */
export class CronSyntaxError extends Error {
  override name = "CronSyntaxError";
  readonly hint: string;

  constructor(message: string, hint = "Minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6 (0 is Sunday).") {
    super(message);
    this.hint = hint;
  }
}

interface Field {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: months },
  { name: "weekday", min: 0, max: 6, names: weekdays },
];

const words: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const fieldsHint = "Write minute, hour, day of month, month, day of week: 30 6 * * * is half past six each day.";

/** @throws {CronSyntaxError} */
export function parseCron(text: string): Cron {
  const line = spellOut(text.trim());
  const parts = line.split(/\s+/);
  if (parts.length !== fields.length)
    throw new CronSyntaxError(`it has ${parts.length} fields, not ${fields.length}`, fieldsHint);
  const [minutes, hours, daysOfMonth, monthsOfYear, daysOfWeek] = parts.map((part, i) => parseField(part, fields[i]!));
  const cron: Cron = {
    minutes: minutes!.values,
    hours: hours!.values,
    daysOfMonth: daysOfMonth!.values,
    months: monthsOfYear!.values,
    weekdays: daysOfWeek!.values,
    eitherDay: !daysOfMonth!.isOpen && !daysOfWeek!.isOpen,
  };
  if (!hasDay(cron))
    throw new CronSyntaxError("it never comes: there is no such day", "Check day of month against month.");
  return cron;
}

/** The five fields that a word stands for; a line of fields as it is. */
export function spellOut(text: string): string {
  if (!text.startsWith("@")) return text;
  const line = words[text];
  if (text.startsWith("@every"))
    throw new CronSyntaxError(
      "when `@every` is due, nobody can say beforehand",
      "Write minutes and hours: */15 * * * *.",
    );
  if (line === undefined)
    throw new CronSyntaxError(`\`${text}\` is not a known word`, `Known: ${Object.keys(words).join(", ")}.`);
  return line;
}

/** Whether a day of the calendar is one of the line's. `weekday` 0 is Sunday, `month` 1 is January. */
export function matchesDay(
  cron: Cron,
  { month, day, weekday }: { month: number; day: number; weekday: number },
): boolean {
  if (!cron.months.has(month)) return false;
  const byMonth = cron.daysOfMonth.has(day);
  const byWeek = cron.weekdays.has(weekday);
  return cron.eitherDay ? byMonth || byWeek : byMonth && byWeek;
}

function hasDay(cron: Cron): boolean {
  if (cron.eitherDay || cron.daysOfMonth.size === 31) return true;
  const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const first = Math.min(...cron.daysOfMonth);
  return [...cron.months].some((month) => first <= longest[month - 1]!);
}

/** An open field (`*`, `?`) says nothing of the day; with a step it does. */
function parseField(text: string, field: Field): { values: Set<number>; isOpen: boolean } {
  const ranges = text.split(",").map((part) => parseRange(part, field));
  return { values: new Set(ranges.flatMap(({ values }) => values)), isOpen: ranges.some(({ isOpen }) => isOpen) };
}

function parseRange(text: string, field: Field): { values: number[]; isOpen: boolean } {
  const [range = "", step, ...more] = text.split("/");
  if (more.length > 0) throw new CronSyntaxError(`\`${text}\` has two slashes`);
  const width = step === undefined ? 1 : parseStep(step, text);
  const isStar = range === "*" || range === "?";
  const [low, high] = isStar ? [field.min, field.max] : parseEnds({ range, field, hasStep: step !== undefined });
  const values = Array.from({ length: Math.floor((high - low) / width) + 1 }, (_, i) => low + i * width);
  return { values, isOpen: isStar && width === 1 };
}

function parseStep(step: string, text: string): number {
  if (!/^\d+$/.test(step) || Number(step) === 0)
    throw new CronSyntaxError(`the step of \`${text}\` is not a number of 1 or more`);
  return Number(step);
}

/** A single number with a step begins there and goes on to the end. */
function parseEnds({ range, field, hasStep }: { range: string; field: Field; hasStep: boolean }): [number, number] {
  const [first = "", last, ...more] = range.split("-");
  if (more.length > 0) throw new CronSyntaxError(`\`${range}\` has two hyphens`);
  const low = parseValue(first, field);
  if (last === undefined) return [low, hasStep ? field.max : low];
  const high = parseValue(last, field);
  if (high < low) throw new CronSyntaxError(`\`${range}\` ends before it begins`);
  return [low, high];
}

function parseValue(text: string, { name, min, max, names }: Field): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index >= 0) return index + min;
  if (/^\d*[LW]$|#/i.test(text))
    throw new CronSyntaxError(
      `\`${text}\` is not known to Kubernetes`,
      "Use numbers, names, *, lists, ranges and steps.",
    );
  if (!/^\d+$/.test(text)) throw new CronSyntaxError(`\`${text}\` is not ${name === "hour" ? "an" : "a"} ${name}`);
  const value = Number(text);
  if (value < min || value > max) {
    const hint = name === "weekday" && value === 7 ? " (Sunday is 0)" : "";
    throw new CronSyntaxError(`${name} ${value} is outside ${min} to ${max}${hint}`);
  }
  return value;
}
