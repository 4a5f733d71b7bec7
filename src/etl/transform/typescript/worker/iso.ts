/** Between days and microseconds and their texts in ISO 8601. */

const dayMillis = 86_400_000;
const dayMicros = 86_400_000_000;
const mostKept = 4096;
const dayTexts = new Map<number, string>();

/** `2022-01-20` of days since 1970. */
export function dayText(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const text = isoDay(day);
  if (dayTexts.size >= mostKept) dayTexts.clear();
  dayTexts.set(day, text);
  return text;
}

/** Years from 0 to 9999 are all that GoogleSQL has; the engine has others, which ISO writes with six digits. */
function isoDay(day: number): string {
  const date = new Date(day * dayMillis);
  return Number.isNaN(date.getTime()) ? String(day) : date.toISOString().split("T")[0]!;
}

/** `2022-01-20T07:30:00Z`; without its Z for a DATETIME, without its day for a TIME. Fractions only where there are some. */
export function microsText(micros: number | bigint, kind: "DATETIME" | "TIME" | "TIMESTAMP"): string {
  const [day, rest] = split(micros);
  const clock = clockText(rest);
  if (kind === "TIME") return clock;
  return `${dayText(day)}T${clock}${kind === "TIMESTAMP" ? "Z" : ""}`;
}

function split(micros: number | bigint): [day: number, rest: number] {
  if (typeof micros === "number") {
    const day = Math.floor(micros / dayMicros);
    return [day, micros - day * dayMicros];
  }
  const rest = ((micros % BigInt(dayMicros)) + BigInt(dayMicros)) % BigInt(dayMicros);
  return [Number((micros - rest) / BigInt(dayMicros)), Number(rest)];
}

function clockText(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (fraction === 0) return text;
  const digits = String(fraction).padStart(6, "0");
  return `${text}.${digits.endsWith("000") ? digits.slice(0, 3) : digits}`;
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));

const days = new Map<string, number>();

/** Days since 1970; undefined where the text is no day. */
export function dayOf(text: string): number | undefined {
  const known = days.get(text);
  if (known !== undefined) return known;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const millis = Date.parse(text);
  // Some engines would take the 31st of February for a day in March.
  if (Number.isNaN(millis) || isoDay(millis / dayMillis) !== text) return undefined;
  if (days.size >= mostKept) days.clear();
  days.set(text, millis / dayMillis);
  return millis / dayMillis;
}

const pattern =
  /^(?:(\d{4}-\d{2}-\d{2})(?:[T ](?=\d)|$))?(?:([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Microseconds, since 1970 or since midnight; undefined where the text is no such value. A zone is for TIMESTAMP alone, which needs none: it is UTC. */
export function microsOf(text: string, kind: "DATETIME" | "TIME" | "TIMESTAMP"): bigint | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, date, hours, minutes = "0", seconds = "0", fraction = "", zone] = match;
  if ((date === undefined) !== (kind === "TIME") || (zone !== undefined && kind !== "TIMESTAMP")) return undefined;
  if (hours === undefined && (kind === "TIME" || zone !== undefined)) return undefined;
  const day = date === undefined ? 0 : dayOf(date);
  if (day === undefined) return undefined;
  const clock = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds) - zoneSeconds(zone);
  return BigInt(day * 86_400 + clock) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || /z/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  return (zone.startsWith("-") ? -60 : 60) * minutes;
}
