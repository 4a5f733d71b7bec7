/** The workflow that `init` writes, run as it stands on this machine: by act, offline, with the Action from this repository. */
import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { init } from "../../src/commands/init.ts";
import { makeFolder } from "../support/folder.ts";
import { startDeployServer, type DeployServer } from "../servers/deploy/start.ts";
import { startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { action, buildAct, makeRepository, type ActEnded, type Repository } from "./support/act.ts";
import { builderEnv, emptyBase, makeEmptyBase } from "./support/empty-base.ts";
import { buildTimeout } from "./support/go.ts";
import { startRegistry, type Registry } from "./support/registry.ts";

const workflow = ".github/workflows/nais-etl.yaml";
const cannotBuild = makeEmptyBase();

let program: string | undefined;
let why = "";
let repository: Repository;

beforeAll(async () => {
  const built = await buildAct();
  if ("missing" in built) why = built.missing;
  else program = built.path;
  repository = await makeRepository();
  const { context } = await makeFolder();
  await init({ name: "sales", action, environment: ["dev-gcp", "prod-gcp"] }, { ...context, cwd: repository.folder });
}, buildTimeout + 60_000);

afterAll(() => repository.remove());

beforeEach(({ skip }) => skip(program === undefined, why));

const ends = ["head", "base"].map((end) => [end, { ref: end, sha: "1".repeat(40), repo: { full_name: "team/sales" } }]);
const pullRequest = {
  ref: "refs/pull/12/merge",
  repository: { default_branch: "main", full_name: "team/sales", owner: { login: "team" }, name: "sales" },
  pull_request: { number: 12, ...Object.fromEntries(ends) },
};

describe("on a pull request", () => {
  test("tests and validates, and deploys nothing", async () => {
    const { status, log } = await runPullRequest();

    expect(log).toContain("test: 3 tests passed");
    expect(log).toContain("validate: valid, no warnings");
    expect(log).toContain("Job succeeded");
    expect(jobsIn(log)).toEqual(["test"]);
    expect(status).toBe(0);
  });

  test("a test that fails is told, and nothing after it happens", async () => {
    const undo = await edit("models/orders_per_month.sql", (text) => text.replace(/count\(\*\)/, "count(*) + 1"));
    const { status, log } = await runPullRequest();
    await undo();

    expect(log).toContain("test: 2 of 3 tests failed");
    expect(log).toContain("Job failed");
    expect(log).not.toContain("validate:");
    expect(status).not.toBe(0);
  });
});

function runPullRequest(): Promise<ActEnded> {
  return repository.act({ program: program!, event: "pull_request", payload: pullRequest });
}

describe.skipIf(cannotBuild)(
  `on the default branch${cannotBuild ? ` (${cannotBuild})` : ""}`,
  { timeout: 300_000 },
  () => {
    let registry: Registry;
    let tokens: OidcServer;
    let platform: DeployServer;

    beforeAll(async () => {
      registry = await startRegistry();
      tokens = await startOidcServer({ repository: "team/sales" });
      platform = await startDeployServer({ tokens, world: { repositories: { "my-team": ["team/sales"] } } });
    });
    afterAll(async () => {
      platform.stop();
      await Promise.all([registry.stop(), tokens.stop()]);
    });

    async function push(): Promise<ActEnded> {
      const undo = await edit(workflow, (text) => withInputs(text, { registry: `${registry.host}/my-team` }));
      const ended = await repository.act({
        program: program!,
        event: "push",
        payload: { ref: "refs/heads/main", repository: pullRequest.repository },
        env: { ...builderEnv, ...tokens.env, NAIS_ETL_BASE_IMAGE: emptyBase, DEPLOY_SERVER: platform.address },
      });
      await undo();
      return ended;
    }

    test("builds once, and deploys that image to each environment in turn", async () => {
      const { status, log } = await push();

      expect(status, log).toBe(0);
      expect(jobsIn(log)).toEqual(["build", "deploy-dev-gcp", "deploy-prod-gcp"]);
      expect(log.match(/\| push: .*sha256:/g)).toHaveLength(1);
      const [image] = /127\.0\.0\.1:\d+\/my-team\/sales:\S+@sha256:[0-9a-f]{64}/.exec(log) ?? [];
      const deployed = platform.deployed().map(([naisjob]) => naisjob!.spec.image);
      expect(deployed).toEqual([image, image]);
      const clusters = platform.calls
        .filter(({ method }) => method === "deploy")
        .map(({ request }) => request["cluster"]);
      expect(clusters).toEqual(["dev-gcp", "prod-gcp"]);
    });

    test("what dev refuses does not reach prod", async () => {
      platform.world.repositories = {};

      const { status, log } = await push();

      expect(status).not.toBe(0);
      expect(log).toContain('repo "team/sales" not authorized by team "my-team"');
      expect(jobsIn(log)).toEqual(["build", "deploy-dev-gcp"]);
    });
  },
);

/** The Action's step with more inputs, as a team writes them. */
function withInputs(text: string, inputs: Record<string, string>): string {
  const lines = Object.entries(inputs).map(([name, value]) => `\n          ${name}: ${value}`);
  return text.replaceAll(/(uses: someone\/nais-etl@.*\n +with:)/g, `$1${lines.join("")}`);
}

/** Names of the jobs that did anything. */
function jobsIn(log: ActEnded["log"]): string[] {
  return [...new Set([...log.matchAll(/^\[nais-etl\/(\S+) *\]/gm)].map(([, job]) => job!))];
}

async function edit(file: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const path = join(repository.folder, file);
  const text = await readFile(path, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
  return () => writeFile(path, text);
}
