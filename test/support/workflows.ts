/** The workflows of this project: its own, those that `init` writes, those that the docs show. */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeWorkflow, type WorkflowFor } from "../../src/ship/workflow/workflow.ts";
import { ownAction } from "../../src/ship/workflow/pins.ts";
import { writeWorkflow } from "../../src/ship/workflow/write-workflow.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface WorkflowStep {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

export interface Job {
  if?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  concurrency: { group: string; "cancel-in-progress": boolean | string };
  strategy?: object;
  steps: WorkflowStep[];
  "timeout-minutes"?: number;
}

export interface Workflow {
  on: { push: { paths?: string[] } } & Record<string, unknown>;
  permissions?: object;
  concurrency?: Job["concurrency"];
  jobs: Record<string, Job>;
}

export interface WorkflowText {
  name: string;
  text: string;
}

/** What stands in this repository's .github. */
export async function ownWorkflows(): Promise<WorkflowText[]> {
  const found: WorkflowText[] = [];
  for await (const file of glob(".github/workflows/*.y*ml", { cwd: root }))
    found.push({ name: file, text: await readFile(join(root, file), "utf8") });
  return found;
}

/** Whole workflows in README and docs: `<owner>` and `<sha>` stand for what a reader fills in. */
export async function shownWorkflows(): Promise<WorkflowText[]> {
  const found: WorkflowText[] = [];
  for await (const file of glob(["README.md", "docs/**/*.md"], { cwd: root })) {
    const text = await readFile(join(root, file), "utf8");
    for (const [whole, block] of text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm))
      if (/^on:/m.test(block!) && /^jobs:/m.test(block!))
        found.push({ name: `${file}:${lineAt(text, whole)}`, text: filledIn(block!) });
  }
  return found;
}

function lineAt(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split("\n").length;
}

function filledIn(text: string): string {
  return text.replaceAll("<owner>", "someone").replaceAll("@<sha>", `@${"0123456789".repeat(4)}`);
}

/** `init` in all its forms. */
export function writtenWorkflows(): WorkflowText[] {
  const forms: WorkflowFor[] = [];
  for (const folder of [".", "data/sales"])
    for (const pipelines of [[], ["one", "two"]])
      for (const environments of [["prod-gcp"], ["dev-gcp", "prod-gcp"]])
        for (const isPacked of [false, true])
          forms.push({
            name: folder === "." ? "nais-etl" : "nais-etl-data-sales",
            folder,
            file: ".github/workflows/nais-etl.yaml",
            pipelines,
            environments,
            packages: { npm: isPacked, pip: isPacked },
            action: ownAction(),
          });
  return forms.map((form, i) => ({
    name: `init ${i}: ${form.folder} ${form.pipelines.join()} ${form.environments.join()} ${form.packages.npm}`,
    text: writeWorkflow(makeWorkflow(form), "A test."),
  }));
}
