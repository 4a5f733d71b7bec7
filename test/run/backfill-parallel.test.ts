import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { backfill, type BackfillCommandOptions } from "../../src/commands/backfill.ts";
import { run } from "../../src/commands/run.ts";
import type { Effect } from "../../src/util/context.ts";
import { EtlError } from "../../src/util/error.ts";
import { killBackfill } from "./backfills.ts";
import { buildKiller, type Killer } from "./children.ts";
import { realContext } from "./context.ts";
import { makeLab, type Lab } from "./lab.ts";
import { localWorld } from "./worlds.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});
afterEach(() => lab.remove());

const days = ["2022-03-26", "2022-03-27", "2022-03-28", "2022-03-29"];
const range = { from: days[0]!, to: days[3]! };
const file = { type: "file", path: "data/${interval:start}.csv", columns: { dato: "DATE", n: "INT64" } };
const table = { type: "bigquery", table: "lab.t", write: "append", partition: "dato" };

/** A pipeline that reads a file a day, each with one row. */
async function write(output: object = {}, more: object = {}): Promise<void> {
  const outputs = { t: { ...table, ...output } };
  const spec = { name: "lab", team: "nais-analyse", interval: "day", sources: { apps: file }, outputs, ...more };
  await lab.folder.write("pipeline.yaml", stringify(spec));
  if (!("models" in more)) await lab.folder.write("models/t.sql", "SELECT dato, n FROM apps");
  for (const day of days) await data(day, 1);
}

const data = (day: string, n: number) => lab.folder.write(`data/${day}.csv`, `dato,n\n${day},${n}\n`);

interface Around {
  signal?: AbortSignal;
  effect?: Effect;
  env?: Record<string, string>;
  onLine?: (line: string) => void;
}

/** Three at a time, unless it is said otherwise. */
async function fill(options: Partial<BackfillCommandOptions> = {}, { onLine, ...around }: Around = {}) {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    onLine?.(line);
  };
  const { path: folder } = lab.folder;
  const context = realContext({ folder, tmpdir: join(folder, "tmp"), write, ...around });
  const code = await backfill({ ...range, parallel: 3, ...options }, context);
  return { code, text: lines.join("") };
}

const rows = () => lab.values("SELECT dato, n FROM w.lab.t ORDER BY ALL");
const told = () => lab.values("SELECT run_id, status FROM w.main._nais_etl_runs ORDER BY finished_at");
const published = () => lab.values("SELECT run_id, generation FROM w.main._nais_etl_publishes ORDER BY published_at");

/** How often each effect was seen, and a wait until one has ended so often. */
function watch(act: (name: string, nth: number) => Promise<void> | void = () => undefined) {
  const seen = new Map<string, number>();
  const ended = new Map<string, number>();
  const waiting: { name: string; times: number; go: () => void }[] = [];
  const effect: Effect = async (name, does) => {
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    await act(name, nth);
    const result = await does();
    ended.set(name, (ended.get(name) ?? 0) + 1);
    for (const one of waiting) if ((ended.get(one.name) ?? 0) >= one.times) one.go();
    return result;
  };
  const after = (name: string, times: number) =>
    new Promise<void>((go) => ((ended.get(name) ?? 0) >= times ? go() : waiting.push({ name, times, go })));
  return { effect, after, seen };
}

describe("several intervals at a time", () => {
  test("end as one by one: the same rows, records and generations, in the order of the intervals", async () => {
    await write();
    expect((await fill()).text).toContain("4 days, 0 published already, 4 to run, 3 at a time");
    const { effect, seen } = watch();
    expect((await fill({ rerun: true }, { effect })).code).toBe(0);
    // Nothing is made twice.
    expect(seen.get("model.write")).toBe(4);
    const several = [await rows(), await told(), await published()];
    await rm(join(lab.folder.path, ".nais-etl"), { recursive: true });
    await fill({ parallel: 1 });
    await fill({ parallel: 1, rerun: true });

    expect(several).toEqual([await rows(), await told(), await published()]);
    expect(several[2]).toEqual([0, 1].flatMap((generation) => days.map((day) => `${day} ${generation}`)));
  });

  test("are at work at the same time: each waits until it sees the others, and no more than that", async () => {
    const program = `
      import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
      const { NAIS_ETL_INTERVAL_START: day, NAIS_ETL_OUTPUT: output } = process.env;
      mkdirSync("here/" + day, { recursive: true });
      const end = Date.now() + 20_000;
      while (readdirSync("here").length < 2 && Date.now() < end) await new Promise((go) => setTimeout(go, 20));
      writeFileSync(output, JSON.stringify({ dato: day, n: readdirSync("here").length }) + "\\n");`;
    await lab.folder.write("meet.mjs", program);
    const model = { command: [process.execPath, "meet.mjs"], inputs: ["apps"], columns: file.columns };
    await write({}, { models: { t: model } });
    const { effect, seen } = watch();
    let [there, most] = [0, 0];
    const count: Effect = (name, act) => {
      if (name === "work.create") most = Math.max(most, ++there);
      if (name === "work.remove") there--;
      return effect(name, act);
    };
    expect((await fill({ parallel: 2, to: "2022-03-27" }, { effect: count })).code).toBe(0);
    expect(await rows()).toEqual(["2022-03-26 2", "2022-03-27 2"]);
    expect(most).toBe(2);
    expect(seen.get("publish.commit")).toBe(2);
  });

  test("of which one fails leave the others alone; its failure is recorded in its turn", async () => {
    await write();
    await rm(join(lab.folder.path, "data/2022-03-27.csv"));
    const { code, text } = await fill();
    expect(code).toBe(2);
    expect(text).toMatch(/✓ 2022-03-26.*\n.*✗ 2022-03-27.*\n(?:.*\n)*.*✓ 2022-03-28.*\n.*✓ 2022-03-29/);
    expect(await told()).toEqual(
      ["26 succeeded", "27 failed", "28 succeeded", "29 succeeded"].map((end) => `2022-03-${end}`),
    );
  });

  test("of which too many fail: the rest is left, also where it was made already", async () => {
    await write();
    await rm(join(lab.folder.path, "data/2022-03-27.csv"));
    const { effect, after } = watch(async (name, nth) => {
      // The first publishes when the third has been made.
      if (name === "publish.begin" && nth === 0) await after("model.write", 2);
    });
    const { text } = await fill({ maxFailures: 1 }, { effect });
    expect(text).toMatch(/2022-03-28 … 2022-03-29 {2}left/);
    expect(await rows()).toEqual(["2022-03-26 1"]);
    expect(await told()).toEqual(["2022-03-26 succeeded", "2022-03-27 failed"]);
  });

  test("stop with the signal: none of those that were made is published, and nothing is left behind", async () => {
    await write();
    const stopping = new AbortController();
    const stop = (line: string) => {
      if (line.includes("1/4")) stopping.abort(new EtlError({ code: "terminated", message: "stopped by SIGTERM" }));
    };
    const { code, text } = await fill({}, { signal: stopping.signal, onLine: stop });
    expect(code).toBe(143);
    expect(text).toMatch(/2022-03-27 … 2022-03-29 {2}left/);
    expect(await told()).toEqual(["2022-03-26 succeeded"]);
    expect(await readdir(join(lab.folder.path, "tmp"))).toEqual([]);
  });

  test.each([
    ["model.write", 2],
    ["lock.take", 1],
    ["publish.commit", 1],
    ["record.row", 1],
  ])("stop with the signal at %s, and are taken up by saying the same again", async (name, nth) => {
    await write();
    const stopping = new AbortController();
    const { effect } = watch((seen, times) => {
      if (seen === name && times === nth)
        stopping.abort(new EtlError({ code: "interrupted", message: "stopped by SIGINT" }));
    });
    expect((await fill({}, { effect, signal: stopping.signal })).code).toBe(130);
    expect(await readdir(join(lab.folder.path, "tmp"))).toEqual([]);
    expect((await fill()).code).toBe(0);
    expect(await rows()).toEqual(days.map((day) => `${day} 1`));
    expect(await published()).toEqual(days.map((day) => `${day} 0`));
  });

  test.each(["model.write", "lock.take", "publish.begin", "publish.commit", "record.row", "work.remove"])(
    "of which the second breaks at %s are taken up by saying the same again",
    async (broken) => {
      await write();
      const { effect } = watch((name, nth) => {
        if (name === broken && nth === 1) throw new Error("the disk is gone");
      });
      await fill({}, { effect }).catch(() => undefined);
      expect((await fill()).code).toBe(0);
      expect(await rows()).toEqual(days.map((day) => `${day} 1`));
      expect((await published()).toSorted()).toEqual(days.map((day) => `${day} 0`));
    },
  );

  test("one by one where an interval may read what the one before it has published", async () => {
    const t = { ...table, type: "file", table: undefined, path: "out/${interval:start}.csv", write: "append" };
    const before = { ...file, path: "out/${interval:start-1d}.csv" };
    await write({}, { sources: { apps: file, before }, outputs: { t } });
    await lab.folder.write("models/t.sql", "SELECT apps.dato, apps.n + before.n AS n FROM apps, before");
    await lab.folder.write("out/2022-03-25.csv", "dato,n\n2022-03-25,0\n");
    const { code, text } = await fill();
    expect(text).toContain("`before` reads what `outputs.t` publishes");
    expect(code).toBe(0);
    expect(await lab.folder.read("out/2022-03-29.csv")).toContain("2022-03-29,4");
  });
});

test("of a Job that is started again make nothing of what it has published, with --rerun, too", async () => {
  await write();
  const env = { NAIS_POD_NAME: "fill-1-aaaaa" };
  await fill({ rerun: true }, { env });
  const { effect, seen } = watch();
  expect((await fill({ rerun: true }, { env, effect })).code).toBe(0);
  expect(seen.get("publish.begin")).toBe(4);
  expect(seen.has("model.write")).toBe(false);
  expect(await published()).toEqual(days.map((day) => `${day} 1`));
});

test.each([
  ["replace_partition", 2],
  ["append", 2],
  ["replace_partition", 1],
])("what another run publishes meanwhile stays, and is not made again: %s, %i at a time", async (mode, parallel) => {
  await write({ write: mode });
  const { path: folder } = lab.folder;
  let other: Promise<number> | undefined;
  const { effect, after, seen } = watch(async (name, nth) => {
    if (name !== "publish.begin" || nth !== 0) return;
    // The second has read its file already.
    if (parallel === 2) await after("model.write", 2);
    await data(days[1]!, 2);
    other = run({ interval: days[1]!, waitLock: "60s" }, realContext({ folder, tmpdir: join(folder, "tmp") }));
  });
  const { code } = await fill({ parallel, to: "2022-03-27" }, { effect, env: { NAIS_ETL_PAUSE_SECONDS: "2" } });
  expect([code, await other]).toEqual([0, 0]);
  expect(await rows()).toEqual(["2022-03-26 1", "2022-03-27 2"]);
  expect(seen.get("model.write")).toBe(parallel);
  expect(await told()).toEqual(["2022-03-26 succeeded", "2022-03-27 succeeded", "2022-03-27 skipped"]);
});

test.each([1, 3])("two backfills of one range at once, %i at a time, make each interval once", async (parallel) => {
  await write({ write: "replace_partition" });
  const { effect, seen } = watch();
  const both = await Promise.all([fill({ parallel }, { effect }), fill({ parallel }, { effect })]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(seen.get("model.write")).toBe(4);
  expect(await told()).toEqual(days.map((day) => `${day} succeeded`));
  const text = both.map((one) => one.text).join("");
  expect(text).toContain("Done: 4 intervals published.");
  expect(text).toMatch(/waiting for another backfill of pipeline lab [^]*Nothing to do: all of them are published/);
});

test("too many at a time are refused before anything else", async () => {
  await write();
  await expect(fill({ parallel: 17, to: range.from })).rejects.toThrow("--parallel 17 is not from 1 to 16");
});

describe("killed", () => {
  let killer: Killer;
  beforeAll(async () => {
    killer = await buildKiller();
  });
  afterAll(() => killer.remove());

  // 30 days, and against BigQuery: test/e2e/backfill-kill.test.ts.
  test("twice, at any effect, they end as one by one and not killed", { timeout: 300_000 }, async () => {
    const asked = { world: localWorld, killer, days: 6, kills: 2, parallel: 3 };
    expect(await killBackfill({ ...asked, write: "append", seed: 3 })).toEqual([]);
  });
});
