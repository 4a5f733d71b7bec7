import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withWorkflows } from "../../../scripts/action-docs.js";
import { isPinned } from "../../../src/ship/workflow/pins.ts";
import {
  ownWorkflows,
  shownWorkflows,
  writtenWorkflows,
  type Job,
  type Workflow,
  type WorkflowStep,
} from "../../support/workflows.ts";

const own = await ownWorkflows();
const written = writtenWorkflows();
const all = [...own, ...written, ...(await shownWorkflows())];

test.each(["action.md", "action-examples.md"])("docs/%s shows what `init` writes", async (name) => {
  const page = await readFile(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
  expect(page).toContain("<!-- workflow: ");
  expect(withWorkflows(page), "run node scripts/action-docs.js").toBe(page);
});

test("there are workflows to look at", () => {
  expect([own.length > 0, written.length > 10, all.length > own.length + written.length]).toEqual([true, true, true]);
});

/** Which steps the Action takes is its input `steps`; on a pull request a plan is among them by default. */
function plans({ uses, run, with: inputs }: WorkflowStep): boolean {
  const asked = inputs?.["steps"];
  if (uses !== undefined && /\/nais-etl@/.test(uses)) return typeof asked !== "string" || asked.includes("plan");
  return /\bnais-etl plan\b/.test(run ?? "");
}

function isRelease(job: Job): boolean {
  return job.if?.startsWith("github.ref == ") ?? false;
}

describe.for(all)("$name", ({ text }) => {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps: WorkflowStep[] = jobs.flatMap(([, job]) => job.steps);

  test("puts no expression into a shell script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("names each Action by a commit", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !uses.startsWith("./"));
    expect(actions.filter((uses) => !isPinned(uses))).toEqual([]);
  });

  test("says which permissions each job has, and gives what strangers may start no write to the code", () => {
    const given = jobs.map(([, { permissions }]) => permissions ?? workflow.permissions);
    expect(given.filter((permissions) => permissions === undefined)).toEqual([]);
    const isForStrangers = JSON.stringify(workflow.on).includes("pull_request");
    const writes = given.filter((permissions) => (permissions as Record<string, string>)["contents"] === "write");
    expect(isForStrangers ? writes : []).toEqual([]);
  });

  test("leaves no token behind in the clone", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  test("has the commits that a plan compares with", () => {
    const isForChanges = JSON.stringify(workflow.on).includes("pull_request");
    const planning = jobs.filter(([, job]) => isForChanges && !isRelease(job) && job.steps.some(plans));
    const shallow = planning.filter(([, job]) => !job.steps.some((step) => step.with?.["fetch-depth"] === 0));
    expect(shallow.map(([name]) => name)).toEqual([]);
  });

  test("ends each job in time", () => {
    expect(jobs.filter(([, job]) => !(Number(job["timeout-minutes"]) > 0))).toEqual([]);
  });

  test("does not run on pull_request_target", () => {
    expect(text).not.toContain("pull_request_target");
  });
});

describe.for(written)("what $name deploys", ({ text }) => {
  const { jobs, permissions } = parse(text) as Workflow;
  const deploys = Object.entries(jobs).filter(([name]) => name.startsWith("deploy-"));

  test("is never cut off, and never runs twice at once", () => {
    expect(permissions).toEqual({});
    expect(deploys.length).toBeGreaterThan(0);
    for (const [name, { concurrency, permissions: own }] of deploys) {
      expect(concurrency["cancel-in-progress"]).toBe(false);
      expect(concurrency.group).toContain(name.replace("deploy-", ""));
      expect(own).toEqual({ contents: "read", "id-token": "write" });
    }
  });

  test("has a group of its own for each pipeline and environment", () => {
    const groups = deploys.map(([, { concurrency }]) => concurrency.group);
    expect(new Set(groups).size).toBe(groups.length);
    for (const [, { strategy, concurrency }] of deploys)
      expect(concurrency.group.includes("${{ matrix.pipeline }}")).toBe(strategy !== undefined);
  });

  test("is not deployed from a pull request, which gets no token of the cloud", () => {
    expect(jobs["test"]!.permissions).toEqual({ contents: "read", "pull-requests": "write" });
    expect(jobs["test"]!.concurrency["cancel-in-progress"]).toBe(true);
  });
});
