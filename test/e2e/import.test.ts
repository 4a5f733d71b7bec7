/** What `import` makes of a script, tried with Python and pandas: it validates, and its first test passes. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importPipeline } from "../../src/commands/import.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { frames } from "./python/frames.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function runner(folder: Folder, python: { path: string }) {
  const env = {
    PATH: `${python.path}/bin:${process.env["PATH"]}`,
    HOME: process.env["HOME"],
    VIRTUAL_ENV: python.path,
  };
  return (...args: string[]) =>
    spawnSync(process.execPath, [`${root}/bin/nais-etl.js`, ...args], { cwd: folder.path, encoding: "utf8", env });
}

/** Installing takes minutes, the first time. */
test(
  "the guide's script becomes a pipeline that validates, and whose test passes",
  { timeout: 900_000 },
  async ({ skip }) => {
    const python = frames();
    if ("missing" in python) return skip(python.missing);
    await using stack = new AsyncDisposableStack();
    const folder = await makeFolder();
    stack.defer(() => folder.remove());
    const fixture = `${root}/test/import/guide`;
    await importPipeline({ script: `${fixture}/main.py`, naisjob: `${fixture}/naisjob.yaml` }, folder.context);
    const run = runner(folder, python);
    const validated = run("validate");
    expect(`${validated.status} ${validated.stderr}`).toBe("0 ");
    const tested = run("test");
    expect(`${tested.status} ${tested.stdout}`).toMatch(/^0 [^]*1 passed, 0 failed/);
  },
);

test(
  "a script that counts pages becomes a pipeline whose model runs, and of whose sample a test is made",
  { timeout: 900_000 },
  async ({ skip }) => {
    const python = frames();
    if ("missing" in python) return skip(python.missing);
    await using stack = new AsyncDisposableStack();
    const folder = await makeFolder();
    stack.defer(() => folder.remove());
    const fixture = `${root}/test/import/paged`;
    await importPipeline({ script: `${fixture}/main.py`, naisjob: `${fixture}/naisjob.yaml` }, folder.context);
    const run = runner(folder, python);
    expect(run("validate").stdout).toContain("the sample of rides has no rows");

    // As `sample` writes them, which asks the API.
    const header = await folder.read("data/rides.csv");
    const rows = ["ok,2026-01-09T23:00:00Z,01-1,Bike,3", "ok,2026-01-10T12:00:00Z,03-1,BIKE,1"];
    await folder.write("data/rides.csv", `${header}${rows.join("\n")}\n`);
    const columns = "{ status: STRING, started_at: TIMESTAMP, station: STRING, kind: STRING, count: INT64 }";
    const made = "{ day: DATE, part: STRING, kind: STRING, rides: INT64, stations: INT64, share: FLOAT64 }";
    const pipeline = (await folder.read("pipeline.yaml"))
      .replace("    sample:", `    columns: ${columns}\n    sample:`)
      .replace("    inputs:", `    columns: ${made}\n    inputs:`);
    await folder.write("pipeline.yaml", pipeline);

    const [written, tested, ran] = [run("test", "--new", "per_part"), run("test"), run("run")];
    expect(`${written.status} ${written.stderr}`).toBe("0 ");
    expect(await folder.read("tests/per_part.yaml")).toMatch(/day: 2026-01-10, part: Centre, kind: bike, rides: 3/);
    expect(`${tested.status} ${tested.stdout}`).toMatch(/^0 [^]*1 passed, 0 failed/);
    expect(ran.status).toBe(0);
  },
);
