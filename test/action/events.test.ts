import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pullRequest, pushed, startJob, type Command, type Drive, type Job } from "./drive.ts";

// Which steps an event suggests, and which it allows. `cli.js` fails the first of them: the summary names them all.

let job: Job;
beforeEach(async () => {
  job = await startJob({ "cli.js": "process.exitCode = 3;" });
});
afterEach(() => job.remove());

/** With them a job may ask GitHub for a token. */
const identity = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:9/token",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "made-up",
};

async function stepsOf({ inputs, env, ...drive }: Drive): Promise<string[]> {
  const { summary, log } = await job.drive({
    ...drive,
    env: { ...identity, ...env },
    inputs: { cli: "cli.js", environment: "prod-gcp", ...inputs },
  });
  expect(log).toContain("Using nais-etl of cli.js");
  return [...summary.matchAll(/<tr><td>(\w+)<\/td><td>(?:❌|–)/g)].map(([, step]) => step!);
}

const dependabots = {
  ...pullRequest(),
  pull_request: { ...pullRequest().pull_request, user: { login: "dependabot[bot]" } },
};
const gone = { pull_request: { number: 1, head: { repo: null }, base: { repo: null } } };
const runOf = (from: string) => ({
  workflow_run: { event: "pull_request", head_repository: { full_name: from } },
  repository: { default_branch: "main", full_name: "team/pipelines" },
});
const all = ["test", "build", "push", "render", "validate", "deploy", "wait"];
const change = ["test", "validate", "plan"];
const untrusted = ["test", "validate"];

describe("without the input steps", () => {
  const undefineds = { GITHUB_REF: "refs/heads/undefined" };
  const branch = { GITHUB_REF: "refs/heads/a-branch" };
  test.each<[string, Drive, string[]]>([
    ["a pull request", { event: "pull_request" }, change],
    ["a pull request from a fork", { event: "pull_request", payload: pullRequest("somebody/pipelines") }, untrusted],
    ["a pull request of Dependabot", { event: "pull_request", payload: dependabots }, untrusted],
    ["a push to the default branch", { event: "push", payload: pushed }, all],
    ["a push of Dependabot", { event: "push", payload: pushed, env: { GITHUB_ACTOR: "dependabot[bot]" } }, untrusted],
    ["a push to another branch", { event: "push", payload: pushed, env: branch }, change],
    ["a tag", { event: "push", payload: pushed, env: { GITHUB_REF: "refs/tags/main" } }, change],
    ["a start by hand", { event: "workflow_dispatch", payload: pushed }, all],
    ["a start by hand on another branch", { event: "workflow_dispatch", payload: pushed, env: branch }, change],
    ["a start by another program", { event: "repository_dispatch", payload: pushed }, all],
    ["a push of which nothing is known", { event: "push", payload: {} }, change],
    ["a push to a branch without a name", { event: "push", payload: { repository: {} }, env: undefineds }, change],
    ["a push without a payload", { event: "push", payload: null, env: { GITHUB_EVENT_PATH: "none" } }, change],
    ["a pull request of which nothing is known", { event: "pull_request", payload: {} }, untrusted],
    ["one without a payload", { event: "pull_request", payload: null, env: { GITHUB_EVENT_PATH: "" } }, untrusted],
    ["one whose payload is null", { event: "pull_request", payload: { pull_request: null } }, untrusted],
    ["one whose payload is a text", { event: "pull_request", payload: "pull_request" }, untrusted],
    ["one without ends", { event: "pull_request", payload: { pull_request: { number: 1 } } }, untrusted],
    ["one whose fork is gone", { event: "pull_request", payload: gone }, untrusted],
    ["a run after one of a fork", { event: "workflow_run", payload: runOf("somebody/pipelines") }, untrusted],
    ["a run after one of this repository", { event: "workflow_run", payload: runOf("team/pipelines") }, change],
    ["a run after an unknown one", { event: "workflow_run", payload: pushed }, untrusted],
    ["a comment on a pull request", { event: "issue_comment", payload: { ...pushed, issue: {} } }, untrusted],
    ["an event without a name", { event: "", payload: pushed }, untrusted],
    ["a schedule", { event: "schedule", payload: {} }, all],
    ["a merge queue", { event: "merge_group", payload: pushed, env: branch }, untrusted],
  ])("%s takes the steps that suit it", async (_, drive, steps) => {
    expect(await stepsOf(drive)).toEqual(steps);
  });
});

test.each(["pull_request", "pull_request_target"])(
  "%s pushes nothing, though it is told to, and says so",
  async (event) => {
    const { annotations, summary } = await job.drive({
      event,
      inputs: { cli: "cli.js", steps: "push test build" },
    });
    expect(annotations).toContainEqual({ name: "notice", properties: {}, text: "not done on a pull request: push" });
    expect(summary).toContain("<p>Not done on a pull request: <code>push</code>.</p>");
    expect(summary).toContain("<td>build</td><td>– not taken</td>");
    expect(summary).not.toContain("<td>push</td>");
  },
);

test.each<[string, Drive]>([
  ["a pull request from a fork", { payload: pullRequest("somebody/pipelines") }],
  ["a change of Dependabot", { payload: dependabots }],
  ["event merge_group, of which it is not known whose change it is", { event: "merge_group", payload: pushed }],
])("on %s nothing is built, though it is told to", async (shown, drive) => {
  const { annotations, summary } = await job.drive({
    ...drive,
    inputs: { cli: "cli.js", steps: "test build push plan", "cache-to": "type=local,dest=cache" },
  });
  const notices = annotations.filter(({ name }) => name === "notice").map(({ text }) => text);
  expect(notices).toEqual([`not done on ${shown}: cache-to`, `not done on ${shown}: build, push, plan`]);
  expect(summary).not.toContain("<td>build</td>");
});

test.each([pullRequest("somebody/pipelines"), dependabots, {}])(
  "pull_request_target with somebody else's change is refused before anything is done",
  async (payload) => {
    const { status, log, annotations } = await job.drive({
      event: "pull_request_target",
      payload,
      inputs: { cli: "cli.js" },
    });
    expect(status).toBe(1);
    expect(log).not.toContain("Using");
    expect(annotations.at(-1)!.text).toMatch(
      /^the workflow runs on pull_request_target, for a change of somebody else/,
    );
  },
);

test.each<[Record<string, string>, RegExp]>([
  [{ steps: "test push" }, /^input steps: `push` needs `build`\n/],
  [{}, /^input environment: a deploy needs it\nSay which cluster: `environment: prod-gcp`/],
  [{ environment: "prod-gcp", registry: "ghcr" }, /^input registry: nais does not run images from ghcr\.io\n/],
  [{ environment: "prod-gcp", image: "ghcr.io/o/n" }, /^input registry: nais does not run images from ghcr\.io\n/],
  [{ environment: "prod-gcp", steps: "render deploy" }, /^input steps: `deploy` needs an image\n/],
  [{ environment: "prod-gcp", steps: "build push deploy" }, /^input steps: `deploy` needs `render`\n/],
  [{ environment: "prod-gcp", steps: "test wait" }, /^input steps: `wait` needs `deploy`\n/],
])("on the default branch, %j is refused before anything is done", async (inputs, message) => {
  const { status, annotations, summary } = await job.drive({ event: "push", payload: pushed, env: identity, inputs });
  expect(status).toBe(1);
  expect(annotations.map(({ text }) => text)).toEqual([expect.stringMatching(message)]);
  expect(summary).not.toContain("<td>");
});

test("a job that may not ask for a token is told so, with the YAML to add, before anything is done", async () => {
  const release = { event: "push", payload: pushed };
  const { status, annotations, log } = await job.drive({ ...release, inputs: { environment: "prod-gcp" } });
  expect(status).toBe(1);
  expect(annotations.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /this job may not ask GitHub for a token[\s\S]*permissions:\n {2}contents: read\n {2}id-token: write$/,
    ),
  ]);
  expect(log).not.toContain("::group::");
  const others = { environment: "prod-gcp", registry: "registry.example.org/a", "deploy-key": "0a", cli: "cli.js" };
  expect((await job.drive({ ...release, inputs: others })).log).toContain("Using nais-etl of cli.js");
});

const titled = ({ properties }: Command) => properties["title"] === "secrets-on-pull-request";

test("a step on a pull request that holds secrets is warned of, and one that holds none is not", async () => {
  const inputs = { cli: "cli.js", "deploy-key": "0a", "registry-password": "made-up", "nais-api-token": "made-up-too" };
  const { annotations } = await job.drive({ inputs, env: identity });
  expect(annotations.find(titled)?.text).toContain(
    "holds `id-token: write`, the input deploy-key, the input nais-api-token, the input registry-password\n",
  );
  expect((await job.drive({ inputs: { cli: "cli.js" } })).annotations.some(titled)).toBe(false);
  const release = { event: "push", payload: pushed, inputs: { ...inputs, environment: "prod-gcp" }, env: identity };
  expect((await job.drive(release)).annotations.some(titled)).toBe(false);
});

test("a value of a build that looks like a secret is warned of", async () => {
  const inputs = { cli: "cli.js", steps: "test build", "build-args": "NPM_TOKEN=a\nVERSION=1" };
  const { annotations } = await job.drive({ inputs });
  expect(annotations[0]).toMatchObject({ name: "warning", properties: { title: "secret-build-arg" } });
  expect(annotations[0]!.text).toContain("NPM_TOKEN can be read");
  expect(annotations.some(({ text }) => text.includes("VERSION"))).toBe(false);
});

test("what needs no wait, an own manifest and an image of an earlier job take fewer steps", async () => {
  const release = { event: "push", payload: pushed };
  expect(await stepsOf({ ...release, inputs: { wait: "none" } })).toEqual(all.filter((step) => step !== "wait"));
  expect(await stepsOf({ ...release, inputs: { resource: "naisjob.yaml" } })).toEqual(
    all.filter((step) => step !== "render"),
  );
  const image = "europe-north1-docker.pkg.dev/p/t/n:1";
  expect(await stepsOf({ ...release, inputs: { steps: "test render deploy", image } })).toEqual([
    "test",
    "render",
    "deploy",
  ]);
});
