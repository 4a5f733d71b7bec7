/** What was asked for, and how it went. */
import { code, escapeHtml, paragraph, table, type Cell } from "../html.ts";
import type { Report, StepResult } from "../report.ts";

/** `apps-per-env · prod-gcp`. */
export function titleOf({ inputs, results }: Report): string {
  const names = results.flatMap((result) => result.pipelines ?? []).map(({ name }) => name);
  const pipelines = names.length > 0 ? names.join(", ") : (inputs?.pipeline ?? "nais-etl");
  return [pipelines, inputs?.environment].filter(Boolean).join(" · ");
}

export function outcome(report: Report): string {
  return failure(report) + leftOut(report) + steps(report);
}

function failure({ failure: text }: Report): string {
  return text === undefined ? "" : paragraph(`<b>Failed.</b> ${escapeHtml(text)}`);
}

function leftOut({ leftOut: names, event }: Report): string {
  if (names.length === 0 || !event) return "";
  const list = names.map(code).join(", ");
  return paragraph(`Not done on ${escapeHtml(eventName(event))}: ${list}.`);
}

/** `a pull request from a fork`. */
export function eventName({ name, pullRequest, isUntrusted, isDependabot }: NonNullable<Report["event"]>): string {
  if (pullRequest?.fromFork) return "a pull request from a fork";
  if (isDependabot) return "a change of Dependabot";
  if (isUntrusted) return `event ${name || "without a name"}, of which it is not known whose change it is`;
  return pullRequest ? "a pull request" : `event ${name}`;
}

function steps({ steps: names, results }: Report): string {
  if (names.length === 0) return "";
  const rows = names.map((step): Cell[] => {
    const result = results.find((one) => one.step === step);
    if (!result) return [step, "– not taken", "", ""];
    return [step, markOf(result), result.sentence, { html: `${result.seconds.toFixed(1)}&nbsp;s` }];
  });
  return table(["Step", "Outcome", "Result", "Time"], rows);
}

function markOf({ passed }: StepResult): string {
  return passed ? "✅ passed" : "❌ failed";
}
