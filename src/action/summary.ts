/** The job's summary: a page for whoever opens the run. */
import * as core from "@actions/core";
import { count, formatWhere, messageOf, type Problem } from "../util/error.ts";
import { actionVersion } from "./cli.ts";
import { details, escapeHtml, tableRows } from "./html.ts";
import type { Manifest, PipelineResult, Report, StepResult, TestResult } from "./report.ts";
import type { Runner } from "./runner.ts";

/** More would not be read. */
const most = { tests: 30, diff: 8_000, problems: 100, manifest: 100_000, manifests: 5 };

/**
 * GitHub refuses a step's summary of more than 1 MiB as a whole.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
const mostBytes = 1_000_000;

/** Where the runner takes no summary, there is none. */
export async function writeSummary(report: Report, { env }: Runner): Promise<void> {
  if (!env["GITHUB_STEP_SUMMARY"]) return;
  const { results, warnings } = report;
  core.summary.addHeading(escapeHtml(titleOf(report)), 2);
  addOutcome(report);
  addOrigin(report);
  addIfItFits("Tests", () => addTests(results.flatMap((result) => result.tests ?? [])));
  addIfItFits("Problems", () => addProblems([...warnings, ...results.flatMap((result) => result.problems)]));
  addIfItFits("Schedule", () => addSchedules(results.flatMap((result) => result.pipelines ?? [])));
  addIfItFits("Manifest", () => addManifests(results.flatMap((result) => result.manifests ?? [])));
  await core.summary.write().catch((error) => core.warning(`no job summary: ${messageOf(error)}`));
}

function addIfItFits(part: string, add: () => void): void {
  const before = core.summary.stringify();
  add();
  if (Buffer.byteLength(core.summary.stringify()) < mostBytes) return;
  core.summary.emptyBuffer().addRaw(before);
  core.summary.addHeading(part, 3);
  addBlock("<p>Too long for a summary: look in the log.</p>");
}

/** A piece of HTML, and the blank line after which Markdown begins again. */
function addBlock(html: string): void {
  core.summary.addRaw(html).addEOL().addEOL();
}

function titleOf({ results }: Report): string {
  const names = results.flatMap((result) => result.pipelines ?? []).map(({ name }) => name);
  return names.length > 0 ? names.join(", ") : "nais-etl";
}

function addOutcome({ steps, results, failure }: Report): void {
  if (failure !== undefined) addBlock(`<p><b>Failed.</b> ${escapeHtml(failure)}</p>`);
  if (steps.length === 0) return;
  const rows = steps.map((step) => {
    const result = results.find((one) => one.step === step);
    return result
      ? [step, markOf(result), result.sentence, `${result.seconds.toFixed(1)} s`]
      : [step, "– not taken", "", ""];
  });
  core.summary.addTable(tableRows(["Step", "Outcome", "Result", "Time"], rows)).addEOL();
}

function markOf({ passed }: StepResult): string {
  return passed ? "✅ passed" : "❌ failed";
}

function addTests(tests: TestResult[]): void {
  const failed = tests.filter(({ passed }) => !passed);
  if (tests.length === 0) return;
  core.summary.addHeading("Tests", 3);
  const counts = [String(tests.length - failed.length), String(failed.length)];
  core.summary.addTable(tableRows(["Passed", "Failed"], [counts])).addEOL();
  if (failed.length === 0) return;
  const rows = failed.map(({ name, model, file, line, message }) => [
    name,
    model,
    formatWhere({ file, line }),
    message,
  ]);
  core.summary.addTable(tableRows(["Failed test", "Model", "Where", "What"], rows.slice(0, most.tests))).addEOL();
  addRest(failed.length - most.tests, "failed test");
  for (const { name, diff } of failed.filter((test) => test.diff.length > 0).slice(0, most.tests)) {
    core.summary.addRaw(details({ label: name, code: diff.join("\n"), language: "diff", most: most.diff }));
  }
}

function addProblems(problems: Problem[]): void {
  if (problems.length === 0) return;
  const rows = problems.map(({ severity, where, message, hint = "" }) => [
    severity,
    where ? formatWhere(where) : "",
    message,
    hint,
  ]);
  core.summary.addHeading("Problems", 3);
  core.summary.addTable(tableRows(["Severity", "Where", "What", "What to do"], rows.slice(0, most.problems))).addEOL();
  addRest(problems.length - most.problems, "problem");
}

function addRest(n: number, noun: string): void {
  if (n > 0) addBlock(`<p>… and ${count(n, noun)} more</p>`);
}

function addSchedules(pipelines: PipelineResult[]): void {
  for (const { name, schedule } of pipelines) {
    if (!schedule) continue;
    const { cron, timeZone, words, nextRuns } = schedule;
    core.summary.addHeading(pipelines.length === 1 ? "Schedule" : escapeHtml(`Schedule of ${name}`), 3);
    addBlock(`<p>${escapeHtml(words)} (<code>${escapeHtml(cron)}</code>, ${escapeHtml(timeZone)})</p>`);
    const rows = nextRuns.map(({ local, utc }) => [minuteOf(local), minuteOf(utc)]);
    core.summary.addTable(tableRows([`Next runs, ${escapeHtml(timeZone)}`, "UTC"], rows)).addEOL();
  }
}

/** `2026-11-05 07:30`. */
function minuteOf(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function addManifests(manifests: Manifest[]): void {
  if (manifests.length === 0) return;
  core.summary.addHeading(manifests.length === 1 ? "Manifest" : "Manifests", 3);
  for (const { path, text } of manifests.slice(0, most.manifests)) {
    core.summary.addRaw(details({ label: path, code: text, language: "yaml", most: most.manifest }));
  }
  addRest(manifests.length - most.manifests, "manifest");
}

function addOrigin({ event, cli }: Report): void {
  const { name, pullRequest } = event;
  const from = pullRequest?.fromFork ? " from a fork" : "";
  const what = pullRequest ? `Pull request #${pullRequest.number}${from}` : `Event ${name}`;
  const parts = [what, cli, `Action ${actionVersion}`].filter((part) => part !== undefined);
  // A deploy that is not there must not look like one that was done.
  if (!pullRequest) {
    addBlock("<p>This version of the Action neither builds an image nor deploys: manifests are applied nowhere.</p>");
  }
  addBlock(`<p><sub>${escapeHtml(parts.join(" · "))}</sub></p>`);
}
