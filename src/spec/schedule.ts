/** When the pipeline runs. */
import { z } from "zod";
import { nearest } from "../util/suggest.ts";
import { CronSyntaxError, parseCron } from "./cron.ts";

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

interface Finding {
  message: string;
  params: { hint: string };
}

/** What the cluster would refuse in a cron line, or undefined. */
export function cronProblem(cron: string): Finding | undefined {
  try {
    parseCron(cron);
    return undefined;
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    return { message: `\`${cron}\` is not a cron schedule: ${error.message}`, params: { hint: error.hint } };
  }
}

/** What the cluster would not find among its time zones, or undefined. It heeds the case of letters, and knows no offsets. */
export function timeZoneProblem(timeZone: string | undefined): Finding | undefined {
  if (timeZone === undefined) return undefined;
  if (!lookedUp.has(timeZone)) lookedUp.set(timeZone, lookUp(timeZone));
  return lookedUp.get(timeZone);
}

/** Asking for one takes a tenth of a millisecond, and a repository of manifests names the same one again and again. */
const lookedUp = new Map<string, Finding | undefined>();

function lookUp(timeZone: string): Finding | undefined {
  const message = `\`${timeZone}\` is not a time zone`;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
    if (/^[+-]/.test(timeZone))
      return { message, params: { hint: "Write a place, as Europe/Oslo, and not an offset." } };
    const isOtherCase = known !== timeZone && known.toLowerCase() === timeZone.toLowerCase();
    // An older name of a place, which stands for another one here: each of its parts begins with a capital.
    const isSmall = timeZone.split("/").some((part) => /^[a-z]/.test(part));
    return isOtherCase || isSmall ? { message, params: { hint: `Write \`${known}\`.` } } : undefined;
  } catch {
    return { message, params: { hint: meantZone(timeZone) } };
  }
}

/** The place alone, or a misspelt name. */
function meantZone(text: string): string {
  const known = Intl.supportedValuesOf("timeZone");
  const place = known.find((zone) => zone.split("/").at(-1)?.toLowerCase() === text.toLowerCase());
  if (place !== undefined) return `Write \`${place}\`.`;
  const near = text.includes("/") ? nearest(text, known) : undefined;
  return near === undefined ? "Write its IANA name: Europe/Oslo, UTC." : `Did you mean \`${near}\`?`;
}
