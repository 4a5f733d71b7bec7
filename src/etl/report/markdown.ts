/** The report as Markdown, for the summary of a job: counts alone, whatever the target, since many can read it. */
import { formatBytes } from "../../util/bytes.ts";
import { formatWhere, type Problem } from "../../util/error.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { TableProfile } from "../record/table-profile.ts";
import { checksSentence } from "./checks-table.ts";
import { formatNumber, formatRows, formatSeconds, formatShare, formatTime } from "./format.ts";
import { folded, more, plain, table } from "./markdown-parts.ts";
import { checkStates, checkWords, marks, stateWords } from "./marks.ts";
import { endWords, missingWords, rangeOf, withGaps } from "./gaps-between.ts";
import { statusOf, statusSigns, statusWords, type Missing, type ReportRun } from "./report-run.ts";
import { mainFacts, otherFacts, outcomeOf } from "./run-facts.ts";
import { amountOf, stepsOf } from "./steps-table.ts";

/** More would not be read. */
const most = { problems: 30, checks: 50, steps: 120, columns: 200, history: 10 };

export function reportMarkdown(run: ReportRun): string {
  const { record, description, profile, missing } = run;
  const { pipeline, run_id } = record;
  const status = statusOf(run);
  const parts = [
    `## ${plain(pipeline)}: ${statusWords[status].toLowerCase()}`,
    description && plain(description),
    `**${statusSigns[status]} ${statusWords[status]}.** ${plain(outcomeOf(record, status))}`,
    table(
      ["Run", ...mainFacts(record).map(([term]) => term)],
      [[plain(run_id), ...mainFacts(record).map(([, value]) => plain(value))]],
    ),
    record.exit_code === 0 ? undefined : `Why, and what mends it: \`${run.why}\``,
    problemsPart(record.problems),
    stepsPart(record),
    checksPart(record),
    columnsPart(profile),
    missingPart(missing),
    historyPart(run),
    folded(
      "This run",
      table(
        ["", ""],
        otherFacts(record).map((fact) => fact.map(plain)),
      ),
    ),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function problemsPart(problems: Problem[]): string | undefined {
  if (problems.length === 0) return undefined;
  const rows = problems
    .slice(0, most.problems)
    .map(({ severity, where, message, hint = "" }) =>
      [severity, where ? formatWhere(where) : "", message, hint].map(plain),
    );
  return ["### Problems", table(["Severity", "Where", "What", "What to do"], rows), more(problems, most.problems)]
    .filter(Boolean)
    .join("\n\n");
}

function stepsPart(record: RunRecord): string {
  const steps = stepsOf(record);
  const rows = steps
    .slice(0, most.steps)
    .map((step) => [
      `${marks[step.state]} ${stateWords[step.state]}`,
      step.kind,
      plain(step.note ? `${step.name} (${step.note})` : step.name),
      amountOf(step),
      step.bytes === undefined ? "" : formatBytes(step.bytes),
      step.seconds === undefined ? "–" : formatSeconds(step.seconds),
    ]);
  return ["### Steps", table(["How", "Kind", "Step", "Rows", "Size", "Time"], rows, 3), more(steps, most.steps)]
    .filter(Boolean)
    .join("\n\n");
}

/** Those that pass are counted. */
function checksPart(record: RunRecord): string | undefined {
  if (record.checks.length === 0) return undefined;
  const told = record.checks.filter(({ status }) => status !== "pass");
  const rows = told
    .slice(0, most.checks)
    .map((check) =>
      [`${marks[checkStates[check.status]]} ${checkWords[check.status]}`, check.table, check.check, check.found].map(
        plain,
      ),
    );
  const list = told.length > 0 ? table(["How", "Table", "Check", "Found"], rows) : undefined;
  return ["### Checks", plain(`${checksSentence(record)}.`), list, more(told, most.checks)]
    .filter(Boolean)
    .join("\n\n");
}

function columnsPart(profile: TableProfile[]): string | undefined {
  const all = profile.flatMap(({ table: name, looked, columns }) =>
    columns.map((column) => ({ of: name, looked, column })),
  );
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, most.columns)
    .map(({ of, looked, column }) => [
      plain(of),
      plain(column.name),
      plain(column.type),
      formatShare(column.nulls, looked),
      column.distinct === undefined ? "–" : formatNumber(column.distinct),
    ]);
  return folded(
    "Columns",
    [table(["Table", "Column", "Type", "NULL", "Distinct"], rows, 3), more(all, most.columns)]
      .filter(Boolean)
      .join("\n\n"),
  );
}

function historyPart({ history, missing }: ReportRun): string | undefined {
  const past = withGaps(history, missing);
  if (past.length < 2) return undefined;
  const rows = past
    .slice(-most.history)
    .toReversed()
    .map((one) =>
      "intervals" in one
        ? [plain(rangeOf(one.intervals)), "–", "Missing", "–", "–"]
        : [
            plain(one.run_id),
            formatTime(one.started_at),
            endWords(one),
            formatRows(one.rows),
            one.seconds === undefined ? "–" : formatSeconds(one.seconds),
          ],
    );
  return folded("Earlier runs", table(["Run", "Started", "How it ended", "Rows", "Time"], rows, 3));
}

/** Not folded away. */
function missingPart(missing: Missing | undefined): string | undefined {
  return missing && `${plain(missingWords(missing))} \`${missing.command}\``;
}
