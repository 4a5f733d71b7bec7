/** When each pipeline runs next. */
import { code, escapeHtml, heading, paragraph, table } from "../html.ts";
import type { PipelineResult, Report } from "../report.ts";

export function schedules({ results }: Report): string {
  const pipelines = results.flatMap((result) => result.pipelines ?? []);
  const isOnly = pipelines.length === 1;
  return pipelines
    .map((pipeline) => scheduleOf(pipeline, isOnly ? "Schedule" : `Schedule of ${pipeline.name}`))
    .join("");
}

function scheduleOf({ schedule }: PipelineResult, title: string): string {
  if (!schedule) return "";
  const { cron, timeZone, words, nextRuns } = schedule;
  const rows = nextRuns.map(({ local, utc }) => [minuteOf(local), minuteOf(utc)]);
  return [
    heading(title, 3),
    paragraph(`${escapeHtml(words)} (${code(cron)}, ${escapeHtml(timeZone)})`),
    table([`Next runs, ${timeZone}`, "UTC"], rows),
  ].join("");
}

/** `2026-11-05 07:30`. */
function minuteOf(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
