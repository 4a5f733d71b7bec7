/** Days on which a schedule has no run, because clocks go forward over the only times that it has. */
import { matchesDay, type Cron } from "./cron.ts";
import { toWall } from "./interval.ts";

const day = 86_400_000;

/** Five years from a fixed day on: the answer is the same whenever it is asked for. */
const first = Date.UTC(2027, 0, 1);
const days = 5 * 365;

/** A change of clocks: the minutes of a day that no clock shows, the second not included. */
interface Skip {
  midnight: number;
  from: number;
  to: number;
}

const skips = new Map<string, Skip[]>();

/** The first such day, as `2027-03-28`. */
export function skippedDay({ cron, timeZone }: { cron: Cron; timeZone: string }): string | undefined {
  const times = [...cron.hours].flatMap((hour) => [...cron.minutes].map((minute) => hour * 60 + minute));
  const found = skipsOf(timeZone).find(
    ({ midnight, from, to }) => isDayOf(cron, midnight) && times.every((time) => time >= from && time < to),
  );
  return found && new Date(found.midnight).toISOString().slice(0, 10);
}

function isDayOf(cron: Cron, midnight: number): boolean {
  const date = new Date(midnight);
  return matchesDay(cron, { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() });
}

function skipsOf(timeZone: string): Skip[] {
  const known = skips.get(timeZone);
  if (known) return known;
  const made = Array.from({ length: days }, (_, i) => skipOn(first + i * day, timeZone)).filter(
    (skip) => skip !== undefined,
  );
  skips.set(timeZone, made);
  return made;
}

/** Clocks jump at the first minute after which the offset is another. */
function skipOn(midnight: number, timeZone: string): Skip | undefined {
  const offsetAt = (instant: number) => (toWall(new Date(instant), timeZone).getTime() - instant) / 60_000;
  const before = offsetAt(midnight - 12 * 3_600_000);
  const jump = offsetAt(midnight + day) - before;
  if (jump <= 0) return undefined;
  const start = midnight - before * 60_000;
  for (let minute = 0; minute < 24 * 60; minute += 15) {
    if (offsetAt(start + minute * 60_000) !== before) return { midnight, from: minute, to: minute + jump };
  }
  return undefined;
}
