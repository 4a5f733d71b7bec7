/**
 * The instants at which a cron line fires, as the Kubernetes CronJob controller finds them: by the clock on the wall.
 * A time that the change of clocks skips does not fire, one that comes twice fires twice.
 */
import { matchesDay, type Cron } from "./cron.ts";
import { toWall } from "./interval.ts";

export interface TimesOptions {
  cron: Cron;
  timeZone: string;
  /** The first instant is later than this. */
  after: Date;
}

const minute = 60_000;
const day = 86_400_000;

/** The controller gives up after five years without a match. */
const longestWait = 5 * 366;

/** Ascending; it ends only where five years bring no match. */
export function* scheduledTimes({ cron, timeZone, after }: TimesOptions): Generator<Date> {
  const times = [...cron.hours].flatMap((hour) => [...cron.minutes].map((past) => (hour * 60 + past) * minute));
  times.sort((a, b) => a - b);
  let midnight = Math.floor(toWall(after, timeZone).getTime() / day) * day;
  for (let waited = 0; waited < longestWait; waited++, midnight += day) {
    const date = new Date(midnight);
    if (!matchesDay(cron, { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() }))
      continue;
    waited = 0;
    yield* instantsOf({ midnight, times, timeZone }).filter((instant) => instant > after);
  }
}

/** The instants at which clocks show these times of a day. `midnight` is on the wall. */
function instantsOf({ midnight, times, timeZone }: { midnight: number; times: number[]; timeZone: string }): Date[] {
  const offsetAt = (instant: number) => toWall(new Date(instant), timeZone).getTime() - instant;
  const offsets = [offsetAt(midnight - day), offsetAt(midnight + 2 * day)];
  if (offsets[0] === offsets[1]) return times.map((time) => new Date(midnight + time - offsets[0]!));
  // Clocks change near this day: each offset gives a candidate, which counts if the clock then shows the time.
  const candidates = times.flatMap((time) =>
    offsets.map((offset) => ({ wall: midnight + time, instant: midnight + time - offset })),
  );
  const shown = candidates.filter(({ wall, instant }) => instant + offsetAt(instant) === wall);
  return [...new Set(shown.map(({ instant }) => instant))]
    .toSorted((a, b) => a - b)
    .map((instant) => new Date(instant));
}
