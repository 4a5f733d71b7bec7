/** What `why` has found, for a terminal and for a comment. */
import { count, formatNumber } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { plain, table } from "../etl/report/markdown-parts.ts";
import type { Why } from "../etl/why/why.ts";

type Line = [term: string, text: string];

export function whyText(why: Why, paint: Logger["paint"]): string {
  const lines = linesOf(why);
  const width = Math.max(...lines.map(([term]) => term.length));
  const told = lines.map(([term, text]) => {
    const [head = "", ...rest] = text.split("\n");
    return [
      `${paint("dim", term.padEnd(width))}  ${head}`,
      ...rest.map((line) => `${" ".repeat(width)}  ${line}`),
    ].join("\n");
  });
  return [headOf(why), told.join("\n"), ...mendLines(why, paint)].join("\n\n");
}

export function whyMarkdown(why: Why): string {
  const rows = linesOf(why).map(([term, text]) => [term, plain(text)]);
  const { mend } = why;
  const parts = [
    `### ${plain(headOf(why))}`,
    table(["", ""], rows),
    mend?.first && plain(mend.first),
    mend && `\`${mend.command}\``,
  ];
  return parts.filter(Boolean).join("\n\n");
}

function headOf({ pipeline, target, run }: Why): string {
  const what = run ? `run ${run.run_id} ${words[run.status] ?? run.status}` : "no run";
  return `${pipeline} on target ${target}: ${what}`;
}

const words: Record<string, string> = {
  succeeded: "succeeded",
  skipped: "had nothing to do",
  failed: "failed",
  interrupted: "was stopped",
  running: "did not end yet",
  killed: "was killed",
};

function linesOf(why: Why): Line[] {
  const { cause, failed, since, last_good: good, changes, readers } = why;
  const more = failed.filter(({ message }) => !cause.what.includes(message)).map(({ message }) => message);
  return [
    ["why", cause.what],
    ...(more.length > 0 ? [["said", more.join("\n")] as Line] : []),
    ...(since ? [["since", sinceWords(since)] as Line] : []),
    ...(good && since ? [["last good run", `${good.run_id}, ${timeOf(good.started_at)}`] as Line] : []),
    ...(changes.length > 0 && cause.kind !== "good"
      ? [["changed since", changes.map(changeWords).join("\n")] as Line]
      : []),
    ["readers see", readers.map(readerWords).join("\n") || "nothing: there is no output"],
  ];
}

function sinceWords({ run_id, started_at, runs }: NonNullable<Why["since"]>): string {
  return `${timeOf(started_at)}, run ${run_id}${runs > 1 ? `; ${formatNumber(runs)} runs since` : ""}`;
}

function changeWords({ what, before, after }: Why["changes"][number]): string {
  return `${what}: ${before} → ${after}`;
}

function readerWords(seen: Why["readers"][number]): string {
  const { output, run_id, published_at, age_seconds: age, rows = 0, intervals } = seen;
  if (published_at === undefined) return `${output}: nothing was published yet`;
  const published = `published ${ageWords(age!)} ago`;
  if (intervals === undefined) return `${output}: the ${count(rows, "row")} of run ${run_id}, ${published}`;
  const newest = `the newest is ${run_id}, ${count(rows, "row")}, ${published}`;
  return [`${output}: ${count(intervals, "interval")}, ${newest}`, ...failedWords(seen)].join("; ");
}

/** Where the interval that failed is not the newest that is there. */
function failedWords({ failed_interval: failed, run_id }: Why["readers"][number]): string[] {
  if (failed === undefined) return [];
  if (failed.published_at === undefined) return [`nothing of ${failed.run_id}`];
  const which = failed.run_id === run_id ? "they are" : `of ${failed.run_id}, ${count(failed.rows ?? 0, "row")}`;
  return [`${which} of an earlier run`];
}

function ageWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function timeOf(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

function mendLines({ mend, cause }: Why, paint: Logger["paint"]): string[] {
  if (!mend) return [cause.kind === "good" ? "Nothing is to be mended." : "There is nothing to do but wait."];
  const command = `  ${paint("bold", mend.command)}`;
  return mend.first === undefined ? [`To mend it:\n${command}`] : [`First: ${mend.first}\nThen:\n${command}`];
}
