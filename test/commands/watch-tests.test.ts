import { EventEmitter, once } from "node:events";
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { test as testCommand } from "../../src/commands/test.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

// The command line itself, as a process that goes on.

const bin = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

let folder: Folder;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill("SIGKILL");
  child = undefined;
  await folder.remove();
});

const test1 = (n: number) =>
  `- { name: doubled, model: twice, given: { numbers: [{ n: 1 }] }, expect: { rows: [{ n: ${n} }] } }\n`;
const files = {
  "pipeline.yaml": "name: watched\nsources: { numbers: { type: file, path: n.csv, columns: { n: INT64 } } }\n",
  "models/twice.sql": "SELECT 2 * n AS n FROM numbers",
  "models/third.sql": "SELECT n / 3 AS n FROM numbers",
  "tests/twice.yaml": test1(2),
  "tests/third.yaml":
    "- { name: divided, model: third, given: { numbers: tests/nine.csv }, expect: { rows: [{ n: 3 }] } }\n",
  "tests/nine.csv": "n\n9\n",
};

/** Starts watching. `until` waits until a text has been printed since the last such wait. */
function watch() {
  const { NAIS_ETL_PIPELINE: _, PRG_NAME: __, NAIS_CLUSTER_NAME: ___, ...env } = process.env;
  const started = spawn(process.execPath, [bin, "test", "--watch"], { cwd: folder.path, env });
  child = started;
  const told = new EventEmitter();
  let output = "";
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      told.emit("more");
    });
  }
  const ended = once(started, "close").then(([code]) => (told.emit("more"), code as number));
  const until = async (text: string) => {
    while (!output.includes(text)) {
      if (started.exitCode !== null) throw new Error(`it ended:\n${output}`);
      await once(told, "more");
    }
    const at = output.indexOf(text) + text.length;
    const printed = output.slice(0, at);
    output = output.slice(at);
    return printed.replaceAll(/\d+(\.\d+)? (ms|s)\b/g, "N $2");
  };
  return { until, ended, process: started };
}

const waiting = "waiting for changes; Ctrl-C ends\n";

test("after a change, the tests that it concerns are run: of a model, of a test, of its rows, or all", async () => {
  folder = await makeFolder(files);
  const { until, ended, process: running } = watch();
  expect(await until(waiting)).toContain("2 passed, 0 failed");

  await folder.write("models/twice.sql", "SELECT 3 * n AS n FROM numbers");
  expect(await until(waiting)).toBe(`changed: models/twice.sql
✗ twice  doubled  N ms
    tests/twice.yaml:1
    1 row is missing, 1 row was not expected
         n
      -  2
      +  3

0 passed, 1 failed in N s

${waiting}`);

  await folder.write("tests/twice.yaml", test1(3));
  expect(await until(waiting)).toMatch(/^changed: tests\/twice\.yaml\n✓ twice .*\n\n1 passed/);

  await folder.write("tests/nine.csv", "n\n6\n");
  expect(await until(waiting)).toMatch(/^changed: tests\/nine\.csv\n✗ third /);

  await folder.write("README.md", "nothing to do with tests");
  await folder.write("pipeline.yaml", `${files["pipeline.yaml"]}description: changed\n`);
  expect(await until(waiting)).toMatch(
    /^changed: (README\.md, )?pipeline\.yaml\n✗ third .*[^]*✓ twice .*\n\n1 passed, 1 failed/,
  );

  running.kill("SIGINT");
  expect(await ended).toBe(130);
});

test("a file that is wrong is told, and what waited for its cure is run then", async () => {
  folder = await makeFolder(files);
  const { until, ended, process: running } = watch();
  await until(waiting);

  await folder.write("pipeline.yaml", "name: watched\nsorces: {}\n");
  expect(await until(waiting)).toContain("pipeline.yaml:2:1 error: unknown key `sorces`");

  await folder.write("models/twice.sql", "SELECT 2 * n AS n FORM numbers");
  await until(waiting);

  await folder.write("pipeline.yaml", files["pipeline.yaml"]);
  expect(await until(waiting)).toContain("models/twice.sql:1:");

  await folder.write("models/twice.sql", "SELECT 2 * n AS n FROM numbers");
  expect(await until(waiting)).toContain("2 passed, 0 failed");

  running.kill("SIGTERM");
  expect(await ended).toBe(143);
});

test("of many quick saves the last one counts, and new folders are watched", async () => {
  folder = await makeFolder(files);
  const { until } = watch();
  await until(waiting);

  for (let i = 3; i < 20; i++) await folder.write("tests/twice.yaml", test1(i));
  await folder.write("tests/twice.yaml", test1(2));
  // Between two saves there may be time for a run: the last of them passes.
  await until("✓ twice");

  await folder.write("tests/deep/more.yaml", test1(2).replace("doubled", "doubled in a folder"));
  await until("✓ twice  doubled in a folder");
  await folder.write("tests/deep/more.yaml", test1(5).replace("doubled", "doubled wrongly"));
  await until("✗ twice  doubled wrongly");
});

test("--watch goes with nothing that has an end", async () => {
  folder = await makeFolder(files);
  const problems = await Promise.all(
    [{ json: true }, { mutate: true }, { junit: "a.xml" }, { minScore: 90 }].map((options) =>
      problemsOf(() => testCommand({ watch: true, ...options }, folder.context)),
    ),
  );
  expect(problems.flat().map(({ message }) => message)).toEqual([
    "--watch does not go with --json",
    "--watch does not go with --mutate",
    "--watch does not go with --junit",
    "--watch does not go with --min-score",
  ]);
});
