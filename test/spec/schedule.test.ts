import { describe, expect, test } from "vitest";
import { cronProblem, scheduleSchema } from "../../src/spec/schedule.ts";

describe("a cron line that Kubernetes takes", () => {
  test.each([
    "30 7 * * *",
    "*/15 * * * *",
    "0 6 * * MON-FRI",
    "0 6 1,15 JAN,jul *",
    "0 6 29 2 *",
    "0 6 ? * 1",
    "@daily",
    "0-30/10 6 * * *",
    " 30  7 * * * ",
  ])("%s", (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });
});

describe("a cron line that is none, or never comes", () => {
  test.each([
    ["0 45 * * *", "hour"],
    ["*/15 0 0 0 0", "day of month"],
    ["0 0 31 2 *", "never comes"],
    ["0 0 30 2 *", "never comes"],
    ["60 * * * *", "minute"],
    ["* * * *", "4 fields, not 5"],
    ["0 30 7 * * *", "6 fields, not 5"],
    ["", "fields, not 5"],
    ["0 0 * * 7", "weekday"],
    ["0 6 L * *", "`L`"],
    ["0 6 15W * *", "`15W`"],
    ["0 6 * * 1#2", "`1#2`"],
    ["0 6 * * FOO", "FOO"],
    ["a b c d e", "`a`"],
    ["*/0 * * * *", "0"],
  ])("%s", (cron, why) => {
    const problem = cronProblem(cron);
    expect(problem?.message).toContain(`\`${cron}\``);
    expect(problem?.message).toContain(why);
    expect(problem?.params.hint).toMatch(/\w/);
  });
});

describe("a schedule", () => {
  test("may be its cron alone", () => {
    expect(scheduleSchema.parse("30 7 * * *")).toEqual({ cron: "30 7 * * *" });
  });

  test("with a bad time zone and a bad cron has two problems", () => {
    const { error } = scheduleSchema.safeParse({ cron: "0 45 * * *", timeZone: "Europe/Olso" });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["timeZone"], ["cron"]]);
    expect(error?.issues[0]?.message).toBe("`Europe/Olso` is not a time zone");
  });
});
