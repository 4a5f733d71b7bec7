/** How long it may take from one scheduled time to the next. */
import type { Cron } from "./cron.ts";
import { scheduledTimes } from "./scheduled-times.ts";

/** A fixed day, so that what follows from the gap does not change from one day to the next. */
const from = new Date("2027-01-01T00:00:00Z");

/** Enough for every minute of one month a year, and for that month of the next. */
const mostTimes = 60_000;

/** A year shows all that a schedule does, unless it comes a few times a year only: then five. */
const year = 370 * 86_400_000;
const fewTimes = 24;

/** Seconds of the longest gap, the nights when clocks change included; undefined where there is no second time. */
export function longestGapSeconds({ cron, timeZone }: { cron: Cron; timeZone: string }): number | undefined {
  let longest: number | undefined;
  let previous: number | undefined;
  let seen = 0;
  for (const instant of scheduledTimes({ cron, timeZone, after: from })) {
    const time = instant.getTime();
    if (previous !== undefined) longest = Math.max(longest ?? 0, (time - previous) / 1000);
    previous = time;
    seen++;
    const isEnough = time - from.getTime() > (seen > fewTimes ? year : 5 * year);
    if (isEnough || seen >= mostTimes) break;
  }
  return longest;
}
