import { expect, test } from "vitest";
import { noRelease } from "../../../src/ship/workflow/pins.ts";
import { checkWorkflow } from "../../../src/ship/workflow/check-workflow.ts";
import { writtenWorkflows } from "../../support/workflows.ts";

const sha = "1".repeat(40);

/** A workflow that is as it should be, with one thing changed. */
function flow(from = "", to = ""): string {
  return `on: push
permissions: { contents: read, id-token: write }
concurrency: { group: deploy, cancel-in-progress: false }
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: someone/nais-etl@${sha}
      - run: echo done
`.replace(from, to);
}

const check = (text: string) => checkWorkflow(text, "nais-etl.yaml");

test("one as it should be has no problems", () => {
  expect(check(flow())).toEqual({
    isAboutPipelines: true,
    deploys: true,
    login: "identity",
    pipelines: undefined,
    folders: ["."],
    problems: [],
  });
});

test("those that `init` writes lack a release at most", () => {
  for (const { text } of writtenWorkflows()) {
    const { problems, login } = check(text);
    expect(problems.filter(({ message }) => message !== "it does not say which nais-etl it runs")).toEqual([]);
    expect(login).toBe("identity");
  }
});

test("the pipelines that it deploys are those of its matrix", () => {
  const [several] = writtenWorkflows().filter(({ name }) => name.includes("one,two"));
  expect(check(several!.text).pipelines).toEqual(["one", "two"]);
});

test.each([
  ["a tag", flow(sha, "v1"), "someone/nais-etl@v1 is not named by a commit", 8],
  ["no release", flow(`someone/nais-etl@${sha}`, noRelease), "it does not say which nais-etl it runs", 8],
  [
    "an expression in a script",
    flow("echo done", "echo ${{ github.ref }}"),
    "${{ github.ref }} stands inside a script",
    9,
  ],
  [
    "no permissions",
    flow(/permissions.*\n/.exec(flow())![0], ""),
    "job deploy has whatever permissions the repository gives",
    5,
  ],
  [
    "all permissions",
    flow(/permissions.*\n/.exec(flow())![0], "permissions: write-all\n"),
    "job deploy has all permissions",
    6,
  ],
  [
    "pull_request_target",
    flow("push", "pull_request_target"),
    "it runs on pull_request_target: a fork's code would run beside the repository's secrets",
    1,
  ],
  ["deploys cut off", flow("false", "true"), "job deploy deploys, and a newer commit cuts it off", 6],
  ["deploys at once", flow(/concurrency.*\n/.exec(flow())![0], ""), "job deploy deploys, and two may do so at once", 5],
])("%s is told, with its line and a cure", (_, text, message, line) => {
  const problem = check(text).problems.find((one) => one.message === message);

  expect(problem?.where?.line).toBe(line);
  expect(problem?.hint).toBeTruthy();
});

test.each([
  ["on: push\njobs: { a: { steps: [{ uses: actions/checkout@v7 }] } }", false, false],
  ["on: push\njobs: { a: { steps: [{ run: npx nais-etl test }] } }", true, false],
  ["on: push\njobs: { a: { steps: [{ run: npx nais-etl deploy }] } }", true, true],
  [`on: pull_request\njobs: { a: { steps: [{ uses: someone/nais-etl@${sha} }] } }`, true, false],
  [
    `on: push\njobs: { a: { steps: [{ uses: someone/nais-etl@${sha}, with: { steps: test validate } }] } }`,
    true,
    false,
  ],
  [
    `on: [push]\njobs: { a: { steps: [{ uses: someone/nais-etl@${sha}, with: { steps: "render,deploy" } }] } }`,
    true,
    true,
  ],
  ["on: push\njobs: [", false, false],
])("%j: about pipelines %s, deploys %s", (text, isAboutPipelines, deploys) => {
  expect(check(text)).toMatchObject({ isAboutPipelines, deploys });
});
