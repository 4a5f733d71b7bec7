/** The Action's work, from its inputs to a report. Whatever goes wrong stands in the report. */
import * as core from "@actions/core";
import { EtlError, messageOf, type Problem } from "../util/error.ts";
import { createCall } from "./call.ts";
import { findCli } from "./cli.ts";
import { assertEvent, eventWarnings, readEvent } from "./event.ts";
import { assertIdentity, changeWarnings, inputWarnings } from "./foot-guns.ts";
import { readInputs } from "./inputs.ts";
import { say } from "./log.ts";
import { repositoryOf } from "./places.ts";
import { eventName } from "./parts/outcome.ts";
import { hasVersion, planSteps, withoutCache } from "./plan-steps.ts";
import type { Report, StepResult } from "./report.ts";
import type { Runner } from "./runner.ts";
import { takeSteps } from "./steps.ts";

export async function runAction(runner: Runner): Promise<Report> {
  const report: Report = { steps: [], leftOut: [], results: [], warnings: [] };
  try {
    await fill(report, runner);
  } catch (error) {
    report.failure = describeFailure(error);
  }
  return report;
}

async function fill(report: Report, runner: Runner): Promise<void> {
  const event = (report.event = await readEvent(runner));
  report.warnings.push(...eventWarnings(event));
  assertEvent(event);
  const given = await readInputs(runner);
  const inputs = (report.inputs = withoutCache(given, event) ?? given);
  if (inputs !== given) core.notice(`not done on ${eventName(event)}: cache-to`);
  Object.assign(report, planSteps(inputs, event));
  if (report.leftOut.length > 0) core.notice(`not done on ${eventName(event)}: ${report.leftOut.join(", ")}`);
  report.warnings.push(...inputWarnings(inputs), ...changeWarnings(inputs, event, runner));
  await assertIdentity(inputs, report.steps, runner);
  const cli = await findCli(inputs, runner);
  report.cli = cli.shown;
  if (cli.warning) report.warnings.push(cli.warning);
  say(`Using ${cli.shown}.`);
  const { folder } = inputs;
  const places = { folder, repository: repositoryOf(folder, runner.workspace) };
  const call = createCall({ cli, places, runner });
  // Where nothing is pushed, one that an earlier job has pushed; else manifests are templates.
  const { address } = inputs.image;
  const made = { ...(hasVersion(address) && { imageName: address! }) };
  for await (const result of takeSteps({ inputs, steps: report.steps, runner, places, call, made })) {
    report.results.push(result);
    if (!result.passed) report.failure = failureOf(result);
  }
}

function failureOf({ step, sentence, hint }: StepResult): string {
  return withHint({ message: `${step} failed: ${sentence}`, ...(hint && { hint }) });
}

function describeFailure(error: unknown): string {
  if (error instanceof EtlError) return error.problems.map(withHint).join("\n");
  if (error instanceof Error && error.stack) core.debug(error.stack);
  return `${messageOf(error)}\nThis is a fault in the Action. Run the job again with debug logging, and report what it prints.`;
}

function withHint({ message, hint }: Pick<Problem, "message" | "hint">): string {
  return hint ? `${message}\n${hint}` : message;
}
