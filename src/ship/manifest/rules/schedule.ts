import { CronSyntaxError, parseCron, type Cron } from "../../../spec/cron.ts";
import { skippedDay } from "../../../spec/skipped-day.ts";
import { timeZoneProblem } from "../../../spec/schedule.ts";
import { nearest } from "../../../util/suggest.ts";
import { textAt, type Manifest, type Rule } from "../rule.ts";

export const schedule: Rule = {
  name: "schedule",
  severity: "error",
  kinds: ["Naisjob"],
  title: "The schedule is not one that the cluster knows",
  why: "The platform takes any text as schedule. Only the cluster reads it as cron, after the deploy has succeeded: the job then never runs, and the Naisjob stands as FailedSynchronization.",
  cure: "Write minute, hour, day of month, month and weekday: `30 6 * * *` is half past six each day.",
  bad: 'schedule: "0 45 * * *"\ntimeZone: Europe/Oslo',
  good: 'schedule: "45 0 * * *"\ntimeZone: Europe/Oslo',
  *check({ spec }) {
    const text = textAt(spec, "schedule");
    if (text === undefined || text === "") return;
    const path = ["spec", "schedule"];
    if (/(CRON_)?TZ=/.test(text)) {
      yield { path, message: `\`${text}\` names a time zone inside the schedule`, hint: "Write it as `timeZone:`." };
      return;
    }
    try {
      parseCron(text);
    } catch (error) {
      if (!(error instanceof CronSyntaxError)) throw error;
      yield { path, message: `\`${text}\` is not a cron schedule: ${error.message}`, hint: error.hint };
    }
  },
};

export const timeZone: Rule = {
  name: "time-zone",
  severity: "error",
  kinds: ["Naisjob"],
  title: "The time zone is not one that the cluster knows",
  why: "The platform takes any text as time zone. Only the cluster looks it up, after the deploy has succeeded: the job then never runs.",
  cure: "Write its IANA name, as `Europe/Oslo`, or leave it out for UTC.",
  bad: 'schedule: "30 6 * * *"\ntimeZone: Europe/Olso',
  good: 'schedule: "30 6 * * *"\ntimeZone: Europe/Oslo',
  *check({ spec }) {
    const text = textAt(spec, "timeZone");
    if (text === undefined) return;
    // The cluster refuses the empty name and the one that means its own zone.
    const problem = timeZoneProblem(text);
    const isRefused = text === "" || text.toLowerCase() === "local" || problem !== undefined;
    const finding = { path: ["spec", "timeZone"], message: `\`${text}\` is not a time zone` };
    if (isRefused) yield problem === undefined ? finding : { ...finding, hint: problem.params.hint };
  },
};

export const timeZoneMissing: Rule = {
  name: "time-zone-missing",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "A schedule that names an hour, without a time zone",
  why: "Without `timeZone` the schedule is in UTC: 06:30 is half past seven in Oslo in winter, and half past eight in summer. Most who leave it out think of the clock on their own wall.",
  cure: "Add `timeZone: Europe/Oslo`, or `timeZone: UTC` where that is meant.",
  bad: 'schedule: "30 6 * * *"',
  good: 'schedule: "30 6 * * *"\ntimeZone: UTC',
  *check({ spec }) {
    const cron = cronOf(spec);
    if (cron?.hours.size === 24 || textAt(spec, "timeZone") !== undefined || misspeltTimeZone(spec)) return;
    if (!cron) {
      if (mayNameAnHour(textAt(spec, "schedule") ?? ""))
        yield { path: ["spec", "schedule"], message: "without `timeZone` the schedule is in UTC" };
      return;
    }
    const [utc = ""] = clockTimes(cron, 0);
    const message = `\`${textAt(spec, "schedule")}\` is in UTC: ${utc} is ${clockTimes(cron, 1)[0]} in Oslo in winter, ${clockTimes(cron, 2)[0]} in summer`;
    yield { path: ["spec", "schedule"], message };
  },
};

export const scheduleComment: Rule = {
  name: "schedule-comment",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "The comment beside the schedule names another time",
  why: "One of the two is wrong: often the comment is in local time and the schedule in UTC, or the schedule was changed and the comment was not.",
  cure: "Make the comment say what the schedule does, and set `timeZone`.",
  bad: 'schedule: "30 6 * * *" # every morning at 07:30\ntimeZone: UTC',
  good: 'schedule: "30 7 * * *" # every morning at 07:30\ntimeZone: Europe/Oslo',
  *check({ spec, commentOf }) {
    const cron = cronOf(spec);
    const said = timesIn(commentOf(["spec", "schedule"]) ?? "");
    if (!cron || said.length === 0) return;
    const times = clockTimes(cron, 0);
    const other = said.find((time) => !times.includes(time));
    if (other === undefined) return;
    const zone = textAt(spec, "timeZone") ?? "UTC";
    yield {
      path: ["spec", "schedule"],
      message: `the comment says ${other}, the schedule ${times.slice(0, 3).join(", ")}${times.length > 3 ? " …" : ""} ${zone}`,
    };
  },
};

export const scheduleSkipped: Rule = {
  name: "schedule-skipped",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "A schedule that one night a year leaves out",
  why: "When clocks go forward, they show no time from 02:00 to 03:00 in Europe: a job that is due then does not run that night. When they go back, it runs twice.",
  cure: "Choose another hour, or write the schedule in UTC.",
  bad: 'schedule: "30 2 * * *"\ntimeZone: Europe/Oslo',
  good: 'schedule: "30 3 * * *"\ntimeZone: Europe/Oslo',
  *check({ spec }) {
    const cron = cronOf(spec);
    const zone = textAt(spec, "timeZone");
    if (!cron || zone === undefined || zone === "" || timeZoneProblem(zone)) return;
    const day = skippedDay({ cron, timeZone: zone });
    if (day === undefined) return;
    yield {
      path: ["spec", "schedule"],
      message: `on ${day} there is no run: clocks in ${zone} go forward over ${clockTimes(cron, 0)[0]}`,
    };
  },
};

/** Whether a line that is not cron may become one that names an hour, and does not name a time zone in itself. */
function mayNameAnHour(text: string): boolean {
  const [, hour] = text.trim().split(/\s+/);
  return hour !== undefined && /\d/.test(hour) && !/(CRON_)?TZ=/.test(text);
}

/** A key that stands for `timeZone`. */
export function misspeltTimeZone(spec: Manifest["spec"]): boolean {
  return Object.keys(spec).some((key) => key !== "timeZone" && nearest(key, ["timeZone"]) !== undefined);
}

function cronOf(spec: Manifest["spec"]): Cron | undefined {
  try {
    return parseCron(textAt(spec, "schedule") ?? "");
  } catch {
    return undefined;
  }
}

const two = (n: number) => String(n).padStart(2, "0");
const ascending = (set: ReadonlySet<number>) => [...set].toSorted((a, b) => a - b);

/** `06:30`, for every time of a day, ascending; `ahead` hours later. */
function clockTimes({ hours, minutes }: Cron, ahead: number): string[] {
  return ascending(hours).flatMap((hour) =>
    ascending(minutes).map((minute) => `${two((hour + ahead) % 24)}:${two(minute)}`),
  );
}

/** Times of day in a comment: `07:30`, `kl. 7.30`, `at 7`. */
function timesIn(comment: string): string[] {
  const found = comment.matchAll(
    /\b([01]?\d|2[0-3])[:.]([0-5]\d)\b|\b(?:at|kl\.?|klokka|klokken)\s+([01]?\d|2[0-3])\b(?![:.]\d)/gi,
  );
  return [...found].map(([, hour, minute = "00", alone]) => `${(hour ?? alone ?? "").padStart(2, "0")}:${minute}`);
}
