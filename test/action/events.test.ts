import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pullRequest, pushed, startJob, type Drive, type Job } from "./drive.ts";

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
const all = ["test", "build", "push", "render", "validate", "deploy", "wait"];
const change = ["test", "validate", "plan"];
const untrusted = ["test", "validate"];

describe("without the input steps", () => {
  const branch = { GITHUB_REF: "refs/heads/a-branch" };
  test.each<[string, Drive, string[]]>([
    ["a pull request", { event: "pull_request" }, change],
    ["a pull request from a fork", { event: "pull_request", payload: pullRequest("somebody/pipelines") }, untrusted],
    ["a pull request of Dependabot", { event: "pull_request", payload: dependabots }, untrusted],
    ["a push to the default branch", { event: "push", payload: pushed }, all],
    ["a push of Dependabot", { event: "push", payload: pushed, env: { GITHUB_ACTOR: "dependabot[bot]" } }, untrusted],
    ["a push to another branch", { event: "push", payload: pushed, env: branch }, change],
    ["a tag", { event: "push", payload: pushed, env: { GITHUB_REF: "refs/tags/main" } }, change],
    ["a start by hand", { event: "workflow_dispatch", payload: pushed, env: branch }, all],
    ["a schedule", { event: "schedule", payload: {} }, all],
    ["a merge queue", { event: "merge_group", payload: pushed, env: branch }, change],
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
