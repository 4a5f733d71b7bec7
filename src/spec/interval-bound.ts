/** What `${interval:…}` may name: `start` and `end`, and days or hours before and after them: `start-7d`. */
import type { Interval, IntervalUnit } from "./interval.ts";

interface Bound {
  of: "start" | "end";
  /** Negative before it. */
  amount: number;
  unit: "d" | "h";
}

function parseBound(text: string): Bound | undefined {
  const [, of, sign, amount = "0", unit = "d"] = /^(start|end)(?:([+-])(\d{1,5})([dh]))?$/.exec(text) ?? [];
  if (of !== "start" && of !== "end") return undefined;
  return { of, amount: Number(amount) * (sign === "-" ? -1 : 1), unit: unit === "h" ? "h" : "d" };
}

/** What is wrong with a name, where something is. */
export function boundProblem(text: string, every: IntervalUnit): string | undefined {
  const bound = parseBound(text);
  if (!bound) return "Write start or end, or days before and after them: start-7d, end+1d.";
  if (bound.unit === "h" && every !== "hour")
    return `The interval is a ${every}, whose bounds are dates: count in days, as in start-1d.`;
  return undefined;
}

/** `2022-01-13` for `start-7d` of the 20th; of an hour, a TIMESTAMP in UTC, whose days have 24 hours. */
export function boundValue(text: string, { startValue, endValue, type }: Interval): string | undefined {
  const bound = parseBound(text);
  if (!bound) return undefined;
  const value = bound.of === "start" ? startValue : endValue;
  if (bound.amount === 0) return value;
  const moved = new Date(Date.parse(value) + bound.amount * (bound.unit === "d" ? 86_400_000 : 3_600_000));
  return type === "DATE" ? moved.toISOString().slice(0, 10) : moved.toISOString();
}
