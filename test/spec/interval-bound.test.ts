import { expect, test } from "vitest";
import { boundProblem, boundValue } from "../../src/spec/interval-bound.ts";
import { parseLabel } from "../../src/spec/interval.ts";

test.each([
  ["day", "2024-03-01", "start", "2024-03-01"],
  ["day", "2024-03-01", "start-1d", "2024-02-29"],
  ["day", "2024-03-01", "end+30d", "2024-04-01"],
  ["day", "2024-01-03", "start-7d", "2023-12-27"],
  ["month", "2022-01", "end-1d", "2022-01-31"],
  ["hour", "2022-01-20T07", "start", "2022-01-20T06:00:00.000Z"],
  ["hour", "2022-01-20T07", "start-6h", "2022-01-20T00:00:00.000Z"],
  ["hour", "2022-01-20T07", "end-1d", "2022-01-19T07:00:00.000Z"],
] as const)("of the %s %s, %s is %s", (every, label, name, expected) => {
  expect(boundValue(name, parseLabel(label, every, "Europe/Oslo")!)).toBe(expected);
});

test("a day is a day, also where clocks change", () => {
  expect(boundValue("start-1d", parseLabel("2026-03-30", "day", "Europe/Oslo")!)).toBe("2026-03-29");
});

test.each([
  ["begin", "day", /Write start or end/],
  ["start-7", "day", /Write start or end/],
  ["start-1m", "month", /Write start or end/],
  ["start - 7d", "day", /Write start or end/],
  ["start-6h", "day", /whose bounds are dates/],
] as const)("%s is no bound of a %s", (name, every, expected) => {
  expect(boundProblem(name, every)).toMatch(expected);
});
