import { describe, expect, test } from "vitest";
import { paramSchema, parseParam, type ParamSpec } from "../../src/spec/param.ts";

const now = new Date("2022-01-20T22:30:00Z");
const read = (text: string, spec: ParamSpec) => {
  const parsed = parseParam(text, spec, now);
  return "value" in parsed ? parsed.value : parsed.problem;
};

const problems = (declared: unknown) =>
  paramSchema.safeParse(declared).error?.issues.map((issue) => [issue.path[0], issue.message]);

describe("a value from text", () => {
  test.each<[string, ParamSpec["type"], unknown]>([
    ["102", "INT64", 102n],
    ["-7", "INT64", -7n],
    [" 9223372036854775807 ", "INT64", 9223372036854775807n],
    ["1.5", "FLOAT64", 1.5],
    ["-.5e3", "FLOAT64", -500],
    ["TRUE", "BOOL", true],
    ["false", "BOOL", false],
    ["2022-01-20", "DATE", "2022-01-20"],
    ["today", "DATE", "2022-01-20"],
    ["2022-01-20T07:30", "TIMESTAMP", "2022-01-20T07:30:00.000Z"],
    ["2022-01-20 07:30:00+01:00", "TIMESTAMP", "2022-01-20T06:30:00.000Z"],
    ["now", "TIMESTAMP", "2022-01-20T22:30:00.000Z"],
    ["", "STRING", ""],
    ["blåbær", "STRING", "blåbær"],
  ])("%s as %s", (text, type, value) => {
    expect(read(text, { type })).toBe(value);
  });

  test.each<[string, ParamSpec["type"], string]>([
    ["abc", "INT64", "`abc` is not an INT64"],
    ["1.5", "INT64", "`1.5` is not an INT64"],
    ["9223372036854775808", "INT64", "is not an INT64"],
    ["1,5", "FLOAT64", "`1,5` is not a FLOAT64"],
    ["", "FLOAT64", "is not a FLOAT64"],
    ["yes", "BOOL", "`yes` is not a BOOL: write true or false"],
    ["2022-20-01", "DATE", "`2022-20-01` is not a DATE: write 2022-01-20 or today"],
    ["2022-02-30", "DATE", "is not a DATE"],
    ["20.01.2022", "DATE", "is not a DATE"],
    ["2022-01-20", "TIMESTAMP", "is not a TIMESTAMP: write 2022-01-20T07:30:00Z"],
    ["2022-02-30T07:30:00Z", "TIMESTAMP", "is not a TIMESTAMP"],
  ])("%s is no %s", (text, type, problem) => {
    expect(read(text, { type })).toContain(problem);
  });
});

describe("what is allowed", () => {
  const line: ParamSpec = { type: "INT64", min: 101, max: 120 };

  test("the ends are allowed themselves", () => {
    expect([read("101", line), read("120", line)]).toEqual([101n, 120n]);
  });

  test("outside, the range is named", () => {
    expect(read("100", line)).toBe("100 is outside the allowed range from 101 to 120");
    expect(read("5", { type: "INT64", min: 101 })).toBe("5 is outside the allowed range from 101");
    expect(read("2021-12-31", { type: "DATE", min: "2022-01-01" })).toContain(
      "outside the allowed range from 2022-01-01",
    );
  });

  test("numbers are compared as numbers", () => {
    expect(read("9", { type: "INT64", max: 10 })).toBe(9n);
    expect(read("9", { type: "FLOAT64", max: 10 })).toBe(9);
  });

  test("one of several, however it is written", () => {
    expect(read("a", { type: "STRING", values: ["a", "b"] })).toBe("a");
    expect(read("c", { type: "STRING", values: ["a", "b"] })).toBe("c is not one of a, b");
    expect(read("1.0", { type: "FLOAT64", values: ["1"] })).toBe(1);
    expect(read("2022-01-20T07:30Z", { type: "TIMESTAMP", values: ["2022-01-20 07:30:00"] })).toBe(
      "2022-01-20T07:30:00.000Z",
    );
  });
});

describe("a parameter in pipeline.yaml", () => {
  test("may be its type alone", () => {
    expect(paramSchema.parse("INT64")).toEqual({ type: "INT64" });
  });

  test("has a default of its type and within its range", () => {
    expect(problems({ type: "INT64", default: "abc" })).toEqual([["default", "`abc` is not an INT64"]]);
    expect(problems({ type: "INT64", default: 5, min: 101 })).toEqual([
      ["default", "5 is outside the allowed range from 101"],
    ]);
    expect(problems({ type: "STRING", default: "c", values: ["a", "b"] })).toEqual([
      ["default", "c is not one of a, b"],
    ]);
  });

  test("may default to today, whatever its range: that is checked on the day", () => {
    expect(problems({ type: "DATE", default: "today", min: "2020-01-01" })).toBeUndefined();
    expect(problems({ type: "TIMESTAMP", default: "now", min: "2020-01-01T00:00:00Z" })).toBeUndefined();
    expect(problems({ type: "DATE", min: "2020-01-01", max: "today" })).toBeUndefined();
    expect(problems({ type: "STRING", default: "today", values: ["a"] })).toEqual([
      ["default", "today is not one of a"],
    ]);
  });

  test("has ends and values of its type", () => {
    expect(problems({ type: "DATE", min: "2022-13-01", max: 5 })).toEqual([
      ["min", "`2022-13-01` is not a DATE: write 2022-01-20 or today"],
      ["max", "`5` is not a DATE: write 2022-01-20 or today"],
    ]);
    expect(problems({ type: "INT64", values: [1, "two"] })).toEqual([["values", "`two` is not an INT64"]]);
  });

  test("has a range that something lies in", () => {
    expect(problems({ type: "INT64", min: 10, max: 9 })).toEqual([["max", "the range from 10 to 9 is empty"]]);
  });
});
