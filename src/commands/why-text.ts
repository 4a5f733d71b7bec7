/** What `why` has found, for a terminal and for a comment. */
import { count, formatNumber } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { wrap } from "../util/wrap.ts";
import { plain, table } from "../etl/report/markdown-parts.ts";
import type { Why } from "../etl/why/why.ts";

type Line = [term: string, text: string];

/** As wide as terminals are at least. */
const screen = 80;

export function whyText(why: Why, paint: Logger["paint"]): string {
  const lines = linesOf(why);
  const width = Math.max(...lines.map(([term]) => term.length));
  const told = lines.map(([term, text]) => {
    const [head = "", ...rest] = wrap(text, screen - width - 2);
    return [
      `${paint("dim", term.padEnd(width))}  ${head}`,
      ...rest.map((line) => `${" ".repeat(width)}  ${line}`),
    ].join("\n");
  });
  const head = wrap(headOf(why), screen).map((line) => paint("bold", line));
  return [head.join("\n"), told.join("\n"), ...mendLines(why, paint)].join("\n\n");
}

export function whyMarkdown(why: Why): string {
  const rows = linesOf(why).map(([term, text]) => [term, plain(text)]);
  const { mend, mended_by: mended } = why;
  const parts = [
    `### ${plain(headOf(why))}`,
    table(["", ""], rows),
    mended && plain(mendedWords(mended)),
    mend?.first && plain(mend.first),
    mend && `\`${mend.command}\``,
    mend?.afterwards && plain(mend.afterwards),
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** The answer, in one line. */
function headOf({ pipeline, target, run, cause }: Why): string {
  return `${pipeline} on ${target}: ${headline(run, cause.kind)}`;
}

function headline(run: Why["run"], kind: Kind): string {
  const brief = briefly[kind];
  const status = run?.status === "running" && cutOff.has(kind) ? "killed" : run?.status;
  const what = run && `run ${run.run_id} ${words[status!] ?? status}`;
  if (what === undefined || notOfTheRun.has(kind)) return brief ?? "no run is known";
  return brief === undefined ? what : `${what}: ${brief}`;
}

type Kind = Why["cause"]["kind"];

/** What is wrong then is not how the last run ended. */
const notOfTheRun = new Set<Kind>(["stuck", "overdue"]);

/** Who was killed could not say that it is not running any more. */
const cutOff = new Set<Kind>(["killed", "memory"]);

/** Where the status of the run says it all, there is nothing more. */
const briefly: Partial<Record<Kind, string>> = {
  "never-ran": "it has never run",
  "rolled-back": "it was a rollback",
  stuck: "a run holds it and does not end, so no other can run",
  overdue: "runs do not start, or fail before they can record it",
  gap: "earlier intervals are missing",
  late: "a source came late",
  doubled: "a source gave its rows twice",
  check: "a check failed",
  "source-changed": "a source has other columns",
  "destination-schema": "a destination has other columns",
  secret: "a secret cannot be read",
  grant: "an access is missing",
  credentials: "Google does not take its credentials",
  quota: "a quota of BigQuery is used up",
  budget: "it would cost more than its budget",
  memory: "too little memory",
  disk: "its disk is full",
  dataset: "a dataset is not there yet",
  empty: "it would publish no rows",
  network: "a server gave no answer",
  image: "another image than before",
  deploy: "it fails since a deploy",
};

const words: Record<string, string> = {
  succeeded: "succeeded",
  skipped: "had nothing to do",
  failed: "failed",
  interrupted: "was stopped",
  running: "has not ended",
  killed: "was killed",
};

/** What has changed since has no part in these. */
const isWell = new Set<Why["cause"]["kind"]>(["good", "gap"]);

function linesOf(why: Why): Line[] {
  const { cause, failed, since, last_good: good, changes, readers } = why;
  const more = failed.map(({ message }) => message).filter((said) => !cause.what.includes(said) && !isCheck(said));
  return [
    ["why", cause.what],
    ...(more.length > 0 ? [["said", more.join("\n")] as Line] : []),
    ...(since ? [["since", sinceWords(since)] as Line] : []),
    ...(good && since ? [["last good run", `${good.run_id}, ${timeOf(good.started_at)}`] as Line] : []),
    ...missingLine(why),
    ...(changes.length > 0 && !isWell.has(cause.kind)
      ? [["changed since", changes.map(changeWords).join("\n")] as Line]
      : []),
    ["readers see", readers.map(readerWords).join("\n") || "nothing: there is no output"],
  ];
}

/** Besides a run that failed. */
function missingLine({ missed, cause }: Why): Line[] {
  if (!missed || cause.what.includes("left no record")) return [];
  const { runs, first } = missed;
  return [
    [
      "missing",
      `${count(runs, "scheduled run")} left no record since, the first at ${timeOf(first)}: see nais-etl status`,
    ],
  ];
}

/** Which checks failed stands in the cause. */
function isCheck(said: string): boolean {
  return said.startsWith("check `");
}

function sinceWords({ run_id, started_at, runs }: NonNullable<Why["since"]>): string {
  return `${timeOf(started_at)}, run ${run_id}${runs > 1 ? `; ${formatNumber(runs)} runs have failed` : ""}`;
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

function mendLines({ mend, cause, mended_by: mended }: Why, paint: Logger["paint"]): string[] {
  if (mended) return [wrap(mendedWords(mended), screen).join("\n")];
  if (!mend) return [cause.kind === "good" ? "Nothing is to be mended." : "There is nothing to do but wait."];
  const { first, command, afterwards } = mend;
  const steps = [
    ...(first === undefined ? ["To mend it:"] : [...wrap(`First: ${first}`, screen), "Then:"]),
    `  ${paint("bold", command)}`,
    ...(afterwards === undefined ? [] : wrap(`Afterwards: ${afterwards}`, screen)),
  ];
  return [steps.join("\n")];
}

function mendedWords({ run_id, started_at }: NonNullable<Why["mended_by"]>): string {
  return `Mended since: run ${run_id} of ${timeOf(started_at)} was good. Nothing is left to do.`;
}
