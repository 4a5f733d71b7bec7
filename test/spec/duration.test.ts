import { expect, test } from "vitest";
import { durationPattern, durationSeconds } from "../../src/spec/duration.ts";

test.each([
  ["90s", 90],
  ["15m", 900],
  ["36h", 129_600],
  ["2d", 172_800],
  ["1h30m", 5400],
])("%s is %i seconds", (text, seconds) => {
  expect(text).toMatch(durationPattern);
  expect(durationSeconds(text)).toBe(seconds);
});

test.each(["", "15", "m", "15 m", "-1h", "1.5h", "1w", "1H"])("`%s` is not a duration", (text) => {
  expect(text).not.toMatch(durationPattern);
});
