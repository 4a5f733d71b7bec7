/** What a pipeline says of time: its zone, its intervals by name, when it runs, and how that is said. */
import { parseCron } from "./cron.ts";
import { parseLabel, toWall, type Interval } from "./interval.ts";
import type { Pipeline } from "./pipeline.ts";
import { defaultTimeZone } from "./schedule.ts";
import { scheduledTimes } from "./scheduled-times.ts";

type Scheduled = Pick<Pipeline, "schedule">;

/** Of its schedule, and of its intervals. */
export function timeZoneOf({ schedule }: Scheduled): string {
  return schedule?.timeZone ?? defaultTimeZone;
}

/** The interval of this label; undefined for what is none, and where there are no intervals. */
export function intervalNamed(label: string, spec: Pick<Pipeline, "interval" | "schedule">): Interval | undefined {
  return spec.interval && parseLabel(label, spec.interval.every, timeZoneOf(spec));
}

/** Later scheduled times, ascending, without an end; none without a schedule. */
export function timesAfter(after: Date, spec: Scheduled): Iterable<Date> {
  if (!spec.schedule) return [];
  return scheduledTimes({ cron: parseCron(spec.schedule.cron), timeZone: timeZoneOf(spec), after });
}

/** The first scheduled time that is later; undefined where none is. */
export function nextScheduled(after: Date, spec: Scheduled): Date | undefined {
  const [first] = timesAfter(after, spec);
  return first;
}

/** When the scheduled run for this interval is due; undefined without a schedule. */
export function scheduledAfter({ end }: Interval, spec: Scheduled): Date | undefined {
  return nextScheduled(new Date(end.getTime() - 1), spec);
}

/** `2026-11-22 06:00 (Europe/Oslo)`: as the clock on the schedule's wall shows it. */
export function onItsClock(time: Date, spec: Scheduled): string {
  const zone = timeZoneOf(spec);
  return `${toWall(time, zone).toISOString().slice(0, 16).replace("T", " ")} (${zone})`;
}
