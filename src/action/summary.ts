/** The job's summary: a page for whoever opens the run. */
import * as core from "@actions/core";
import { messageOf } from "../util/error.ts";
import { heading } from "./html.ts";
import { scrub } from "./log.ts";
import { makePage } from "./page.ts";
import { deployment } from "./parts/deployment.ts";
import { image } from "./parts/image.ts";
import { manifests } from "./parts/manifests.ts";
import { origin } from "./parts/origin.ts";
import { outcome, titleOf } from "./parts/outcome.ts";
import { plans } from "./parts/plans.ts";
import { problems } from "./parts/problems.ts";
import { runs } from "./parts/runs.ts";
import { schedules } from "./parts/schedules.ts";
import { tests } from "./parts/tests.ts";
import type { Report } from "./report.ts";
import type { Runner } from "./runner.ts";

/**
 * GitHub refuses a step's summary of more than 1 MiB as a whole. What says that a part is left out has room besides.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
const limit = {
  most: 1_000_000,
  measure: (text: string) => Buffer.byteLength(text),
  elsewhere: "Too long for a summary: look in the log.",
};

/** Where the runner takes no summary, there is none. */
export async function writeSummary(report: Report, { env }: Runner): Promise<void> {
  if (!env["GITHUB_STEP_SUMMARY"]) return;
  core.summary.addRaw(scrub(summaryOf(report)));
  await core.summary.write().catch((error) => core.warning(`no job summary: ${messageOf(error)}`));
}

function summaryOf(report: Report): string {
  const parts = [
    { name: "Outcome", text: heading(titleOf(report), 2) + outcome(report) + origin(report) },
    { name: "Tests", text: tests(report, { withRows: true }) },
    { name: "Problems", text: problems(report, { most: 100 }) },
    { name: "Plan", text: plans(report) },
    { name: "Image", text: image(report) },
    { name: "Deploy", text: deployment(report) },
    { name: "Run", text: runs(report) },
    { name: "Schedule", text: schedules(report) },
    { name: "Manifest", text: manifests(report) },
  ];
  return makePage(parts, limit);
}
