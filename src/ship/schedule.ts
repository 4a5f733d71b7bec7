/** When a job will run, for people to read. */
import cronstrue from "cronstrue";
import { parseCron, spellOut } from "../spec/cron.ts";
import { cronProblem, timeZoneProblem } from "../spec/schedule.ts";
import { scheduledTimes } from "../spec/scheduled-times.ts";
import { toWall } from "../spec/interval.ts";
import { textAt, type Fields } from "./manifest/rule.ts";
import { misspeltTimeZone } from "./manifest/rules/schedule.ts";

export interface ScheduleReport {
  cron: string;
  timeZone: string;
  /** The cron line in words: `At 07:30`. */
  words: string;
  nextRuns: NextRun[];
}

export interface NextRun {
  /** `2026-11-05T06:30:00Z`. */
  utc: string;
  /** `2026-11-05T07:30:00+01:00`, in the schedule's time zone. */
  local: string;
}

const runsShown = 3;

/** The schedule in words, and its next three runs. The line must be a valid one. */
export function describeSchedule({
  cron,
  timeZone,
  now,
}: {
  cron: string;
  timeZone: string;
  now: Date;
}): ScheduleReport {
  const times = firstTimes(scheduledTimes({ cron: parseCron(cron), timeZone, after: now }), runsShown);
  const nextRuns = times.map((time) => ({ utc: utcText(time), local: localText(time, timeZone) }));
  return { cron, timeZone, words: inWords(cron), nextRuns };
}

/** The schedule of a Naisjob's spec, where it has one that the cluster would take. */
export function scheduleReportOf(spec: Fields, now: Date): ScheduleReport | undefined {
  const cron = textAt(spec, "schedule");
  const timeZone = textAt(spec, "timeZone") ?? "UTC";
  if (!cron || cronProblem(cron) || timeZoneProblem(timeZone) || misspeltTimeZone(spec)) return undefined;
  return describeSchedule({ cron, timeZone, now });
}

function firstTimes(times: Iterable<Date>, most: number): Date[] {
  const first: Date[] = [];
  for (const time of times) if (first.push(time) === most) break;
  return first;
}

/** `At 07:30` for `30 7 * * *`. */
export function inWords(cron: string): string {
  return cronstrue.toString(spellOut(cron.trim()), { use24HourTimeFormat: true });
}

function utcText(time: Date): string {
  return time.toISOString().replace(".000Z", "Z");
}

const two = (n: number) => String(n).padStart(2, "0");

function localText(time: Date, timeZone: string): string {
  const wall = toWall(time, timeZone);
  const minutes = (wall.getTime() - time.getTime()) / 60_000;
  const [hour, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return wall.toISOString().replace(".000Z", `${minutes < 0 ? "-" : "+"}${two(hour)}:${two(rest)}`);
}

/** The schedule as lines for a terminal. */
export function scheduleLines({ cron, timeZone, words, nextRuns }: ScheduleReport): string[] {
  const both = timeZone === "UTC" ? [] : [timeZone];
  const runs = nextRuns.map(({ utc, local }) => {
    const times = [...both.map((zone) => `${shortTime(local)} ${zone}`), `${shortTime(utc)} UTC`];
    return `  ${times.join("   ")}`;
  });
  return [`schedule ${cron} (${timeZone}): ${words}`, "next runs", ...runs];
}

/** `2026-11-05 07:30`. */
function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
