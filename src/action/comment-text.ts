/** The comment on a pull request: counts and names, no rows, and no more than GitHub takes. */
import { createHash } from "node:crypto";
import { heading, link, paragraph } from "./html.ts";
import { makePage } from "./page.ts";
import { origin } from "./parts/origin.ts";
import { outcome, titleOf } from "./parts/outcome.ts";
import { plans } from "./parts/plans.ts";
import { problems } from "./parts/problems.ts";
import { tests } from "./parts/tests.ts";
import type { Inputs } from "./inputs.ts";
import type { Report } from "./report.ts";
import type { Runner } from "./runner.ts";

/** GitHub refuses longer ones ("body is too long (maximum is 65536 characters)"). What says that a part is left out has room besides. */
const limit = {
  most: 64_000,
  measure: (text: string) => text.length,
  elsewhere: "Too long for a comment: look in the job's summary.",
};

/** By which a comment is known for the one of this pipeline and environment. */
export function markerOf({ folder, pipeline, environment }: Inputs, { workspace }: Runner): string {
  const which = [folder.slice(workspace.length), pipeline, environment].join("\n");
  return `<!-- nais-etl ${createHash("sha256").update(which).digest("hex").slice(0, 16)} -->`;
}

export function commentText(report: Report, { env }: Runner): string {
  const parts = [
    { name: "Outcome", text: heading(titleOf(report), 3) + outcome(report) },
    { name: "Tests", text: tests(report, { withRows: false }) },
    { name: "Plan", text: plans(report) },
    { name: "Problems", text: problems(report, { most: 20 }) },
  ];
  return makePage(parts, limit) + paragraph(link("The job, with its summary", jobUrl(env))) + origin(report);
}

function jobUrl(env: Runner["env"]): string {
  return `${env["GITHUB_SERVER_URL"]}/${env["GITHUB_REPOSITORY"]}/actions/runs/${env["GITHUB_RUN_ID"]}`;
}
