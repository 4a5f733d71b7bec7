import { describe, expect, test } from "vitest";
import { identifyRun, jobName, scheduledMinute } from "../../src/etl/identity.ts";
import { plainContext } from "../support/context.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { problemsOf } from "../support/folder.ts";

// 28,934,367 minutes after 1970: 8:27 in Oslo.
const minute = "2025-01-05T07:27:00Z";

interface Start {
  pipeline?: string;
  target?: string;
  label?: string;
  pod?: string;
  revision?: string;
  now?: string;
}

function identify({ pipeline = "", target = "prod-gcp", label, pod, revision, now = minute }: Start) {
  const env = { ...(pod && { NAIS_POD_NAME: pod }), ...(revision && { NAIS_ETL_REVISION: revision }) };
  return identifyRun({ pipeline: pipelineOf(pipeline, target), label, context: plainContext({ env, now }) });
}

const at = (job: string, now: string) => scheduledMinute(job, new Date(now))?.toISOString();
const labelOf = (start: Start) => identify(start).interval?.label;
const due = (pipeline: string, label: string, pod?: string) =>
  identify({ pipeline, label, ...(pod && { pod }) }).scheduled.toISOString();

const nightly = `schedule: { cron: "27 8 * * *", timeZone: Europe/Oslo }\n`;
const daily = `${nightly}interval: day\n`;
const scheduledPod = "apps-28934367-abcde";

describe("the Job of a pod", () => {
  test.each([
    ["apps-28934567-abcde", "apps-28934567"],
    ["apps-3-x7k2p", "apps-3"],
    ["apps-by-hand-0000z", "apps-by-hand"],
  ])("%s is of %s", (pod, job) => {
    expect(jobName(pod)).toBe(job);
  });

  test.each([undefined, "", "apps", "apps-ABCDE", "-abcde"])("%s is no pod's name", (pod) => {
    expect(jobName(pod)).toBeUndefined();
  });
});

describe("the scheduled time is the minute in the Job's name", () => {
  test("where it is within 30 days of now, before or after", () => {
    expect(at("apps-28934367", minute)).toBe("2025-01-05T07:27:00.000Z");
    expect(at("apps-28934367", "2025-02-04T07:26:00Z")).toBe("2025-01-05T07:27:00.000Z");
    expect(at("apps-28934367", "2024-12-06T07:28:00Z")).toBe("2025-01-05T07:27:00.000Z");
  });

  test.each([
    ["more than 30 days ago", "apps-28934367", "2025-02-04T07:28:00Z"],
    ["more than 30 days ahead", "apps-28934367", "2024-12-06T07:26:00Z"],
    ["a generation", "apps-3", minute],
    ["a date that somebody chose", "apps-20250105", minute],
    ["a name that somebody chose", "apps-by-hand", minute],
    ["eight digits that stand elsewhere", "apps-28934367-again", minute],
    ["nine digits", "apps-128934367", minute],
  ])("and not %s", (_says, job, now) => {
    expect(at(job, now)).toBeUndefined();
  });

  test("without one, it is now", () => {
    expect(identify({ pipeline: nightly, pod: "apps-by-hand-abcde" }).scheduled.toISOString()).toBe(
      "2025-01-05T07:27:00.000Z",
    );
  });
});

describe("the interval", () => {
  test("is the last that was complete when the run was due, however late it starts", () => {
    // Due on 5 January; the cluster had no room before the 7th.
    expect(labelOf({ pipeline: daily, pod: scheduledPod, now: "2025-01-07T02:00:00Z" })).toBe("2025-01-04");
    expect(labelOf({ pipeline: daily, now: "2025-01-07T02:00:00Z" })).toBe("2025-01-06");
  });

  test("is counted in the schedule's time zone", () => {
    // In Oslo it is the 7th already.
    expect(labelOf({ pipeline: daily, now: "2025-01-06T23:30:00Z" })).toBe("2025-01-06");
    expect(labelOf({ pipeline: daily.replace("Europe/Oslo", "UTC"), now: "2025-01-06T23:30:00Z" })).toBe("2025-01-05");
    expect(labelOf({ pipeline: "interval: day", now: "2025-01-06T23:30:00Z" })).toBe("2025-01-06");
  });

  test("of an hour, a month, and of days when clocks change", () => {
    expect(labelOf({ pipeline: "interval: hour", now: "2025-01-06T12:01:00Z" })).toBe("2025-01-06T12");
    expect(labelOf({ pipeline: "interval: month", now: "2025-01-01T00:30:00Z" })).toBe("2024-12");
    const { interval } = identify({ pipeline: daily, label: "2025-03-30" });
    expect(interval!.end.getTime() - interval!.start.getTime()).toBe(23 * 3_600_000);
  });

  test("is the one asked for, whatever the scheduled time", () => {
    expect(labelOf({ pipeline: daily, label: "2022-01-20", pod: scheduledPod })).toBe("2022-01-20");
    expect(labelOf({ pipeline: "interval: hour", label: "2022-01-20T07" })).toBe("2022-01-20T07");
  });

  test("of a local run is the sample's, where none is asked for", () => {
    const sampled = "interval: { every: day, sample: 2022-01-20 }";
    expect(labelOf({ pipeline: sampled, target: "local" })).toBe("2022-01-20");
    expect(labelOf({ pipeline: sampled, target: "local", label: "2022-01-21" })).toBe("2022-01-21");
    expect(labelOf({ pipeline: sampled, target: "prod-gcp" })).toBe("2025-01-04");
  });

  test.each([
    [daily, "2022-01", "--interval 2022-01 is not a day", "Write it as 2022-01-20."],
    [daily, "2022-02-30", "--interval 2022-02-30 is not a day", "Write it as 2022-01-20."],
    ["interval: hour", "2022-01-20", "--interval 2022-01-20 is not an hour", "Write it as 2022-01-20T07."],
    [
      nightly,
      "2022-01-20",
      "--interval 2022-01-20 was given, but the pipeline has no interval",
      "Add `interval: day` (or hour, month) to pipeline.yaml.",
    ],
  ])("%j has no %s", async (pipeline, label, message, hint) => {
    expect(await problemsOf(() => identify({ pipeline, label }))).toEqual([{ severity: "error", message, hint }]);
  });
});

describe("the scheduled time of an interval that was asked for is the first after the interval", () => {
  test("by the schedule", () => {
    expect(due(daily, "2022-01-20")).toBe("2022-01-21T07:27:00.000Z");
    expect(due(daily, "2022-01-20", scheduledPod)).toBe("2022-01-21T07:27:00.000Z");
    expect(due(daily.replace("27 8", "0 0"), "2022-01-20")).toBe("2022-01-20T23:00:00.000Z");
  });

  test("and without one, the interval's end", () => {
    expect(due("interval: month", "2022-01")).toBe("2022-01-31T23:00:00.000Z");
  });
});

describe("the run's id", () => {
  test("is its interval, wherever it runs", () => {
    expect(identify({ pipeline: daily, pod: scheduledPod }).id).toBe("2025-01-04");
    expect(identify({ pipeline: daily, label: "2022-01-20" }).id).toBe("2022-01-20");
  });

  test("is the Job, where there is no interval: a retry is the same run, the next night is another", () => {
    const ids = ["apps-28934367-abcde", "apps-28934367-fghij", "apps-28935807-abcde"].map(
      (pod) => identify({ pipeline: nightly, pod }).id,
    );
    expect(ids).toEqual(["apps-28934367", "apps-28934367", "apps-28935807"]);
  });

  test("is the Job and the revision, where there is no schedule either: generations begin again at 1", () => {
    expect(identify({ pod: "apps-1-abcde", revision: "4f2a" }).id).toBe("apps-1-4f2a");
    expect(identify({ pod: "apps-1-abcde" }).id).toBe("apps-1");
  });

  test("is a fresh one elsewhere", () => {
    const [a, b] = [identify({}), identify({})];
    expect(a.id).toMatch(/^20250105T072700Z-[0-9a-f]{8}$/);
    expect(b.id).not.toBe(a.id);
  });
});

describe("the execution", () => {
  test("is the Job, whatever the run's id", () => {
    expect(identify({ pipeline: daily, pod: scheduledPod }).execution).toBe("apps-28934367");
    expect(identify({ pod: "apps-1-abcde", revision: "4f2a" }).execution).toBe("apps-1");
  });

  test("elsewhere is the start: two runs of one interval are two", () => {
    const [a, b] = [identify({ pipeline: daily }), identify({ pipeline: daily })];
    expect(a.id).toBe(b.id);
    expect(a.execution).not.toBe(b.execution);
  });
});
