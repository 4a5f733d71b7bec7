import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import { EtlError } from "../../src/util/error.ts";
import { exists } from "../../src/util/files.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { buildKiller, type Child, type Killer } from "./children.ts";
import { realContext } from "./context.ts";

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

const path = (...parts: string[]) => join(folder.path, ...parts);

interface Pipeline {
  name: string;
  sql?: string;
  outputs?: Record<string, unknown>;
  targets?: Record<string, unknown>;
}

/** A pipeline in a folder of its own name. */
async function write({ name, sql = "SELECT 1 AS n", outputs, targets = {} }: Pipeline): Promise<void> {
  await folder.write(`${name}/models/t.sql`, sql);
  const spec = { name, team: "nais-analyse", outputs: outputs ?? { t: { type: "bigquery", table: "lab.t" } }, targets };
  await folder.write(`${name}/pipeline.yaml`, stringify(spec));
}

/** A run in another process, that waits at the beginning of an effect until it may go on. */
async function startHeld(name: string, effect: string, options: RunCommandOptions = {}): Promise<Child> {
  const hold = { effect, here: path(`${name}.here`), goOn: path(`${name}.go`) };
  await rm(hold.goOn, { force: true });
  const child = killer.start({ folder: path(name), tmpdir: path("tmp"), options, hold });
  const early = child.ended.then(({ output }) => Promise.reject(new Error(`ended before ${effect}: ${output}`)));
  await Promise.race([waitFor(hold.here), early]);
  await rm(hold.here);
  early.catch(() => undefined);
  return child;
}

const letGo = (name: string) => writeFile(path(`${name}.go`), "");

async function waitFor(file: string): Promise<void> {
  while (!(await exists(file))) await sleep(10);
}

interface Ran {
  code: number;
  text: string;
}

interface RunHere {
  signal?: AbortSignal;
  /** Called when it says that it waits. */
  onWait?: () => void;
}

async function runHere(name: string, options: RunCommandOptions = {}, { signal, onWait }: RunHere = {}): Promise<Ran> {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    if (line.includes("waiting for")) onWait?.();
  };
  const context = realContext({ folder: path(name), tmpdir: path("tmp"), write, ...(signal && { signal }) });
  const code = await run(options, context).catch((error: EtlError) => {
    lines.push(`${error.message}\n${error.hint ?? ""}`);
    return error.exitCode;
  });
  return { code, text: lines.join("") };
}

describe("two runs of a pipeline", () => {
  test("exclude each other: the second ends with 5, names the process of the first, and leaves nothing", async () => {
    await write({ name: "one" });
    const first = await startHeld("one", "model.write");
    const second = await runHere("one");
    await letGo("one");

    expect(second.code).toBe(5);
    expect(second.text).toContain(`another run holds the pipeline one (process ${first.pid})`);
    expect(second.text).toContain("--wait-lock 10m");
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  test("take turns with --wait-lock", async () => {
    await write({ name: "one" });
    const first = await startHeld("one", "model.write");
    const second = await runHere("one", { waitLock: "60s" }, { onWait: () => void letGo("one") });

    expect(second.text).toContain(`waiting for another run of pipeline one (process ${first.pid})`);
    expect(second.code).toBe(0);
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  test("do not wait for one that was killed", async () => {
    await write({ name: "one" });
    const first = await startHeld("one", "publish.commit");
    first.kill("SIGKILL");
    await first.ended;

    expect(await runHere("one")).toMatchObject({ code: 0 });
  });

  test("end at once when the one that waits is told to stop", async () => {
    await write({ name: "one" });
    const first = await startHeld("one", "model.write");
    const stopping = new AbortController();
    const stop = () => stopping.abort(new EtlError({ code: "terminated", message: "stopped by SIGTERM" }));
    const second = await runHere("one", { waitLock: "60s" }, { signal: stopping.signal, onWait: stop });

    expect(second.code).toBe(143);
    await letGo("one");
    expect(await first.ended).toMatchObject({ code: 0 });
  });
});

test("two pipelines that share one store wait for each other while they publish, and both publish", async () => {
  for (const name of ["one", "two"]) {
    const outputs = { t: { type: "file", path: `../shared/${name}.csv` } };
    await write({ name, outputs, targets: { "dev-gcp": {} } });
  }
  const first = await startHeld("one", "publish.commit", { target: "dev-gcp" });
  const second = startHeld("two", "file.rename", { target: "dev-gcp" });
  await letGo("one");
  const both = [first, await second];
  await letGo("two");
  const ended = await Promise.all(both.map((child) => child.ended));

  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  for (const name of ["one", "two"]) expect(await folder.read(`shared/${name}.csv`)).toBe("n\n1\n");
});

test("two targets of a pipeline that write the same file leave each other's files alone until they have their names", async () => {
  const outputs = { t: { type: "file", path: "out/t.csv" } };
  await write({ name: "one", sql: "SELECT 'local' AS n", outputs, targets: { "dev-gcp": {} } });
  const first = await startHeld("one", "publish.commit");
  expect(await runHere("one", { target: "dev-gcp" })).toMatchObject({ code: 0 });
  await letGo("one");

  expect(await first.ended).toMatchObject({ code: 0 });
  expect(await folder.read("one/out/t.csv")).toBe("n\nlocal\n");
});

test("SIGTERM ends a query that would take for ever", async () => {
  await write({
    name: "one",
    sql: "SELECT sum(a.range * b.range) AS n FROM range(100000000) AS a, range(100000000) AS b",
  });
  const child = await startHeld("one", "model.write");
  await letGo("one");
  await sleep(300);
  child.kill("SIGTERM");

  expect(await child.ended).toMatchObject({ code: 143 });
});
