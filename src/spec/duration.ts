/** Lengths of time as they are written in pipeline.yaml: `90s`, `15m`, `36h`, `2d`, `1h30m`. */
import { z } from "zod";

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export const durationPattern = /^(?:\d+[dhms])+$/;

/** Seconds of a duration that matches {@link durationPattern}. */
export function durationSeconds(text: string): number {
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * seconds[unit as keyof typeof seconds], 0);
}

const words = { s: "seconds", m: "minutes", h: "hours", d: "days" };

/** @param unit what a number alone most likely means, for the cure */
export function durationSchema(unit: keyof typeof words) {
  return z.preprocess(
    (value, context) => {
      if (typeof value !== "number" && !/^\d+$/.test(String(value))) return value;
      const hint = `Write ${value as number | string}${unit} for ${words[unit]}: 90s, 15m, 36h and 2d are durations.`;
      context.addIssue({ code: "custom", message: "is without a unit", params: { hint }, input: value });
      return z.NEVER;
    },
    z.string().regex(durationPattern, "is not a duration: write 90s, 15m, 36h or 2d"),
  );
}
