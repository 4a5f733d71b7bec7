/** What `why` has found, for a terminal and for a comment. */
import { formatNumber } from "../util/error.ts";
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

function readerWords({ output, run_id, published_at, age_seconds: age, rows }: Why["readers"][number]): string {
  if (published_at === undefined) return `${output}: nothing was published yet`;
  return `${output}: the ${formatNumber(rows ?? 0)} rows of run ${run_id}, published ${ageWords(age!)} ago`;
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
