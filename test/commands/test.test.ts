import { afterEach, describe, expect, test } from "vitest";
import { test as testCommand } from "../../src/commands/test.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = `
name: apps
sources: { apps: { type: file, path: data/apps.csv, columns: { cluster: STRING, name: STRING } } }
`;
const files = {
  "pipeline.yaml": pipeline,
  "models/per_env.sql":
    "SELECT CASE WHEN cluster LIKE 'prod%' THEN 'prod' ELSE 'dev' END AS env, count(*) AS n FROM apps GROUP BY ALL",
  "models/m.sql": "SELECT name FROM apps",
  "tests/apps.yaml": `- name: a nonprod cluster is dev
  model: per_env
  given: { apps: [{ cluster: nonprod-gcp }] }
  expect: { rows: [{ env: dev, n: 1 }] }
- name: every name is kept
  model: m
  given: { apps: [{ name: a }, { name: b }] }
  expect: { rows: [{ name: b }, { name: a }] }
`,
};
const wrong = `- name: counted
  model: per_env
  given: { apps: [{ cluster: prod-gcp }, { cluster: dev-gcp }] }
  expect: { rows: [{ env: prod, n: 7 }, { env: dev, n: 1 }] }
`;

/** The same files in the folder of one of several pipelines. */
const below = (name: string) =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      `pipelines/${name}/${path}`,
      text.replace("name: apps", `name: ${name}`),
    ]),
  );

/** What is printed, with times that do not differ from run to run. */
const printed = () => folder.printed.join("\n").replaceAll(/\d+(\.\d+)? (ms|s)\b/g, "N $2");

test("a line for each test, and a summary", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(printed()).toBe(
    [
      "✓ per_env  a nonprod cluster is dev  N ms",
      "✓ m        every name is kept  N ms",
      "",
      "2 passed, 0 failed in N s",
    ].join("\n"),
  );
});

test("a failed test shows its place and the rows that differ, and the exit code is 3", async () => {
  folder = await makeFolder({ ...files, "tests/wrong.yaml": wrong });
  expect(await testCommand({}, folder.context)).toBe(3);
  expect(printed()).toBe(
    [
      "✓ per_env  a nonprod cluster is dev  N ms",
      "✓ m        every name is kept  N ms",
      "✗ per_env  counted  N ms",
      "    tests/wrong.yaml:1",
      "    1 row differs",
      "         env       n",
      "      ~  prod  7 → 1",
      "",
      "2 passed, 1 failed in N s",
    ].join("\n"),
  );
});

test("with --json a program reads the same", async () => {
  folder = await makeFolder({ ...files, "tests/wrong.yaml": wrong });
  expect(await testCommand({ json: true }, folder.context)).toBe(3);
  const result = JSON.parse(printed()) as { passed: number; failed: number; tests: Record<string, unknown>[] };
  expect([result.passed, result.failed]).toEqual([2, 1]);
  expect(result.tests[0]).toEqual({
    name: "a nonprod cluster is dev",
    model: "per_env",
    file: "tests/apps.yaml",
    line: 1,
    status: "passed",
    seconds: expect.any(Number),
  });
  expect(result.tests[2]).toEqual({
    name: "counted",
    model: "per_env",
    file: "tests/wrong.yaml",
    line: 1,
    status: "failed",
    seconds: expect.any(Number),
    message: "1 row differs",
    diff: {
      columns: ["env", "n"],
      changed: [{ expected: { env: "prod", n: "7" }, actual: { env: "prod", n: "1" }, columns: ["n"] }],
      missing: [],
      unexpected: [],
    },
  });
});

describe("colours", () => {
  const colour = "\u001B[";

  test("are for terminals", async () => {
    folder = await makeFolder({ ...files, "tests/wrong.yaml": wrong });
    await testCommand({}, { ...folder.context, isTerminal: true });
    expect(folder.printed.join("\n")).toContain(`${colour}33m7 → 1`);
    expect(folder.printed[0]).toContain(`${colour}32m✓`);
  });

  test("and for nobody who does not want them", async () => {
    folder = await makeFolder({ ...files, "tests/wrong.yaml": wrong });
    await testCommand({}, { ...folder.context, isTerminal: true, env: { NO_COLOR: "1" } });
    await testCommand({}, folder.context);
    expect(folder.printed.join("\n")).not.toContain(colour);
  });
});

describe("--select", () => {
  test("takes a model's name, or a part of a test's", async () => {
    folder = await makeFolder(files);
    for (const select of [["m"], ["NAME IS"], ["nonprod"], ["m", "nonprod"]])
      await testCommand({ select }, folder.context);
    const summaries = folder.printed.filter((text) => text.includes("passed"));
    expect(summaries.map((text) => Number(/\d+/.exec(text)![0]))).toEqual([1, 1, 1, 2]);
    expect(folder.printed[0]).toContain("every name is kept");
  });

  test("that finds nothing is a mistake", async () => {
    folder = await makeFolder(files);
    expect(await problemsOf(() => testCommand({ select: ["per_en"] }, folder.context))).toMatchObject([
      { message: "there is no test of `per_en`, and none with it in its name", hint: "Did you mean `per_env`?" },
    ]);
  });

  test("leaves alone what is wrong with other tests", async () => {
    const broken = "- { name: broken, model: per_env, expect: { count: 0 } }\n";
    folder = await makeFolder({ ...files, "tests/broken.yaml": broken });
    expect(await testCommand({ select: ["m"] }, folder.context)).toBe(0);
    expect(await problemsOf(() => testCommand({}, folder.context))).toMatchObject([{ rule: "not-given" }]);
  });
});

test("no tests are no failure, and it is said", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(folder.logged.join("")).toContain("there are no tests: write them in tests/*.yaml");
  expect(await testCommand({ json: true }, folder.context)).toBe(0);
  expect(JSON.parse(printed())).toEqual({ passed: 0, failed: 0, tests: [] });
});

test("nothing is run where one test cannot be read", async () => {
  folder = await makeFolder({ ...files, "tests/broken.yaml": "- { nam: x, model: m, expect: { count: 0 } }\n" });
  const problems = await problemsOf(() => testCommand({}, folder.context));
  expect(problems.map(({ rule }) => rule)).toEqual(["missing-key", "unknown-key"]);
  expect(folder.printed).toEqual([]);
});

test("all pipelines of a repository are tested, or the one that is named", async () => {
  folder = await makeFolder({ ...below("one"), ...below("two") });
  expect(await testCommand({ json: true }, folder.context)).toBe(0);
  expect(await testCommand({ json: true, pipeline: "two", select: ["m"] }, folder.context)).toBe(0);
  const [all, named] = folder.printed.map((text) =>
    (JSON.parse(text) as { tests: { file: string }[] }).tests.map(({ file }) => file),
  );
  expect(all).toEqual(["one", "one", "two", "two"].map((name) => `pipelines/${name}/tests/apps.yaml`));
  expect(named).toEqual(["pipelines/two/tests/apps.yaml"]);
});

test("500 tests are run on one engine", async () => {
  const many = Array.from(
    { length: 500 },
    (_, i) =>
      `- { name: test ${i}, model: per_env, given: { apps: [{ cluster: prod-${i} }] }, expect: { rows: [{ n: 1 }] } }\n`,
  );
  folder = await makeFolder({ ...files, "tests/many.yaml": many.join("") });
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(printed()).toContain("502 passed, 0 failed");
  expect(folder.effects).toEqual(["work.create", "work.remove"]);
});

test("a stop ends the tests at once", async () => {
  folder = await makeFolder({
    ...files,
    "models/endless.sql": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS n FROM r",
    "tests/endless.yaml": "- { name: endless, model: endless, expect: { count: 1 } }\n",
  });
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(new Error("stopped")), 300);
  await expect(testCommand({ select: ["endless"] }, { ...folder.context, signal: stopping.signal })).rejects.toThrow(
    "stopped",
  );
});
