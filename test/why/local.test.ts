import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import type { Context } from "../../src/util/context.ts";
import type { Why } from "../../src/etl/why/why.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder: Folder;

const pipeline = `
name: towns
team: data-team
interval: { every: day, sample: 2022-01-19 }
sources:
  towns: { type: file, path: data/towns.csv, columns: { id: INT64, town: STRING } }
models:
  t: { columns: { day: DATE, id: { type: INT64, checks: [unique] }, town: STRING } }
outputs:
  t: { type: bigquery, table: d.t, write: replace_partition, partition: day }
`;

const good = "id,town\n1,Tromsø\n2,Bodø\n";
const doubled = "id,town\n1,Tromsø\n2,Bodø\n2,Bodø\n";

beforeEach(async () => {
  folder = await makeFolder({
    "pipeline.yaml": pipeline,
    "data/towns.csv": good,
    "models/t.sql": "SELECT $interval_start AS day, id, town FROM towns",
  });
});

afterEach(() => folder.remove());

async function typed(command: string, more: Partial<Context> = {}): Promise<{ code: number; text: string }> {
  folder.printed.length = 0;
  const [, ...args] = command.split(" ");
  const code = await createProgram({ ...folder.context, ...more, tmpdir: folder.path }).run(args);
  return { code, text: folder.printed.join("\n") };
}

async function why(...args: string[]): Promise<Why> {
  return JSON.parse((await typed(["nais-etl", "why", "--json", ...args].join(" "))).text) as Why;
}

test("where nothing has run, the command is to run it", async () => {
  expect(await why()).toMatchObject({ cause: { kind: "never-ran" }, mend: { command: "nais-etl run" } });
});

test("several intervals that failed are filled by one command, and no others", async () => {
  await runFolder(folder, { interval: "2022-01-19" });
  await folder.write("data/towns.csv", doubled);
  await runFolder(folder, { interval: "2022-01-20" });
  await runFolder(folder, { interval: "2022-01-21" });
  const found = await why();
  expect(found).toMatchObject({
    run: { run_id: "2022-01-21", exit_code: 3 },
    cause: { kind: "check" },
    since: { run_id: "2022-01-20", runs: 2 },
    last_good: { run_id: "2022-01-19" },
    changes: [{ kind: "rows", what: "rows of source towns", before: "2", after: "3" }],
    readers: [{ output: "t", run_id: "2022-01-19", rows: 2 }],
    mend: { command: "nais-etl backfill --from 2022-01-20 --to 2022-01-21" },
  });
  await folder.write("data/towns.csv", good);
  expect(await typed(found.mend!.command)).toMatchObject({ code: 0 });
  expect(await why()).toMatchObject({ cause: { kind: "good" }, readers: [{ run_id: "2022-01-21" }] });
});

test("what failed before a good run is not forgotten: readers lack it until it is filled", async () => {
  await runFolder(folder, { interval: "2022-01-18" });
  await folder.write("data/towns.csv", doubled);
  await runFolder(folder, { interval: "2022-01-19" });
  await folder.write("data/towns.csv", good);
  await runFolder(folder, { interval: "2022-01-20" });
  const found = await why();
  expect(found).toMatchObject({
    run: { run_id: "2022-01-20", status: "succeeded" },
    cause: {
      kind: "gap",
      what: "this run came to its end, and readers have nothing of 1 day before: 2022-01-19",
    },
    mend: { command: "nais-etl backfill --from 2022-01-19 --to 2022-01-19" },
  });
  expect((await typed("nais-etl why")).text).not.toContain("changed since");
  expect((await why("2022-01-20")).cause.kind).toBe("good");
  expect(await typed(found.mend!.command)).toMatchObject({ code: 0 });
  expect((await why()).cause.kind).toBe("good");
});

test("of several pipelines, the command is about the one that failed", async () => {
  const several = ["pipeline.yaml", "data/towns.csv", "models/t.sql"];
  for (const path of several) await folder.write(`pipelines/towns/${path}`, await folder.read(path));
  await folder.write("pipelines/orders/pipeline.yaml", "name: orders\n");
  await folder.write("pipelines/towns/data/towns.csv", doubled);
  await rm(join(folder.path, "pipeline.yaml"));
  const ran = await runFolder(folder, { pipeline: "towns" });
  expect(ran.text).toContain("Why:    npx nais-etl why --dir pipelines/towns\n");
  expect((await typed("nais-etl report --pipeline towns --markdown")).text).toContain(
    "`nais-etl why 2022-01-19 --dir pipelines/towns`",
  );
  const found = await why("--pipeline", "towns");
  expect(found.mend).toMatchObject({ command: "nais-etl run --dir pipelines/towns --interval 2022-01-19" });
  await folder.write("pipelines/towns/data/towns.csv", good);
  expect(await typed(found.mend!.command)).toMatchObject({ code: 0 });
});

test("an earlier run is explained by its id; one that is not known is answered with those that are", async () => {
  await folder.write("data/towns.csv", doubled);
  await runFolder(folder, { interval: "2022-01-19" });
  await folder.write("data/towns.csv", good);
  await runFolder(folder, { interval: "2022-01-20" });
  expect(await why("2022-01-19")).toMatchObject({
    cause: { kind: "check" },
    mend: { command: "nais-etl run --interval 2022-01-19" },
  });
  expect(await problemsOf(() => typed("nais-etl why nobody"))).toMatchObject([
    { hint: "The last: 2022-01-20, 2022-01-19." },
  ]);
});

test("of intervals published out of order, readers see all of them; the one that failed may have rows of an earlier run", async () => {
  await runFolder(folder, { interval: "2022-01-21" });
  await runFolder(folder, { interval: "2022-01-19" });
  await folder.write("data/towns.csv", doubled);
  await runFolder(folder, { interval: "2022-01-20" });
  expect((await why()).readers).toMatchObject([
    { output: "t", run_id: "2022-01-21", rows: 2, intervals: 2, failed_interval: { run_id: "2022-01-20" } },
  ]);
  await runFolder(folder, { interval: "2022-01-19" });
  expect((await typed("nais-etl why")).text.replaceAll(/\s+/g, " ")).toContain(
    "t: 2 intervals, the newest is 2022-01-21, 2 rows, published 0 s ago; of 2022-01-19, 2 rows of an earlier run",
  );
  expect((await typed("nais-etl why 2022-01-21")).text).toMatch(/why +this run came to its end\n/);
});

test("records of an earlier version lack parts, and are read", async () => {
  await runFolder(folder, { interval: "2022-01-19" });
  const runs = join(folder.path, ".nais-etl/runs");
  const [name] = await readdir(runs);
  const record = JSON.parse(await readFile(join(runs, name!), "utf8")) as { sources: object[] } & Record<
    string,
    unknown
  >;
  for (const key of ["params", "graph", "nais_etl", "memory_limit_bytes", "image", "revision"]) delete record[key];
  const sources = record.sources.map((source) => ({ ...source, schema_digest: undefined }));
  await writeFile(join(runs, name!), JSON.stringify({ ...record, sources }));
  await folder.write("data/towns.csv", doubled);
  await runFolder(folder, { interval: "2022-01-20" });
  expect(await why()).toMatchObject({ cause: { kind: "check" }, last_good: { run_id: "2022-01-19" } });
});

test("a run that was killed has left a row, and nobody holds its lock; while it ran, it was running", async () => {
  await folder.write(
    "models/t.sql",
    "SELECT $interval_start AS day, id, town FROM towns, (SELECT count(*) FROM range(100000000000) WHERE range % 7 = 1)",
  );
  const env = { PATH: process.env["PATH"], TMPDIR: folder.path, HOME: folder.path };
  const child = spawn(process.execPath, [main, "run"], { cwd: folder.path, env, stdio: "ignore" });
  const ended = once(child, "exit");
  // The run that is killed goes by the real clock.
  const real = { now: () => new Date() };
  const text = async () => (await typed("nais-etl why", real)).text;
  await expect.poll(text, { timeout: 30_000, interval: 300 }).toContain("it is running now");
  child.kill("SIGKILL");
  await ended;
  const found = JSON.parse((await typed("nais-etl why --json", real)).text) as Why;
  expect(found).toMatchObject({ run: { status: "running", run_id: "2022-01-19" }, cause: { kind: "killed" } });
  await folder.write("models/t.sql", "SELECT $interval_start AS day, id, town FROM towns");
  expect(await typed(found.mend!.command, real)).toMatchObject({ code: 0 });
  expect(await text()).toContain("Nothing is to be mended.");
});

test("a terminal and a comment are told the same; the last lines of a failed run name the command", async () => {
  await runFolder(folder, { interval: "2022-01-19" });
  await folder.write("data/towns.csv", doubled);
  const { text } = await runFolder(folder, { interval: "2022-01-20" });
  expect(text).toContain("Why:    npx nais-etl why\n");
  const told = await typed("nais-etl why");
  expect(told.text.split("\n")).toEqual([
    "towns on local: run 2022-01-20 failed: a check failed",
    "",
    "why            check `unique(id)` of `t` failed: 2 rows with 1 repeated key",
    expect.stringMatching(/^since {10}2026-11-05 10:00 UTC, run 2022-01-20$/),
    "last good run  2022-01-19, 2026-11-05 10:00 UTC",
    "changed since  rows of source towns: 2 → 3",
    "readers see    t: 1 interval, the newest is 2022-01-19, 2 rows, published 0 s",
    "               ago; nothing of 2022-01-20",
    "",
    "First: Look at the rows: `nais-etl run` names the command that shows them. Then",
    "mend the model, the data or the check.",
    "Then:",
    "  nais-etl run --interval 2022-01-20",
  ]);
  const comment = (await typed("nais-etl why --markdown")).text;
  expect(comment).toContain("| last good run | 2022-01-19, 2026-11-05 10&#58;00 UTC |".replace("&#58;", ":"));
  expect(comment).toContain("`nais-etl run --interval 2022-01-20`");
});
