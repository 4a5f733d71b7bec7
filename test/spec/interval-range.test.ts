import { describe, expect, test } from "vitest";
import type { IntervalUnit } from "../../src/spec/interval.ts";
import { intervalsBetween } from "../../src/spec/interval-range.ts";

const timeZone = "Europe/Oslo";

interface Asked {
  every: IntervalUnit;
  from: string;
  to?: string;
  now?: string;
}

const find = ({ every, from, to, now = "2026-01-01T00:00:00Z" }: Asked) =>
  intervalsBetween({ every, from, to, timeZone, now: new Date(now) });
const labels = (asked: Asked) => find(asked).intervals.map(({ label }) => label);

describe("the intervals of a range", () => {
  test("reach to the last one, which belongs to it, whatever their length", () => {
    expect(labels({ every: "day", from: "2022-02-27", to: "2022-03-01" })).toEqual([
      "2022-02-27",
      "2022-02-28",
      "2022-03-01",
    ]);
    expect(labels({ every: "month", from: "2021-12", to: "2022-01" })).toEqual(["2021-12", "2022-01"]);
    expect(labels({ every: "hour", from: "2022-01-20T22", to: "2022-01-20T23" })).toEqual([
      "2022-01-20T22",
      "2022-01-20T23",
    ]);
  });

  test("can be named by longer ones, which they are parts of", () => {
    expect(labels({ every: "day", from: "2022-02", to: "2022-02" })).toHaveLength(28);
    expect(labels({ every: "hour", from: "2022-02", to: "2022-02-02T00" })).toHaveLength(25);
    expect(labels({ every: "hour", from: "2022-11-15T22", to: "2022-11-16" })).toHaveLength(26);
  });

  test("follow the clock of Oslo: days of 23 and 25 hours are full of them", () => {
    const spring = labels({ every: "hour", from: "2022-03-27", to: "2022-03-27" });
    expect(spring).toHaveLength(23);
    expect(spring.slice(1, 3)).toEqual(["2022-03-27T01", "2022-03-27T03"]);
    const autumn = labels({ every: "hour", from: "2022-10-30", to: "2022-10-30" });
    expect(autumn).toHaveLength(25);
    expect(autumn.slice(2, 5)).toEqual(["2022-10-30T02", "2022-10-30T02b", "2022-10-30T03"]);
    expect(labels({ every: "day", from: "2022-03-26", to: "2022-03-28" })).toHaveLength(3);
    expect(labels({ every: "hour", from: "2022-10-30T02b", to: "2022-10-30T03" })).toEqual([
      "2022-10-30T02b",
      "2022-10-30T03",
    ]);
  });

  test("sort by their labels as by time: the state is asked for the first to the last", () => {
    const autumn = labels({ every: "hour", from: "2022-10-29T22", to: "2022-10-30T05" });
    expect(autumn.toSorted()).toEqual(autumn);
  });

  test("are complete: what has not ended is counted where it was asked for", () => {
    const now = "2022-01-20T12:00:00Z";
    expect(find({ every: "day", from: "2022-01-19", to: "2022-01-21", now })).toMatchObject({
      intervals: [{ label: "2022-01-19" }],
      incomplete: 2,
    });
    expect(find({ every: "day", from: "2022-01-19", now })).toMatchObject({
      intervals: [{ label: "2022-01-19" }],
      incomplete: 0,
    });
  });
});

test.each([
  [{ every: "day", from: "2022-01-20T07" }, "--from 2022-01-20T07 is not a day"],
  [{ every: "month", from: "2022-01", to: "2022-02-01" }, "--to 2022-02-01 is not a month"],
  [{ every: "hour", from: "2022-03-27T02" }, "--from 2022-03-27T02 is not an hour"],
  [{ every: "day", from: "2022-01-20", to: "2022-01-19" }, "there is no interval from 2022-01-20 to 2022-01-19"],
  [{ every: "hour", from: "1900-01", to: "2022-02" }, "these are more than 100,000 hours"],
] satisfies [Asked, string][])("%j is refused: %s", (asked, message) => {
  expect(() => find(asked)).toThrow(message);
});
