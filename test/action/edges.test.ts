import { chmod, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root, startJob, type Job } from "./drive.ts";

// What goes wrong around the command line, and what it could be made to say. `cli.js` is a program that answers as told.

let job: Job;
beforeEach(async () => {
  job = await startJob({ "cli.js": "" });
});
afterEach(() => job.remove());

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Makes cli.js print a result and error lines, and end. */
async function answer({ result = "", lines = [], end = "" }: { result?: unknown; lines?: unknown[]; end?: string }) {
  const said = lines.map((line) => `process.stderr.write(${JSON.stringify(`${text(line)}\n`)});`);
  await job.write("cli.js", [`process.stdout.write(${JSON.stringify(text(result))});`, ...said, end].join("\n"));
}

const testsOnly = { cli: "cli.js", steps: "test" };
const oneTest = { name: "a", model: "m", file: "tests/a.yaml", line: 1, status: "passed", seconds: 0 };

/** An npm that installs this repository, and says what it was asked, where, and with which variables. */
async function fakeNpm(end = "") {
  const npm = join(job.folder, "empty/npm");
  const script = [
    `#!${process.execPath}`,
    `const { mkdirSync, symlinkSync, writeFileSync } = require("node:fs");`,
    `writeFileSync(${JSON.stringify(join(job.temp, "asked.json"))}, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), names: Object.keys(process.env) }));`,
    end,
    `mkdirSync("node_modules");`,
    `symlinkSync(${JSON.stringify(root)}, "node_modules/nais-etl", "dir");`,
  ];
  await writeFile(npm, script.join("\n"));
  await chmod(npm, 0o755);
}
const asked = async () => JSON.parse(await readFile(join(job.temp, "asked.json"), "utf8"));

describe("inputs", () => {
  test.each([
    [{ steps: "tset" }, "input steps: there is no step `tset`\nDid you mean `test`?"],
    [
      { steps: "build", image: "ghcr.io/o/n:1" },
      "input steps: `build` is named, and the input image has a version already",
    ],
    [{ comment: "yes" }, "input comment: `yes` is neither true nor false"],
    [{ "build-args": "A=1\nsecret of mine" }, "input build-args: line 2 is not NAME=value"],
    [
      { "working-directory": "pipes" },
      "there is no folder pipes in the workspace\nIt starts at the top of the repository. The step actions/checkout",
    ],
    [{ cli: "nowhere.tgz" }, "input cli: there is no nowhere.tgz in the workspace\nGive a version (nais-etl@"],
    [{ cli: "." }, "input cli: . does not hold the package nais-etl"],
    [{ cli: "cli.sh" }, "input cli: cli.sh is not JavaScript"],
  ])("%j is refused with the cure", async (inputs, message) => {
    await job.write("cli.sh", "");
    const { status, annotations, summary, outputs } = await job.drive({ inputs: { cli: "cli.js", ...inputs } });
    expect(status).toBe(1);
    expect(annotations).toMatchObject([{ name: "error", properties: {} }]);
    expect(annotations[0]!.text).toContain(message);
    expect(summary).toContain("<b>Failed.</b>");
    expect(outputs).toEqual({});
  });

  test("that action.yml does not have are refused, with the name that was meant", async () => {
    const env = { INPUT_ENVIROMENT: "dev-gcp", INPUT_CLUSTER: "dev-gcp" };
    const { status, annotations } = await job.drive({ inputs: testsOnly, env });
    expect(status).toBe(1);
    expect(annotations.map(({ text }) => text)).toEqual([
      [
        "there is no input `enviroment`",
        "Did you mean `environment`?",
        "there is no input `cluster`",
        "Here it is `environment`.",
      ].join("\n"),
    ]);
  });

  test("a folder that holds the package may be the cli", async () => {
    const { log } = await job.drive({ inputs: { cli: root, steps: "validate" } });
    expect(log).toContain(`Using nais-etl ${await version()}, from ${root}.`);
    expect(log).toContain("validate failed: there is no pipeline.yaml");
  });
});

describe("nais-etl from npm", () => {
  test("is the Action's own version, installed outside the workspace and without scripts", async () => {
    await fakeNpm();
    const { log } = await job.drive({ inputs: { steps: "validate" } });
    expect(log).toContain(`Using nais-etl ${await version()}, from npm.`);
    const { args, cwd, names } = await asked();
    expect(args).toEqual(expect.arrayContaining(["install", "--ignore-scripts", `nais-etl@${await version()}`]));
    expect(cwd.startsWith(await realpath(job.temp))).toBe(true);
    expect(names.filter((name: string) => name.startsWith("INPUT_"))).toEqual([]);
  });

  test("may be another version, or a packed tarball", async () => {
    await fakeNpm();
    await job.drive({ inputs: { cli: "nais-etl@9.9.9", steps: "validate" } });
    expect((await asked()).args.at(-1)).toBe("nais-etl@9.9.9");
    await job.write("nais-etl-9.9.9.tgz", "");
    await job.drive({ inputs: { cli: "nais-etl-9.9.9.tgz", steps: "validate" } });
    expect((await asked()).args.at(-1)).toBe(join(job.workspace, "nais-etl-9.9.9.tgz"));
  });

  test("comes with a warning where package.json names another that is not installed", async () => {
    await fakeNpm();
    await job.write("package.json", JSON.stringify({ devDependencies: { "nais-etl": "1" } }));
    const { annotations } = await job.drive({ inputs: { steps: "validate" } });
    expect(annotations[1]).toMatchObject({ name: "warning", properties: { title: "not-installed" } });
  });

  test("is missed with npm's reason, and the cure", async () => {
    await fakeNpm(`console.error("npm error code E404\\nnpm error 404 Not Found - GET nais-etl"); process.exit(1);`);
    const { status, annotations } = await job.drive({ inputs: {} });
    expect(status).toBe(1);
    expect(annotations[0]!.text).toBe(
      `npm could not install nais-etl@${await version()}: code E404: 404 Not Found - GET nais-etl\nInstall nais-etl in the pipeline's folder before this step (npm ci), or name another with the input cli.`,
    );
  });

  test("needs npm, and says so", async () => {
    const { annotations } = await job.drive({ inputs: {} });
    expect(annotations[0]!.text).toMatch(
      /^npm, which installs nais-etl, cannot be started: .*\nOn a runner without npm/,
    );
  });
});

describe("a command line that ends badly", () => {
  test.each([
    [
      "crashes",
      { lines: ["error: x is undefined", "    This is a fault"], end: "process.exitCode = 1" },
      "test failed: error: x is undefined",
    ],
    ["says nothing", { end: "process.exitCode = 7" }, "test failed: it ended with exit code 7"],
    [
      "is killed",
      { end: 'process.kill(process.pid, "SIGKILL")' },
      "test failed: it was killed, perhaps for want of memory",
    ],
    [
      "answers something else",
      { result: "done" },
      "nais-etl test --json answered something that this Action cannot read\nThe Action and nais-etl must fit",
    ],
    [
      "has several problems",
      {
        lines: ["a", "b"].map((message) => ({ level: "error", message, where: { file: "p.yaml", line: 2 } })),
        end: "process.exitCode = 2",
      },
      "test failed: p.yaml:2 a (and 1 more problem)",
    ],
  ])("and %s fails the step with the reason", async (_, said, message) => {
    await answer(said);
    const { status, annotations } = await job.drive({ inputs: testsOnly });
    expect(status).toBe(1);
    expect(annotations.at(-1)!.text).toContain(message);
  });
});

describe("what the command line says", () => {
  test("is no command to the runner, and no markup in the summary", async () => {
    const evil = "::error::evil\n::set-output name=manifest::evil\n<script>`";
    const result = {
      tests: [{ ...oneTest, name: evil, status: "failed", message: evil, diff: diffOf("```\n</details>") }],
    };
    await answer({ result, lines: ["::error::evil", { level: "info", message: evil }], end: "process.exitCode = 3" });
    const { annotations, commands, outputs, summary } = await job.drive({ inputs: testsOnly });
    expect(annotations.map(({ text }) => text.startsWith("evil"))).toEqual([false, false]);
    expect(commands.map(({ name }) => name)).toEqual([
      "add-mask",
      "group",
      "stop-commands",
      "endgroup",
      "error",
      "error",
    ]);
    expect(outputs).toEqual({ "tests-passed": "0", "tests-failed": "1" });
    expect(summary).not.toContain("<script>");
    expect(summary).toContain("````diff\n");
  });

  test.each([
    ["the runner's older form", "##[save-state name=login]evil"],
    ["that form, with characters that are not seen", "a #\u200b#\u00ad[save-state name=login]evil"],
    ["a line of its own", "a\r::error::evil\r##[set-output name=image]evil"],
    ["one behind another end of a line", "a\u2028::error::evil\u0085::error::evil\v::error::evil"],
  ])("is no command where a step's sentence holds it: %s", async (_, evil) => {
    const result = { tests: [{ ...oneTest, name: evil, file: evil, status: "failed", message: evil }] };
    await answer({ result, lines: [evil, { level: "error", message: evil, rule: evil }], end: "process.exitCode = 3" });
    const { commands, state, annotations } = await job.drive({ inputs: testsOnly });
    expect(annotations).toHaveLength(3);
    expect(commands.filter(({ name }) => name === "stop-commands")).toHaveLength(1);
    expect(Object.keys(state)).toEqual(["folder"]);
  });

  test("ends no block of the summary, and sends nobody a message", async () => {
    const ends = ["\r", "\r\n", "\n", "\v", "\f", "\u0085", "\u2028", "\u2029"].map((end) => `a${end}${end}# evil`);
    const tests = [...ends, "@@team", "b@c"].map((name) => ({ ...oneTest, name, status: "failed", message: name }));
    await answer({ result: { tests }, end: "process.exitCode = 3" });
    const { summary } = await job.drive({ inputs: testsOnly });
    expect(summary.split(/[\r\n\v\f\u0085\u2028\u2029]/u).filter((line) => line.startsWith("#"))).toEqual([]);
    expect(summary).toContain("a<br><br># evil");
    expect(summary).toContain("@@&#8203;team");
    expect(summary).not.toContain("@team");
    expect(summary).toContain("b@c");
  });

  test.each([
    ["1.2.3-rc.1+build", "1.2.3-rc.1+build"],
    ["1\n::set-output name=image::evil", "of an unknown version"],
    ["1.2.3\n::add-mask::e", "of an unknown version"],
    ["##[add-mask]e", "of an unknown version"],
    [["1.2.3"], "of an unknown version"],
    [undefined, "of an unknown version"],
  ])("is nothing of its package.json but a version: %j", async (given, shown) => {
    await answer({ result: { tests: [oneTest] } });
    await job.write("node_modules/nais-etl/cli.js", await readFile(join(job.workspace, "cli.js"), "utf8"));
    const described = { name: "nais-etl", version: given, bin: { "nais-etl": "cli.js" } };
    await job.write("node_modules/nais-etl/package.json", JSON.stringify(described));
    const { status, log } = await job.drive({ inputs: { steps: "test" } });
    expect(status).toBe(0);
    expect(log).toContain(`Using nais-etl ${shown}, installed in node_modules.\n`);
  });

  test("marks at most nine lines with errors, so that the failure itself is the tenth", async () => {
    const tests = Array.from({ length: 12 }, (_, i) => ({ ...oneTest, line: i + 1, status: "failed", message: "x" }));
    await answer({ result: { tests }, end: "process.exitCode = 3" });
    const { annotations, outputs, summary } = await job.drive({ inputs: testsOnly });
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)!.text).toBe('test failed: 12 of 12 tests failed: "a" and others (tests/a.yaml:1)');
    expect(outputs["tests-failed"]).toBe("12");
    expect(summary).toContain("tests/a.yaml:12");
  });

  test("is cut in the summary before GitHub would refuse it", async () => {
    const columns = Array.from({ length: 10 }, (_, i) => `c${i}`);
    const row = Object.fromEntries(columns.map((name) => [name, "€".repeat(60)]));
    const wide = { ...diffOf(""), columns, missing: Array<object>(20).fill(row) };
    const tests = Array.from({ length: 60 }, () => ({
      ...oneTest,
      status: "failed",
      message: "x",
      diff: wide,
    }));
    const lines = Array.from({ length: 200 }, (_, i) => ({
      level: "warn",
      message: `${i} ${"<".repeat(5_000)}`,
      hint: "<".repeat(5_000),
    }));
    await answer({ result: { tests }, lines, end: "process.exitCode = 3" });
    const { summary } = await job.drive({ inputs: testsOnly });
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(summary.includes("… and 30 failed tests more")).toBe(true);
    expect(/<h3>Problems<\/h3>\s+<p>Too long for a summary/.test(summary)).toBe(true);
  });

  test("arrives whole, wherever the pieces of it end", async () => {
    const end = `const text = Buffer.from('{"level":"warn","message":"blåbær"}\\n'); process.stderr.write(text.subarray(0, 31)); setTimeout(() => process.stderr.write(text.subarray(31)), 100);`;
    await answer({ result: { tests: [oneTest] }, end });
    const { annotations } = await job.drive({ inputs: testsOnly });
    expect(annotations).toMatchObject([{ name: "warning", text: "blåbær" }]);
  });
});

test("the command line runs on the Action's Node, with neither inputs nor the runner's tokens and files", async () => {
  const end = `require("node:fs").writeFileSync("seen.json", JSON.stringify({ node: process.execPath, args: process.argv.slice(2), env: process.env }))`;
  await answer({ result: { tests: [oneTest] }, end });
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
    ACTIONS_RUNTIME_TOKEN: "secret",
    NAIS_DEPLOY_APIKEY: "secret",
    COSIGN_KEY: "secret",
    TEAM_VARIABLE: "kept",
    RUNNER_DEBUG: "1",
  };
  expect((await job.drive({ inputs: testsOnly, env })).status).toBe(0);
  const seen = JSON.parse(await readFile(join(job.workspace, "seen.json"), "utf8"));
  expect(seen.node).toBe(process.execPath);
  expect(seen.args).toEqual(["test", "--json", "--debug"]);
  expect(seen.env).toMatchObject({ TEAM_VARIABLE: "kept", GITHUB_ACTIONS: "true", NAIS_ETL_LOG: "json" });
  expect(
    Object.keys(seen.env).filter((name) =>
      /^(INPUT_|ACTIONS_|NAIS_DEPLOY|COSIGN|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP))/.test(name),
    ),
  ).toEqual([]);
});

test("pull_request_target is warned of", async () => {
  await answer({ result: { tests: [oneTest] } });
  const { status, annotations } = await job.drive({ inputs: testsOnly, event: "pull_request_target" });
  expect(status).toBe(0);
  expect(annotations).toMatchObject([{ name: "warning", properties: { title: "pull-request-target" } }]);
});

test("where the runner takes no summary, there is none; where it cannot be written, it is said; neither fails the job", async () => {
  await answer({ result: { tests: [oneTest] } });
  const without = await job.drive({ inputs: testsOnly, env: { GITHUB_STEP_SUMMARY: "" } });
  expect(without).toMatchObject({ status: 0, annotations: [] });
  const unwritable = await job.drive({ inputs: testsOnly, env: { GITHUB_STEP_SUMMARY: join(job.temp, "none") } });
  expect(unwritable.status).toBe(0);
  expect(unwritable.annotations).toMatchObject([{ name: "warning", text: expect.stringMatching(/^no job summary: /) }]);
});

async function version(): Promise<string> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8")).version;
}

function diffOf(value: string) {
  return {
    columns: ["a"],
    changed: [{ expected: { a: 1 }, actual: { a: value }, columns: ["a"] }],
    missing: [],
    unexpected: [],
  };
}
