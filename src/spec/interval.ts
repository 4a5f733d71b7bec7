/** Intervals: which slice of time a run is for. Half-open, in the schedule's time zone. */
import { z } from "zod";

export const intervalUnits = ["hour", "day", "month"] as const;
export type IntervalUnit = (typeof intervalUnits)[number];

const label = { hour: /^\d{4}-\d{2}-\d{2}T\d{2}b?$/, day: /^\d{4}-\d{2}-\d{2}$/, month: /^\d{4}-\d{2}$/ };

const intervalObject = z
  .strictObject({
    every: z.enum(intervalUnits).describe("The length of an interval"),
    sample: z
      .string()
      .optional()
      .describe("The interval that a local run on samples stands for: 2022-01-20, 2022-01-20T07 or 2022-01"),
  })
  .superRefine(({ every, sample }, context) => {
    if (sample === undefined || parseLabel(sample, every)) return;
    context.addIssue({
      code: "custom",
      path: ["sample"],
      message: `\`${sample}\` is not ${article(every)} ${every}`,
      params: { hint: `Write it as ${exampleLabel(every)}.` },
    });
  });

/** `interval: day`, or `interval: { every: day, sample: 2022-01-20 }`. */
export const intervalSchema = z
  .preprocess((value) => (typeof value === "string" ? { every: value } : value), intervalObject)
  .meta({
    id: "interval",
    description: "Each run is for one interval: the last complete one before its scheduled time",
    shorthand: { enum: [...intervalUnits] },
  });

export interface Interval {
  every: IntervalUnit;
  /** The interval's name: `2022-01-20`, `2022-01-20T07` (with a `b` where that hour comes twice), `2022-01`. Also the run's id. */
  label: string;
  /** First instant, and the first instant after it, as absolute time. */
  start: Date;
  end: Date;
  /** What `$interval_start` and `$interval_end` are bound to: a DATE (`2022-01-20`) for day and month, a TIMESTAMP in UTC for hour. */
  startValue: string;
  endValue: string;
  type: "DATE" | "TIMESTAMP";
}

export function exampleLabel(every: IntervalUnit): string {
  return { hour: "2022-01-20T07", day: "2022-01-20", month: "2022-01" }[every];
}

/** The interval that a label names, or undefined where the label is no such hour, day or month. */
export function parseLabel(text: string, every: IntervalUnit, timeZone = "UTC"): Interval | undefined {
  if (!label[every].test(text)) return undefined;
  if (text.endsWith("b")) return secondTwin(text, timeZone);
  const [year = 0, month = 1, day = 1, hour = 0] = text.split(/[-T]/).map(Number);
  const wall = new Date(Date.UTC(year, month - 1, day, hour));
  const interval = intervalAt(toInstant(wall, timeZone), every, timeZone);
  // Not so for 2022-02-30, nor for the hour that a change of clocks skips.
  return interval.label === text ? interval : undefined;
}

/** The last interval that is complete at `scheduled`. */
export function lastComplete(scheduled: Date, every: IntervalUnit, timeZone = "UTC"): Interval {
  const current = intervalAt(scheduled, every, timeZone);
  return intervalAt(new Date(current.start.getTime() - 1), every, timeZone);
}

/** The one that begins where another ends. */
export function nextInterval({ end, every }: Interval, timeZone = "UTC"): Interval {
  return intervalAt(end, every, timeZone);
}

/** `2022-10-30T02b`: the second hour of that name, in the night when clocks go back. */
function secondTwin(text: string, timeZone: string): Interval | undefined {
  const first = parseLabel(text.slice(0, -1), "hour", timeZone);
  const second = first && intervalAt(first.end, "hour", timeZone);
  return second?.label === text ? second : undefined;
}

/** The interval that contains an instant. */
function intervalAt(instant: Date, every: IntervalUnit, timeZone: string): Interval {
  const wall = toWall(instant, timeZone);
  const [year, month, day, hour] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCHours()];
  if (every === "hour") {
    // Whole hours of absolute time, because an hour of the night when clocks go back has a twin on the wall.
    const start = new Date(instant.getTime() - (wall.getTime() % 3_600_000));
    const end = new Date(start.getTime() + 3_600_000);
    return {
      every,
      label: `${isoDate(wall)}T${two(hour)}${isSecondTwin(start, timeZone) ? "b" : ""}`,
      start,
      end,
      startValue: start.toISOString(),
      endValue: end.toISOString(),
      type: "TIMESTAMP",
    };
  }
  const first = every === "day" ? new Date(Date.UTC(year, month, day)) : new Date(Date.UTC(year, month, 1));
  const next = every === "day" ? new Date(Date.UTC(year, month, day + 1)) : new Date(Date.UTC(year, month + 1, 1));
  return {
    every,
    label: every === "day" ? isoDate(first) : isoDate(first).slice(0, 7),
    start: toInstant(first, timeZone),
    end: toInstant(next, timeZone),
    startValue: isoDate(first),
    endValue: isoDate(next),
    type: "DATE",
  };
}

const wallClocks = new Map<string, Intl.DateTimeFormat>();

/** Kept, since making one costs more than a hundred readings of it. */
function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  wallClocks.set(timeZone, made);
  return made;
}

/** What a clock on the wall of that zone shows, as a Date whose UTC fields are the wall's. */
export function toWall(instant: Date, timeZone: string): Date {
  const parts = wallClock(timeZone).formatToParts(instant);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)!.value);
  return new Date(
    Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
      instant.getUTCMilliseconds(),
    ),
  );
}

/** The first instant at which the wall shows this time, or (in the hour that a change of clocks skips) would have shown it. */
function toInstant(wall: Date, timeZone: string): Date {
  const time = wall.getTime();
  const dayBefore = offsetAt(time - 86_400_000, timeZone);
  const dayAfter = offsetAt(time + 86_400_000, timeZone);
  const candidates = [time - dayBefore, time - dayAfter].toSorted((a, b) => a - b);
  const exact = candidates.find((instant) => instant + offsetAt(instant, timeZone) === time);
  return new Date(exact ?? time - dayBefore);
}

const offsets = new Map<string, number>();
const mostOffsets = 10_000;

/**
 * Milliseconds by which the wall is ahead of UTC. Kept: whoever looks at a year of days asks for the same midnights
 * again and again, and reading a clock takes longer than all else about an interval.
 */
function offsetAt(instant: number, timeZone: string): number {
  const key = `${instant} ${timeZone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= mostOffsets) offsets.clear();
  const offset = toWall(new Date(instant), timeZone).getTime() - instant;
  offsets.set(key, offset);
  return offset;
}

/** Whether this hour shows the same time on the wall as the hour before it (clocks went back). */
function isSecondTwin(start: Date, timeZone: string): boolean {
  const time = start.getTime();
  return offsetAt(time, timeZone) === offsetAt(time - 3_600_000, timeZone) - 3_600_000;
}

const two = (n: number) => String(n).padStart(2, "0");
const isoDate = (wall: Date) => wall.toISOString().slice(0, 10);
const article = (every: IntervalUnit) => (every === "hour" ? "an" : "a");
