/** What `why` has found, for a terminal and for a comment. */
import { count, formatNumber } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { wrap } from "../util/wrap.ts";
import { formatTime } from "../etl/report/format.ts";
import { plain, table } from "../etl/report/markdown-parts.ts";
import type { Steps, Why } from "../etl/why/why.ts";

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
    mend?.only_if && plain(`If ${mend.only_if}:`),
    ...markdownSteps(mend),
    mend?.instead && orBack,
    ...markdownSteps(mend?.instead),
  ];
  return parts.filter(Boolean).join("\n\n");
}

function markdownSteps(steps: Steps | undefined): (string | undefined)[] {
  if (!steps) return [];
  const { first, command, afterwards } = steps;
  return [first && plain(first), `\`${command}\``, afterwards && plain(afterwards)];
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
const notOfTheRun = new Set<Kind>(["stuck", "overdue", "gap", "dataset"]);

/** Who was killed could not say that it is not running any more. */
const cutOff = new Set<Kind>(["killed", "memory"]);

const wentWell = new Set<Kind>(["good", "unusual", "rolled-back", "taken-back", "gap"]);

/** Where the status of the run says it all, there is nothing more. */
const briefly: Partial<Record<Kind, string>> = {
  "never-ran": "it has never run",
  "rolled-back": "it was a rollback",
  unusual: "nothing failed, but an output has far more rows than usual, or far fewer",
  "taken-back": "what it published was taken back",
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

function linesOf(why: Why): Line[] {
  const { cause, failed, since, last_good: good, changes, readers } = why;
  // How much memory a good run takes, is a matter of its report.
  const shownChanges = changes.filter(({ kind }) => !(kind === "memory" && wentWell.has(cause.kind)));
  const more = failed.map(({ message }) => message).filter((said) => !cause.what.includes(said) && !isCheck(said));
  return [
    ["why", cause.what],
    ...(more.length > 0 ? [["said", more.join("\n")] as Line] : []),
    ...(since ? [["since", sinceWords(since, cause.kind)] as Line] : []),
    ...(good && (since || shownChanges.length > 0)
      ? [["last good run", `${good.run_id}, ${formatTime(good.started_at)}`] as Line]
      : []),
    ...missingLine(why),
    ...(shownChanges.length > 0 ? [["changed since", shownChanges.map(changeWords).join("\n")] as Line] : []),
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
      `${count(runs, "scheduled run")} left no record since, the first at ${formatTime(first)}: see nais-etl status`,
    ],
  ];
}

/** Which checks failed stands in the cause. */
function isCheck(said: string): boolean {
  return said.startsWith("check `");
}

function sinceWords({ run_id, started_at, runs }: NonNullable<Why["since"]>, kind: Kind): string {
  const all = kind === "unusual" ? "runs are so" : "runs have failed";
  return `${formatTime(started_at)}, run ${run_id}${runs > 1 ? `; ${formatNumber(runs)} ${all}` : ""}`;
}

function changeWords({ what, before, after }: Why["changes"][number]): string {
  return `${what}: ${before} → ${after}`;
}

function readerWords(seen: Why["readers"][number]): string {
  const { output, run_id, published_at, age_seconds: age, rows = 0, intervals, brought_back_at: back } = seen;
  if (published_at === undefined) return `${output}: nothing was published yet`;
  const published = `published ${ageWords(age!)} ago${back === undefined ? "" : `, and brought back ${formatTime(back)}`}`;
  if (intervals === undefined) return `${output}: the ${count(rows, "row")} of run ${run_id}, ${published}`;
  const newest = `the newest is ${run_id}, ${count(rows, "row")}, ${published}`;
  return [`${output}: ${count(intervals, "interval")}, ${newest}`, ...failedWords(seen), ...missingWords(seen)].join(
    "; ",
  );
}

/** Besides the one that failed, which is told. */
function missingWords({ missing = [], failed_interval: failed }: Why["readers"][number]): string[] {
  const others = missing.filter((label) => label !== failed?.run_id);
  const [first] = others;
  if (first === undefined) return [];
  return others.length === 1 ? [`${first} is missing`] : [`${others.length} are missing, ${first} to ${others.at(-1)}`];
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

function mendLines({ mend, cause, mended_by: mended }: Why, paint: Logger["paint"]): string[] {
  if (mended) return [wrap(mendedWords(mended), screen).join("\n")];
  if (!mend) return [cause.kind === "running" ? "There is nothing to do but wait." : "Nothing is to be mended."];
  const { only_if: onlyIf, first, instead } = mend;
  const steps = [
    ...(onlyIf === undefined ? [] : wrap(`If ${onlyIf}:`, screen)),
    ...(onlyIf === undefined && first === undefined ? [cause.kind === "gap" ? "To fill them:" : "To mend it:"] : []),
    ...stepLines(mend, paint),
    ...(instead ? [orBack, ...stepLines(instead, paint)] : []),
  ];
  return [steps.join("\n")];
}

const orBack = "Or, if the deploy is at fault, back to the image of the last good run.";

function stepLines({ first, command, afterwards }: Steps, paint: Logger["paint"]): string[] {
  return [
    ...(first === undefined ? [] : [...wrap(`First: ${first}`, screen), "Then:"]),
    `  ${paint("bold", command)}`,
    ...(afterwards === undefined ? [] : wrap(`Afterwards: ${afterwards}`, screen)),
  ];
}

function mendedWords({ run_id, started_at }: NonNullable<Why["mended_by"]>): string {
  return `Mended since: run ${run_id} of ${formatTime(started_at)} was good. Nothing is left to do.`;
}
