/** When the pipeline runs. Cron is checked with croner, which knows the same five fields as Kubernetes. */
import { Cron } from "croner";
import { z } from "zod";
import { messageOf } from "../util/error.ts";

export const defaultTimeZone = "Europe/Oslo";

const scheduleObject = z
  .strictObject({
    cron: z.string().describe("Five fields: minute hour day month weekday"),
    timeZone: z
      .string()
      .optional()
      .describe(`IANA name of the time zone of cron and intervals; ${defaultTimeZone} by default`),
  })
  .superRefine(({ cron, timeZone }, context) => {
    const zone = timeZoneProblem(timeZone);
    if (zone) context.addIssue({ code: "custom", path: ["timeZone"], ...zone });
    const problem = cronProblem(cron);
    if (problem) context.addIssue({ code: "custom", path: ["cron"], ...problem });
  });

export const scheduleSchema = z
  .preprocess((value) => (typeof value === "string" ? { cron: value } : value), scheduleObject)
  .meta({
    id: "schedule",
    description: "When it runs: { cron, timeZone }, or null for a job that is started by hand",
    shorthand: { type: "string" },
  });

export type Schedule = z.output<typeof scheduleObject>;

interface Finding {
  message: string;
  params: { hint: string };
}

/** What Kubernetes would refuse in a cron line, or undefined. Names (MON, JAN) and steps are allowed, `?`, `L`, `W`, `#` and seconds are not. */
export function cronProblem(cron: string): Finding | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) {
    const hint = "Write minute, hour, day of month, month, day of week: 30 6 * * * is half past six each day.";
    return { message: `\`${cron}\` is not a cron schedule: it has ${fields.length} fields, not 5`, params: { hint } };
  }
  const foreign = /[?LW#]/.exec(cron.replaceAll(/[A-Z]{3}/gi, ""));
  if (foreign)
    return {
      message: `\`${cron}\` is not a cron schedule: Kubernetes does not know \`${foreign[0]}\``,
      params: { hint: "Use numbers, names, *, lists, ranges and steps." },
    };
  try {
    const next = new Cron(cron, { mode: "5-part", timezone: "UTC", paused: true }).nextRun();
    if (next) return undefined;
    return {
      message: `\`${cron}\` never comes: there is no such day`,
      params: { hint: "Check day of month against month." },
    };
  } catch (error) {
    const why = messageOf(error).replace(/^CronPattern: /, "");
    return {
      message: `\`${cron}\` is not a cron schedule: ${why}`,
      params: { hint: "Minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6 (0 is Sunday)." },
    };
  }
}

function timeZoneProblem(timeZone: string | undefined): Finding | undefined {
  if (timeZone === undefined) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return undefined;
  } catch {
    return {
      message: `\`${timeZone}\` is not a time zone`,
      params: { hint: "Write its IANA name: Europe/Oslo, UTC." },
    };
  }
}
