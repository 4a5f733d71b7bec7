import { Cron as Croner } from "croner";
import { describe, expect, test } from "vitest";
import { CronSyntaxError, parseCron } from "../../src/spec/cron.ts";
import { scheduledTimes } from "../../src/spec/scheduled-times.ts";
import { generator } from "../support/random.ts";

const oslo = "Europe/Oslo";

function times({
  cron,
  timeZone = oslo,
  after,
  most,
}: {
  cron: string;
  timeZone?: string;
  after: string;
  most: number;
}): string[] {
  const found: string[] = [];
  for (const time of scheduledTimes({ cron: parseCron(cron), timeZone, after: new Date(after) })) {
    if (found.push(time.toISOString().replace(":00.000Z", "Z")) === most) break;
  }
  return found;
}

describe("a cron line that the cluster would refuse is refused, with the reason", () => {
  test.each([
    ["99 4 * * *", "minute 99 is outside 0 to 59"],
    ["0 45 * * *", "hour 45 is outside 0 to 23"],
    ["*/15 0 0 0 0", "day of month 0 is outside 1 to 31"],
    ["0 0 * * 7", "weekday 7 is outside 0 to 6 (Sunday is 0)"],
    ["0 0 31 2,4 *", "it never comes: there is no such day"],
    ["5-1 * * * *", "`5-1` ends before it begins"],
    ["1-2-3 * * * *", "`1-2-3` has two hyphens"],
    ["*/0 * * * *", "the step of `*/0` is not a number of 1 or more"],
    ["1/2/3 * * * *", "`1/2/3` has two slashes"],
    ["0 0 L * *", "`L` is not known to Kubernetes"],
    ["0 0 * * 5#2", "`5#2` is not known to Kubernetes"],
    ["0 0 * * MAN", "`MAN` is not a weekday"],
    ["0 0 0 1 1 *", "it has 6 fields, not 5"],
    ["", "it has 1 fields, not 5"],
    ["@nightly", "`@nightly` is not a known word"],
    [", * * * *", "`` is not a minute"],
  ])("%s", (cron, message) => {
    expect(() => parseCron(cron)).toThrow(CronSyntaxError);
    expect(() => parseCron(cron)).toThrow(message);
  });
});

test.each([
  "30 7 * * *",
  "0/5 * * * *",
  "*/15 6-18/2 * * MON-FRI",
  "0 0 ? * sun",
  "0 0 29 FEB *",
  "@daily",
  "0,30 0 1,15 * *",
])("%s is a cron line", (cron) => expect(() => parseCron(cron)).not.toThrow());

test("a day counts by the month or the week where both say something, by both where one is open", () => {
  expect(times({ cron: "0 0 13 * 5", timeZone: "UTC", after: "2026-11-10T00:00Z", most: 3 })).toEqual([
    "2026-11-13T00:00Z",
    "2026-11-20T00:00Z",
    "2026-11-27T00:00Z",
  ]);
  expect(times({ cron: "0 0 13 * ?", timeZone: "UTC", after: "2026-11-10T00:00Z", most: 2 })).toEqual([
    "2026-11-13T00:00Z",
    "2026-12-13T00:00Z",
  ]);
});

test("the time on the wall stays when clocks change", () => {
  expect(times({ cron: "30 7 * * *", after: "2026-10-24T00:00Z", most: 2 })).toEqual([
    "2026-10-24T05:30Z",
    "2026-10-25T06:30Z",
  ]);
});

test("an hour that the change of clocks skips does not come", () => {
  expect(times({ cron: "30 2 * * *", after: "2026-03-28T00:00Z", most: 2 })).toEqual([
    "2026-03-28T01:30Z",
    "2026-03-30T00:30Z",
  ]);
});

test("an hour that comes twice comes twice, in order", () => {
  expect(times({ cron: "*/30 2 * * *", after: "2026-10-24T23:00Z", most: 5 })).toEqual([
    "2026-10-25T00:00Z",
    "2026-10-25T00:30Z",
    "2026-10-25T01:00Z",
    "2026-10-25T01:30Z",
    "2026-10-26T01:00Z",
  ]);
});

test("the first time is later than the one asked from, also within the hour that comes twice", () => {
  expect(times({ cron: "30 2 * * *", after: "2026-10-25T00:30Z", most: 1 })).toEqual(["2026-10-25T01:30Z"]);
});

test("the 29th of February is waited for", () => {
  expect(times({ cron: "0 6 29 2 *", timeZone: "UTC", after: "2026-11-05T00:00Z", most: 2 })).toEqual([
    "2028-02-29T06:00Z",
    "2032-02-29T06:00Z",
  ]);
});

test("five hundred made-up lines come when another reader of cron says, where clocks do not change", () => {
  const random = generator(20_261_105);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const number = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const field = (low: number, high: number) => {
    const [a, b] = [number(low, high), number(low, high)].toSorted((x, y) => x - y) as [number, number];
    return pick(["*", String(a), `${a}-${b}`, `*/${number(2, high)}`, `${a},${b}`, `${a}-${b}/${number(1, 5)}`]);
  };
  const after = "2026-11-05T10:17:00Z";
  for (let i = 0; i < 500; i++) {
    const cron = [field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)].join(" ");
    const other = new Croner(cron, { mode: "5-part", timezone: "UTC", paused: true }).nextRuns(5, new Date(after));
    const expected = other.map((time) => time.toISOString().replace(":00.000Z", "Z"));
    expect({ cron, times: times({ cron, timeZone: "UTC", after, most: 5 }) }).toEqual({ cron, times: expected });
  }
});
