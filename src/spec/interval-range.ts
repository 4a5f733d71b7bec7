/** The intervals of a stretch of time. */
import { EtlError } from "../util/error.ts";
import {
  exampleLabel,
  intervalUnits,
  lastComplete,
  nextInterval,
  parseLabel,
  type Interval,
  type IntervalUnit,
} from "./interval.ts";

export interface IntervalRange {
  /** The first one, by its label, or by that of a longer one that begins with it: `2022-01` for a day. */
  from: string;
  /** The last one, which belongs to the range; of a longer one its end. Undefined: up to the last that is complete. */
  to: string | undefined;
  every: IntervalUnit;
  timeZone: string;
  now: Date;
}

export interface FoundIntervals {
  /** In their order: all that are complete. */
  intervals: Interval[];
  /** How many of those asked for have not ended yet. */
  incomplete: number;
}

/** A mistyped year is told rather than run: ten years of hours. */
const most = 100_000;

/** @throws {EtlError} `usage` for what is no such interval, and for a range without any */
export function intervalsBetween({ from, to, every, timeZone, now }: IntervalRange): FoundIntervals {
  const first = named("--from", from, { every, timeZone }).start;
  const end = to === undefined ? now : named("--to", to, { every, timeZone }).end;
  if (to !== undefined && end <= first) throw emptyRange(from, to);
  // What begins on a boundary is the one after that which ends there.
  let interval = nextInterval(lastComplete(first, every, timeZone), timeZone);
  const found: FoundIntervals = { intervals: [], incomplete: 0 };
  for (; interval.start < end; interval = nextInterval(interval, timeZone)) {
    if (interval.end <= now) found.intervals.push(interval);
    else if (to !== undefined) found.incomplete++;
    if (found.intervals.length + found.incomplete > most) throw tooMany(every);
  }
  return found;
}

function named(option: string, text: string, { every, timeZone }: Pick<IntervalRange, "every" | "timeZone">): Interval {
  const longer = intervalUnits.slice(intervalUnits.indexOf(every));
  const found = longer.map((unit) => parseLabel(text, unit, timeZone)).find((interval) => interval !== undefined);
  if (found) return found;
  const examples = longer.map(exampleLabel);
  throw new EtlError({
    code: "usage",
    message: `${option} ${text} is not ${every === "hour" ? "an" : "a"} ${every}`,
    hint: `Write it as ${examples.join(", or ")}.`,
  });
}

function emptyRange(from: string, to: string): EtlError {
  return new EtlError({
    code: "usage",
    message: `there is no interval from ${from} to ${to}`,
    hint: "The first comes first: --from 2022-01-01 --to 2022-01-31 is January.",
  });
}

function tooMany(every: IntervalUnit): EtlError {
  return new EtlError({
    code: "usage",
    message: `these are more than 100,000 ${every}s`,
    hint: "Is the year right? Do a part at a time.",
  });
}
