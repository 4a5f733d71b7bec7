import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../src/commands/run.ts";
import { test as testCommand } from "../../src/commands/test.ts";
import { EtlError } from "../../src/util/error.ts";
import { exists } from "../../src/util/files.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

// Programs of npm test are Node's own: others are run by the end-to-end tests.
const node = process.execPath;

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
  await folder.write("data/apps.csv", "dato,team,n,amount\n2022-01-20,å,9007199254740993,1.10\n2022-01-21,b,,2\n");
});

afterEach(() => folder.remove());

interface Written {
  command?: string[];
  columns?: Record<string, string>;
  model?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

async function write(program: string, { command, columns, model, more }: Written = {}): Promise<void> {
  await folder.write("programs/make.mjs", program);
  const apps = { dato: "DATE", team: "STRING", n: "INT64", amount: "NUMERIC" };
  const spec = {
    name: "trial",
    sources: { apps: { type: "file", path: "data/apps.csv", columns: apps } },
    models: {
      made: {
        command: command ?? [node, "programs/make.mjs", "an argument; with $HOME"],
        inputs: ["apps"],
        columns: columns ?? { text: "STRING" },
        ...model,
      },
    },
    outputs: { made: { type: "file", path: "out/made.ndjson" } },
    ...more,
  };
  await folder.write("pipeline.yaml", stringify(spec));
}

const begin = `import { readFileSync, writeFileSync } from "node:fs";
const { env, argv } = process;
const texts = (...lines) => writeFileSync(env.NAIS_ETL_OUTPUT, lines.map((text) => JSON.stringify({ text }) + "\\n").join(""));
`;

const rows = async () => (await folder.read("out/made.ndjson")).trim().split("\n");
const problemsOfRun = async (env = {}) => (await runFolder(folder, { env })).record.problems;

describe("a command model", () => {
  test("finds its inputs as NDJSON, and leaves its rows so, in their order", async () => {
    await write(`${begin} texts(...readFileSync(env.NAIS_ETL_INPUT_APPS, "utf8").trim().split("\\n"), "end");`);
    expect(await runFolder(folder)).toMatchObject({ code: 0 });
    expect((await rows()).map((line) => (JSON.parse(line) as { text: string }).text)).toEqual([
      '{"dato":"2022-01-20","team":"å","n":9007199254740993,"amount":"1.1"}',
      '{"dato":"2022-01-21","team":"b","n":null,"amount":"2"}',
      "end",
    ]);
  });

  test("is given its arguments as they are, in the pipeline's folder", async () => {
    await write(`${begin} texts(argv[2], process.cwd() === env.PWD_WANTED ? "" : process.cwd());`);
    await runFolder(folder);
    expect(await rows()).toEqual(['{"text":"an argument; with $HOME"}', JSON.stringify({ text: folder.path })]);
  });

  test("sees the interval, the parameters and the time, and nothing of our environment but what programs need", async () => {
    await write(
      `${begin} texts("a"); const { NAIS_ETL_INTERVAL_START: from, NAIS_ETL_INTERVAL_END: to, NAIS_ETL_PARAM_LINE: line, NAIS_ETL_NOW: now } = env;
       const names = Object.keys(env).filter((name) => !/^(NAIS_ETL|__CF)/.test(name)).sort();
       writeFileSync("seen.json", JSON.stringify([from, to, line, now, ...names]));`,
      {
        more: {
          interval: "day",
          params: { line: { type: "INT64", default: 101 } },
          outputs: { made: { type: "bigquery", table: "lab.made", write: "append" } },
        },
      },
    );
    await runFolder(folder, { interval: "2022-01-20", env: { PATH: "/usr/bin", HOME: "/root", API_KEY: "secret" } });
    expect(JSON.parse(await folder.read("seen.json"))).toEqual([
      "2022-01-20",
      "2022-01-21",
      "101",
      "2026-11-05T10:00:00.000Z",
      "HOME",
      "PATH",
    ]);
  });

  test("reads and writes Parquet where it says so, with types as they are", async () => {
    await write(
      `import { copyFileSync } from "node:fs"; copyFileSync(process.env.NAIS_ETL_INPUT_APPS, process.env.NAIS_ETL_OUTPUT);`,
      {
        columns: { dato: "DATE", team: "STRING", n: "INT64", amount: "NUMERIC" },
        model: { format: "parquet" },
      },
    );
    await runFolder(folder);
    expect(await rows()).toEqual([
      '{"dato":"2022-01-20","team":"å","n":9007199254740993,"amount":"1.1"}',
      '{"dato":"2022-01-21","team":"b","n":null,"amount":"2"}',
    ]);
  });

  test("makes a table without rows of an empty file, and says so", async () => {
    await write(`${begin} texts();`, {
      more: { outputs: { made: { type: "file", path: "out/made.ndjson", allow_empty: true } } },
    });
    const { code, text } = await runFolder(folder);
    expect({ code, said: text.includes("which is a table without rows") }).toEqual({ code: 0, said: true });
  });

  test("is tested with given rows, and a time that stands still", async () => {
    await write(
      `${begin} texts(env.NAIS_ETL_NOW, ...readFileSync(env.NAIS_ETL_INPUT_APPS, "utf8").trim().split("\\n"));`,
    );
    await folder.write(
      "tests/made.yaml",
      `- name: one
  model: made
  now: 2022-01-20T07:00:00Z
  given: { apps: [{ team: a, n: 1 }] }
  expect: { rows: [{ text: "2022-01-20T07:00:00.000Z" }, { text: '{"dato":null,"team":"a","n":1,"amount":null}' }], ordered: true }
`,
    );
    expect(await testCommand({}, { ...folder.context, env: {} }), folder.printed.join("\n")).toBe(0);
  });

  test("prints to the log on target local", async () => {
    await write(`${begin} texts("a"); console.log("one"); console.error("two");`);
    const { text } = await runFolder(folder);
    expect(text).toContain("made: one");
    expect(text).toContain("made: two");
  });
});

describe("the error of a command", () => {
  test("that fails has its exit code and the end of what it said", async () => {
    await write(`for (let i = 0; i < 9; i++) console.error("line " + i); process.exit(7);`);
    expect(await problemsOfRun()).toMatchObject([
      {
        message: `[model made] ${node} ended with exit code 7`,
        hint: "It said: line 4\nline 5\nline 6\nline 7\nline 8",
        where: { file: "pipeline.yaml", line: 14 },
      },
    ]);
  });

  test("holds no value of a row where a column is sensitive", async () => {
    await write(
      `${begin} console.error("no team for " + readFileSync(env.NAIS_ETL_INPUT_APPS, "utf8")); process.exit(1);`,
      {
        columns: { text: "STRING" },
        more: { models: undefined },
      },
    );
    const spec = {
      name: "trial",
      sources: {
        apps: {
          type: "file",
          path: "data/apps.csv",
          columns: { team: { type: "STRING", sensitive: true }, dato: "DATE" },
        },
      },
      models: { made: { command: [node, "programs/make.mjs"], inputs: ["apps"], columns: { text: "STRING" } } },
      outputs: { made: { type: "file", path: "out/made.ndjson" } },
    };
    await folder.write("pipeline.yaml", stringify(spec));
    const [problem] = await problemsOfRun();
    expect(problem!.hint).toContain("no team for");
    expect(problem!.hint).not.toMatch(/å|2022/);
  });

  test("that writes no file says which", async () => {
    await write("");
    expect(await problemsOfRun()).toMatchObject([
      { message: `[model made] ${node} wrote no file`, hint: "Write the rows to the file that NAIS_ETL_OUTPUT names." },
    ]);
  });

  test("that writes wrong values names line and column", async () => {
    await write(`${begin} writeFileSync(env.NAIS_ETL_OUTPUT, '{"n":1}\\n{"n":"x"}\\n');`, { columns: { n: "INT64" } });
    const [problem] = await problemsOfRun();
    expect(problem).toMatchObject({ where: { file: "NAIS_ETL_OUTPUT of made", line: 2 } });
  });

  test("that writes something else than Parquet, or other columns, says so", async () => {
    await write(`${begin} texts("a");`, { model: { format: "parquet" } });
    expect(await problemsOfRun()).toMatchObject([{ message: `[model made] ${node} wrote a file that is no Parquet` }]);
    await write(
      `import { copyFileSync } from "node:fs"; copyFileSync(process.env.NAIS_ETL_INPUT_APPS, process.env.NAIS_ETL_OUTPUT);`,
      {
        columns: { dato: "DATE", teem: "STRING", n: "STRING", amount: "NUMERIC" },
        model: { format: "parquet" },
      },
    );
    expect((await problemsOfRun()).map(({ message }) => message)).toEqual([
      "`made` makes a column `team` (STRING) that its contract does not have",
      "`made` does not make the column `teem` (STRING) of its contract",
      "the column `n` of `made` is INT64, and its contract says STRING",
    ]);
  });

  test("that is not there is told before any work, with the cure", async () => {
    expect(await hints(["nothing-such"])).toEqual([
      "there is no program `nothing-such`",
      "It is looked for on PATH. Install it, in the image too.",
    ]);
    expect(await hints(["awk -f x.awk"])).toEqual([
      "there is no program `awk -f x.awk`",
      "`command` is a list, and no shell looks at it: [awk, -f, x.awk].",
    ]);
    expect(await hints(["make.mjs"])).toEqual([
      "there is no program `make.mjs`",
      "A file of the pipeline is named with its folder: ./make.mjs.",
    ]);
    expect(await hints(["./programs/make.mjs"])).toEqual([
      "./programs/make.mjs cannot be run: it is no program",
      "Let it be run: chmod +x ./programs/make.mjs",
    ]);
  });

  test("without declared columns, or with inputs of one name, is an invalid file", async () => {
    await write("", { columns: undefined!, model: { columns: undefined, inputs: ["apps", "apps"] } });
    const problems = await problemsOf(() => runFolder(folder));
    expect(problems.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      "inputs the inputs `apps` and `apps` would both be named by NAIS_ETL_INPUT_APPS",
      "columns `made` is a program, and its columns are not declared",
    ]);
  });
});

describe("a command that runs too long", () => {
  const slow = `${begin} import { spawn } from "node:child_process";
    const child = spawn(process.execPath, ["-e", "setTimeout(() => require('fs').writeFileSync('late.txt', ''), 1500)"], { stdio: "ignore" });
    writeFileSync("started.txt", String(child.pid)); setInterval(() => {}, 1000);`;

  test("is ended at its timeout", async () => {
    await write(slow, { model: { timeout: "1s" } });
    expect(await problemsOfRun()).toMatchObject([
      {
        message: "[model made] it ran for 1s, its timeout, and was ended",
        where: { file: "pipeline.yaml" },
      },
    ]);
  });

  test("is not waited for where it is done and what it started goes on", async () => {
    const child = `spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }).unref()`;
    await write(`${begin} import { spawn } from "node:child_process"; texts("a"); ${child}; process.exit(0);`);
    expect(await runFolder(folder)).toMatchObject({ code: 0 });
  });

  test("is ended with all that it has started when the run is told to stop", async () => {
    await write(slow);
    const stop = new AbortController();
    const running = run({}, { ...folder.context, signal: stop.signal });
    while (!(await exists(join(folder.path, "started.txt")))) await sleep(20);
    stop.abort(new EtlError({ code: "terminated", message: "stopped" }));
    expect(await running).toBe(143);
    const pid = Number(await folder.read("started.txt"));
    // A killed process may be seen for a moment, until its parent has taken note.
    while (isAlive(pid)) await sleep(20);
    expect(await exists(join(folder.path, "late.txt"))).toBe(false);
  });
});

/** What is said of a command before any work. */
async function hints(command: string[]) {
  await write("", { command });
  const [problem] = await problemsOf(() => runFolder(folder, { env: { PATH: join(folder.path, "bin") } }));
  return [problem!.message, problem!.hint];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
