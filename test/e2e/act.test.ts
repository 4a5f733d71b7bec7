/** The workflow that `init` writes, run as it stands on this machine: by act, offline, with the Action from this repository. */
import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { init } from "../../src/commands/init.ts";
import { makeFolder } from "../support/folder.ts";
import { action, buildAct, makeRepository, type ActEnded, type Repository } from "./support/act.ts";
import { buildTimeout } from "./support/go.ts";

let program: string | undefined;
let why = "";
let repository: Repository;

beforeAll(async () => {
  const built = await buildAct();
  if ("missing" in built) why = built.missing;
  else program = built.path;
  repository = await makeRepository();
  const { context } = await makeFolder();
  await init({ name: "sales", action }, { ...context, cwd: repository.folder });
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
