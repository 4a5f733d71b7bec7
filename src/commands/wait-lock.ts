/** `--wait-lock`: how long a command waits for another run of its pipeline. */
import { EtlError } from "../util/error.ts";
import { durationPattern, durationSeconds } from "../spec/duration.ts";

/** @returns milliseconds; undefined where nobody has said */
export function waitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (durationPattern.test(text)) return durationSeconds(text) * 1000;
  throw new EtlError({
    code: "usage",
    message: `--wait-lock ${text} is not a duration`,
    hint: "Write 90s, 10m or 1h.",
  });
}
