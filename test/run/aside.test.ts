import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import { openDuckdb } from "../../src/etl/engine/duckdb/duckdb.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { buildKiller, type Killer } from "./children.ts";
import { realContext } from "./context.ts";

// Files that a killed run has left aside, where what comes after it is not the same run in the same place.

let killer: Killer;
let folder: Folder;

beforeAll(async () => {
  killer = await buildKiller();
});

afterAll(() => killer.remove());

beforeEach(async () => {
  folder = await makeFolder();
  await mkdir(join(folder.path, "tmp"));
});

afterEach(() => folder.remove());

async function write(sql: string, path: string, more: object = {}): Promise<void> {
  await folder.write("lab/models/t.sql", sql);
  const outputs = { t: { type: "file", path, write: "append" } };
  await folder.write("lab/pipeline.yaml", stringify({ name: "lab", team: "nais-analyse", outputs, ...more }));
}

async function killAfter(effect: string, options: RunCommandOptions = {}): Promise<void> {
  const kill = { signal: "SIGKILL", effect, nth: 0, when: "after", delay: 0 } as const;
  const order = { folder: join(folder.path, "lab"), tmpdir: join(folder.path, "tmp"), options, kill };
  expect(await killer.start(order).ended).toMatchObject({ signal: "SIGKILL" });
}

async function runHere(place = "lab", options: RunCommandOptions = {}): Promise<string> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder: join(folder.path, place), tmpdir: join(folder.path, "tmp"), write });
  expect(await run(options, context)).toBe(0);
  return lines.join("");
}

test("a published file gets its name also where the folder was moved meanwhile", async () => {
  await write("SELECT $interval_start AS dag", "out/t.csv", { interval: "day" });
  await killAfter("publish.commit", { interval: "2022-01-20" });
  await rename(join(folder.path, "lab"), join(folder.path, "moved"));
  expect(await runHere("moved", { interval: "2022-01-20" })).toContain("already appended");

  expect(await folder.read("moved/out/t.csv")).toBe("dag\n2022-01-20\n");
  expect(await readdir(join(folder.path, "moved/out"))).toEqual(["t.csv"]);
});

test("a file that was not published goes, also where the next run writes another one", async () => {
  await write("SELECT $interval_start AS dag", "out/${interval:start}/t.csv", { interval: "day" });
  await killAfter("file.stage", { interval: "2022-01-20" });
  expect(await readdir(join(folder.path, "lab/out/2022-01-20"))).toHaveLength(1);
  await runHere("lab", { interval: "2022-01-21" });

  expect(await readdir(join(folder.path, "lab/out/2022-01-20"))).toEqual([]);
  expect(await folder.read("lab/out/2022-01-21/t.csv")).toBe("dag\n2022-01-21\n");
});

test("a published file that somebody has taken away stops nobody, and is said aloud", async () => {
  await write("SELECT 1 AS n", "out/t.csv");
  await killAfter("publish.commit");
  await rm(join(folder.path, "lab/out"), { recursive: true });
  const text = await runHere();

  expect(text).toContain("the file of output t is gone: publish it again with --force");
  expect(await folder.read("lab/out/t.csv")).toBe("n\n1\n");
});

test("a run that was killed is said to be killed by the next one, and that it is running until then", async () => {
  await write("SELECT 1 AS n", "out/t.csv");
  await killAfter("file.stage");
  expect(await statuses()).toEqual(["running"]);
  await runHere();
  expect(await statuses()).toEqual(["killed", "succeeded"]);
});

async function statuses(): Promise<string[]> {
  const limits = { memory: 64 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 };
  const file = join(folder.path, "lab/.nais-etl/warehouse.duckdb");
  const db = await openDuckdb({ file, readOnly: true, limits, temporaryFolder: folder.path });
  const rows = await db.query("SELECT status FROM _nais_etl_runs ORDER BY started_at");
  db.close();
  return rows.map((row) => String(row["status"]));
}
