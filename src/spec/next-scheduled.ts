/** When a pipeline runs next by its schedule, and how that is said. */
import { parseCron } from "./cron.ts";
import { toWall, type Interval } from "./interval.ts";
import type { Pipeline } from "./pipeline.ts";
import { defaultTimeZone } from "./schedule.ts";
import { scheduledTimes } from "./scheduled-times.ts";

type Scheduled = Pick<Pipeline, "schedule">;

/** The first scheduled time that is later; undefined where none is. */
export function nextScheduled({ schedule }: Scheduled, after: Date): Date | undefined {
  if (!schedule) return undefined;
  const { cron, timeZone = defaultTimeZone } = schedule;
  const [first] = scheduledTimes({ cron: parseCron(cron), timeZone, after });
  return first;
}

/** When the scheduled run for this interval is due; undefined without a schedule. */
export function scheduledAfter({ end }: Interval, spec: Scheduled): Date | undefined {
  return nextScheduled(spec, new Date(end.getTime() - 1));
}

/** `2026-11-22 06:00 (Europe/Oslo)`: as the clock on the schedule's wall shows it. */
export function onItsClock(time: Date, { schedule }: Scheduled): string {
  const zone = schedule?.timeZone ?? defaultTimeZone;
  return `${toWall(time, zone).toISOString().slice(0, 16).replace("T", " ")} (${zone})`;
}
