/** What a person sees of a run: one line a step. The same events are JSON lines for machines. */
import type { Logger } from "../../util/log.ts";
import { formatBytes } from "../../util/bytes.ts";
import { count } from "../../util/error.ts";
import type { FetchedSecret } from "../../secrets/wanted.ts";
import { formatTotals } from "../../spec/run-totals.ts";
import type { CheckResult } from "../check/check.ts";
import { lookText } from "./look.ts";
import type { ModelRecord, OutputRecord, RunRecord, SourceRecord } from "./run-record.ts";

type Quarantined = NonNullable<RunRecord["quarantine"]>;

const nameWidth = 28;
const amountWidth = 16;

export function logSource(log: Logger, source: SourceRecord): void {
  const { name, status, rows, bytes, seconds } = source;
  const amount = rows === undefined ? "read by its models" : count(rows, "row");
  log.info(
    line(
      log,
      mark(status),
      "source",
      name,
      amount,
      bytes === undefined ? "" : formatBytes(bytes),
      formatSeconds(seconds),
    ),
    {
      step: "source",
      ...source,
    },
  );
}

/** Never its value. */
export function logSecret(log: Logger, { name, resource, version }: FetchedSecret): void {
  log.info(line(log, "✓", "secret", name, `version ${version}`, "", resource), {
    step: "secret",
    name,
    resource,
    version,
  });
}

export function logModel(log: Logger, model: ModelRecord): void {
  const { name, status, kind, rows, bytes, seconds, because } = model;
  const amount =
    status === "skipped"
      ? `skipped: ${because} failed`
      : status === "failed"
        ? "failed"
        : kind === "view"
          ? "view"
          : count(rows!, "row");
  log.info(
    line(
      log,
      mark(status),
      "model",
      name,
      amount,
      bytes === undefined ? "" : formatBytes(bytes),
      status === "skipped" ? "" : `${formatSeconds(seconds)}${howMade(model)}`,
    ),
    { step: "model", ...model },
  );
}

function howMade({ attempts, kept_at }: ModelRecord): string {
  if (kept_at !== undefined) return `  kept by the run of ${kept_at.slice(0, 16).replace("T", " ")} UTC`;
  return attempts === undefined ? "" : `  in ${attempts} attempts`;
}

/** Checks that pass are counted; each that does not has lines of its own. */
export function logChecks(log: Logger, table: string, results: CheckResult[]): void {
  if (results.length === 0) return;
  const passed = results.filter((result) => result.status === "pass").length;
  const seconds = Math.max(...results.map((result) => result.seconds));
  const failed = results.some((result) => result.status === "fail");
  const total =
    passed === results.length ? `${count(passed, "check")} passed` : `${passed} of ${results.length} passed`;
  const warned = results.some((result) => ["warn", "quarantined"].includes(result.status));
  log.info(line(log, failed ? "✗" : warned ? "!" : "✓", "checks", table, total, "", formatSeconds(seconds)), {
    step: "checks",
    table,
    passed,
    checks: results.length,
  });
  for (const result of results) logCheck(log, result);
}

function logCheck(log: Logger, { samples, ...result }: CheckResult): void {
  if (result.status === "pass") return;
  const note = { tolerated: " (tolerated)", quarantined: ", set aside", warn: "", fail: "" }[result.status];
  const text = `${result.check}: ${result.found}${note}`;
  const fields = { step: "check", ...result };
  if (result.status === "tolerated" || result.status === "quarantined") log.info(`    ${text}`, fields);
  else log[result.status === "warn" ? "warn" : "error"](`${result.table} ${text}`, fields);
  for (const sample of samples ?? []) log.info(`      ${formatSample(sample)}`, { step: "sample" });
  // Rows that were set aside stand in the table no more: the quarantine's own line says where to look.
  if (result.status === "tolerated" || result.status === "quarantined") return;
  // Where rows may be shown, a command shows them; elsewhere the query says what was asked.
  log.info(log.paint("dim", `      look: ${lookText(result, { shows: samples !== undefined })}`), { step: "look" });
}

/** INT64 beyond what JSON's readers hold exactly are texts, as in BigQuery's JSON. */
function formatSample(row: Record<string, unknown>): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

export function logOutput(log: Logger, output: OutputRecord): void {
  const { name, status, destination, write, rows, reason } = output;
  if (status === "not_published") return;
  const amount = status === "skipped" ? `skipped: ${reason}` : count(rows ?? 0, "row");
  log.info(line(log, status === "skipped" ? "-" : "✓", "output", name, amount, "", `${write} → ${destination}`), {
    step: "output",
    ...output,
  });
}

/** Rows that checks have set aside, once they are published. Where to look for them stands below. */
export function logQuarantine(log: Logger, { table, rows }: Quarantined, look: string): void {
  if (rows === 0) return;
  log.info(line(log, "!", "aside", table, count(rows, "row"), "", "out of what is published"), {
    step: "quarantine",
    table,
    rows,
  });
  log.info(`      look: ${look}`, { step: "look" });
}

/** The last word of a run: its problems, and how it ended. */
export function logEnd(log: Logger, record: RunRecord): void {
  const { problems, ...fields } = record;
  for (const problem of problems) log.problem(problem);
  if (log.format === "text")
    for (const [i, text] of withGap(formatTotals(record)).entries()) log.info(i === 1 ? log.paint("dim", text) : text);
  log.info(`\n${paintEnd(log, record)}`, { step: "end", ...fields });
}

/** How it ended catches the eye: the line is the last that many read. */
function paintEnd(log: Logger, record: RunRecord): string {
  const { status } = record;
  const style = status === "succeeded" ? "green" : status === "skipped" ? "dim" : "red";
  return endLine(record).replace(/^\w+/, (word) => log.paint("bold", log.paint(style, word)));
}

function withGap(lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function endLine({ status, seconds, outputs, run_id, checks, quarantine }: RunRecord): string {
  const time = formatSeconds(seconds).trim();
  const published = outputs.filter((output) => output.status === "published").length;
  switch (status) {
    case "succeeded":
      return `Done in ${time}: ${published} of ${count(outputs.length, "output")} published${warnings(checks)}${asideText(quarantine)}.`;
    case "skipped":
      return `Nothing to do: run ${run_id} is published already.`;
    case "interrupted":
    case "failed": {
      const how = status === "failed" ? "Failed" : "Stopped";
      if (published > 0) return `${how} after ${time}, when ${count(published, "output")} had been published.`;
      return `${how} after ${time}: nothing was published; readers see what they saw before.`;
    }
  }
}

function warnings(checks: RunRecord["checks"]): string {
  const warned = checks.filter((check) => check.status === "warn").length;
  return warned === 0 ? "" : `, with ${count(warned, "warning")} of checks`;
}

function asideText(quarantine: Quarantined | undefined): string {
  return quarantine && quarantine.rows > 0 ? `, ${count(quarantine.rows, "row")} set aside` : "";
}

type Sign = "✓" | "✗" | "!" | "-";

const paints = { "✓": "green", "✗": "red", "!": "yellow", "-": "dim" } as const;

function mark(status: "done" | "failed" | "skipped"): Sign {
  return ({ done: "✓", failed: "✗", skipped: "-" } as const)[status];
}

/** What a long name takes from the amount beside it stands there no less aligned. */
function line(
  log: Logger,
  sign: Sign,
  kind: string,
  name: string,
  amount: string,
  detail: string,
  end: string,
): string {
  const left = Math.max(0, amountWidth - Math.max(0, name.length - nameWidth));
  const text = `${kind.padEnd(6)}  ${name.padEnd(nameWidth)}  ${amount.padStart(left)}  ${detail.padStart(8)}  ${end}`;
  return `  ${log.paint(paints[sign], sign)} ${text.trimEnd()}`;
}

function formatSeconds(seconds: number): string {
  return `${seconds < 100 ? seconds.toFixed(2) : seconds.toFixed(0)} s`.padStart(8);
}
