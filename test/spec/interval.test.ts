import { describe, expect, test } from "vitest";
import { intervalSchema, lastComplete, parseLabel, type IntervalUnit } from "../../src/spec/interval.ts";

const oslo = "Europe/Oslo";
const span = (label: string, every: IntervalUnit, timeZone?: string) => {
  const interval = parseLabel(label, every, timeZone);
  return interval && [interval.start.toISOString(), interval.end.toISOString()];
};
const hours = (label: string, every: IntervalUnit, timeZone: string) => {
  const { start, end } = parseLabel(label, every, timeZone)!;
  return (end.getTime() - start.getTime()) / 3_600_000;
};

describe("a label names an interval", () => {
  test("a day is half-open, in the schedule's time zone, and bound as DATE", () => {
    expect(parseLabel("2022-01-20", "day", oslo)).toEqual({
      every: "day",
      label: "2022-01-20",
      start: new Date("2022-01-19T23:00:00Z"),
      end: new Date("2022-01-20T23:00:00Z"),
      startValue: "2022-01-20",
      endValue: "2022-01-21",
      type: "DATE",
    });
  });

  test("a month ends where the next begins, December and leap Februaries too", () => {
    expect(span("2024-02", "month")).toEqual(["2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
    expect(parseLabel("2022-12", "month")).toMatchObject({ startValue: "2022-12-01", endValue: "2023-01-01" });
    expect(span("2022-07", "month", oslo)).toEqual(["2022-06-30T22:00:00.000Z", "2022-07-31T22:00:00.000Z"]);
  });

  test("an hour is bound as TIMESTAMP in UTC", () => {
    expect(parseLabel("2022-07-20T07", "hour", oslo)).toMatchObject({
      label: "2022-07-20T07",
      startValue: "2022-07-20T05:00:00.000Z",
      endValue: "2022-07-20T06:00:00.000Z",
      type: "TIMESTAMP",
    });
  });

  test("of a zone with half hours, too", () => {
    expect(span("2022-01-20T07", "hour", "Asia/Kolkata")).toEqual([
      "2022-01-20T01:30:00.000Z",
      "2022-01-20T02:30:00.000Z",
    ]);
  });
});

describe("when clocks change", () => {
  test("a day in Oslo has 23 hours in March and 25 in October", () => {
    expect(hours("2022-03-27", "day", oslo)).toBe(23);
    expect(hours("2022-03-28", "day", oslo)).toBe(24);
    expect(hours("2022-10-30", "day", oslo)).toBe(25);
    expect(span("2022-10-30", "day", oslo)).toEqual(["2022-10-29T22:00:00.000Z", "2022-10-30T23:00:00.000Z"]);
  });

  test("the hour that comes twice has a twin, b", () => {
    expect(span("2022-10-30T02", "hour", oslo)).toEqual(["2022-10-30T00:00:00.000Z", "2022-10-30T01:00:00.000Z"]);
    expect(span("2022-10-30T02b", "hour", oslo)).toEqual(["2022-10-30T01:00:00.000Z", "2022-10-30T02:00:00.000Z"]);
    expect(span("2022-10-30T03", "hour", oslo)).toEqual(["2022-10-30T02:00:00.000Z", "2022-10-30T03:00:00.000Z"]);
  });

  test("no other hour has one", () => {
    expect(parseLabel("2022-10-30T03b", "hour", oslo)).toBeUndefined();
    expect(parseLabel("2022-10-30T02b", "hour", "UTC")).toBeUndefined();
  });

  test("the hour that is skipped is no hour", () => {
    expect(parseLabel("2022-03-27T02", "hour", oslo)).toBeUndefined();
    expect(parseLabel("2022-03-27T02", "hour", "UTC")).toBeDefined();
  });

  test("a day without a midnight begins at its first instant", () => {
    expect(span("2017-10-15", "day", "America/Sao_Paulo")).toEqual([
      "2017-10-15T03:00:00.000Z",
      "2017-10-16T02:00:00.000Z",
    ]);
  });

  test("the hours of each day follow on each other, and every label names its own hour", () => {
    for (const day of ["2022-03-27", "2022-10-30"]) {
      const { start, end } = parseLabel(day, "day", oslo)!;
      const labels = new Set<string>();
      for (let at = start.getTime(); at < end.getTime(); at += 3_600_000) {
        const hour = lastComplete(new Date(at + 3_600_000), "hour", oslo);
        expect(hour.start.getTime()).toBe(at);
        expect(parseLabel(hour.label, "hour", oslo)).toEqual(hour);
        labels.add(hour.label);
      }
      expect(labels.size).toBe((end.getTime() - start.getTime()) / 3_600_000);
    }
  });
});

describe("what is no label", () => {
  test.each<[string, IntervalUnit]>([
    ["2022-02-30", "day"],
    ["2022-13-01", "day"],
    ["2022-00", "month"],
    ["2022-01-20T24", "hour"],
    ["2022-1-2", "day"],
    ["2022-01-20", "month"],
    ["2022-01", "day"],
    ["2022-01-20T07", "day"],
    ["0050-01-20", "day"],
    ["yesterday", "day"],
    ["", "day"],
  ])("%s is not a %s", (label, every) => {
    expect(parseLabel(label, every, oslo)).toBeUndefined();
  });
});

describe("the last complete interval", () => {
  test.each<[string, IntervalUnit, string]>([
    ["2022-01-21T06:30:00Z", "day", "2022-01-20"],
    ["2022-01-20T23:00:00Z", "day", "2022-01-20"],
    ["2022-01-20T22:59:59Z", "day", "2022-01-19"],
    ["2022-03-28T05:30:00Z", "day", "2022-03-27"],
    ["2022-10-31T06:30:00Z", "day", "2022-10-30"],
    ["2022-03-01T06:30:00Z", "month", "2022-02"],
    ["2022-01-05T06:30:00Z", "month", "2021-12"],
    ["2022-10-30T02:05:00Z", "hour", "2022-10-30T02b"],
    ["2022-10-30T01:05:00Z", "hour", "2022-10-30T02"],
    ["2022-03-27T01:05:00Z", "hour", "2022-03-27T01"],
    ["2022-01-01T00:00:00Z", "hour", "2022-01-01T00"],
  ])("before %s, by %s, is %s", (scheduled, every, label) => {
    expect(lastComplete(new Date(scheduled), every, oslo).label).toBe(label);
  });
});

describe("interval: in pipeline.yaml", () => {
  test("may be its unit alone", () => {
    expect(intervalSchema.parse("day")).toEqual({ every: "day" });
  });

  test("has a sample of its unit", () => {
    expect(intervalSchema.parse({ every: "hour", sample: "2022-01-20T07" }).sample).toBe("2022-01-20T07");
    const { error } = intervalSchema.safeParse({ every: "hour", sample: "2022-01-20" });
    expect(error?.issues).toMatchObject([
      { path: ["sample"], message: "`2022-01-20` is not an hour", params: { hint: "Write it as 2022-01-20T07." } },
    ]);
  });
});
