import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { backfill, type BackfillCommandOptions } from "../../src/commands/backfill.ts";
import { run } from "../../src/commands/run.ts";
import { backfillConsole } from "../../src/etl/backfill/console.ts";
import { planBackfill } from "../../src/etl/backfill/plan.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import { EtlError } from "../../src/util/error.ts";
import { makeLab, type Lab, type Ran } from "./lab.ts";
import { buildKiller, type Killer } from "./children.ts";
import { killBackfill } from "./backfills.ts";
import { realContext } from "./context.ts";
import { localWorld } from "./worlds.ts";

let killer: Killer;
let lab: Lab;

beforeAll(async () => {
  killer = await buildKiller();
});
afterAll(() => killer.remove());
beforeEach(async () => {
  lab = await makeLab();
});
afterEach(() => lab.remove());

const source = {
  apps: { type: "file", path: "data/${interval:start}.csv", columns: { dato: "DATE", n: "INT64" } },
};

async function write(output: object = {}, more: object = {}): Promise<void> {
  const outputs = { t: { type: "bigquery", table: "lab.t", write: "append", partition: "dato", ...output } };
  const spec = { name: "lab", team: "nais-analyse", interval: "day", sources: source, outputs, ...more };
  await lab.folder.write("pipeline.yaml", stringify(spec));
  await lab.folder.write("models/t.sql", "SELECT dato, n FROM apps");
}

const data = async (day: string, n = 1) => lab.folder.write(`data/${day}.csv`, `dato,n\n${day},${n}\n`);

interface Around {
  env?: Record<string, string>;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

async function fill(options: Partial<BackfillCommandOptions> = {}, around: Around = {}): Promise<Ran> {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    around.onLine?.(line);
  };
  const { path: folder } = lab.folder;
  const context = realContext({ folder, tmpdir: join(folder, "tmp"), write, ...around });
  const code = await backfill({ from: "2022-03-26", to: "2022-03-28", ...options }, context).catch(
    (error: EtlError) => {
      lines.push(`${error.message}\n${error.hint ?? ""}`);
      return error.exitCode;
    },
  );
  return { code, text: lines.join(""), effects: [] };
}

const rows = () => lab.values("SELECT dato, n FROM w.lab.t ORDER BY ALL");
const publishes = () =>
  lab.values("SELECT run_id, generation FROM w.main._nais_etl_publishes ORDER BY run_id, generation");

describe("the missing intervals of a range", () => {
  beforeEach(async () => {
    await write();
    for (const day of ["26", "27", "28", "29"]) await data(`2022-03-${day}`);
  });

  test("run, and those that are published do not; its end belongs to it", async () => {
    expect(await lab.run({ interval: "2022-03-27" })).toMatchObject({ code: 0 });
    await data("2022-03-27", 2);
    const { code, text } = await fill();

    expect(code).toBe(0);
    expect(text).toContain("2022-03-26 to 2022-03-28: 3 days, 1 published already, 2 to run");
    expect(await rows()).toEqual(["2022-03-26 1", "2022-03-27 1", "2022-03-28 1"]);
    expect((await fill()).text).toContain("Nothing to do");
  });

  test("with --rerun all of them run again, in place of what stands there, with a new generation", async () => {
    await fill();
    await data("2022-03-27", 2);

    expect(await fill({ rerun: true })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-03-26 1", "2022-03-27 2", "2022-03-28 1"]);
    expect(await publishes()).toEqual(["26", "27", "28"].flatMap((day) => [0, 1].map((n) => `2022-03-${day} ${n}`)));
  });

  test("with --dry-run are named, and nothing is made", async () => {
    const { code, text } = await fill({ dryRun: true });
    expect(code).toBe(0);
    expect(text).toMatch(/2022-03-26 … 2022-03-28 {2}to run {10}3/);
    await expect(lab.folder.read(".nais-etl/warehouse.duckdb")).rejects.toThrow("ENOENT");
  });

  test("of which some lack an output run again: an output that is new is missing", async () => {
    await fill();
    const t = { type: "bigquery", table: "lab.t", write: "append", partition: "dato" };
    await write({}, { outputs: { t, u: { ...t, table: "lab.u", model: "t" } } });

    expect((await fill()).text).toContain("3 days, 0 published already, 3 to run");
    expect(await rows()).toHaveLength(3);
    expect(await lab.values("SELECT count(*) FROM w.lab.u")).toEqual(["3"]);
  });

  test("that fail leave the others alone, until there are too many: then the rest is named", async () => {
    for (const day of ["26", "28"]) await rm(join(lab.folder.path, `data/2022-03-${day}.csv`));
    const some = await fill();
    expect(some.code).toBe(2);
    expect(some.text).toContain("there is no file data/2022-03-26.csv");
    expect(await rows()).toEqual(["2022-03-27 1"]);

    const none = await fill({ to: "2022-03-31", maxFailures: 2 });
    expect(none.text).toMatch(/2022-03-29 … 2022-03-31 {2}left/);
    expect(none.text).toContain("after 2 failures the rest is left");
  });

  test("that --rerun has left are gone on with from the first of them: said again, all would run", async () => {
    await fill();
    await rm(join(lab.folder.path, "data/2022-03-27.csv"));
    const { text } = await fill({ rerun: true, maxFailures: 1 });
    expect(text).toContain("1 interval published, 1 failed, 1 left: after 1 failure the rest is left.");
    expect(text).toContain("To go on, say the same with --from 2022-03-27");
    expect(await rows()).toHaveLength(3);
  });

  test("that have not ended are none: nothing is said to be published", async () => {
    const { code, text } = await fill({ from: "2998-01-01", to: "2998-01-02" });
    expect(code).toBe(0);
    expect(text).toContain("No interval is to be run: 2 more not ended yet.");
    expect(text).toContain("no interval of this range has ended");
    expect(text).not.toContain("published already");
  });

  test("begin with the first that was ever published, where nobody says otherwise", async () => {
    const { path: folder } = lab.folder;
    const lines: string[] = [];
    const real = realContext({ folder, tmpdir: join(folder, "tmp"), write: (line) => void lines.push(line) });
    const context = { ...real, now: () => new Date("2022-03-29T09:00:00Z") };
    await expect(backfill({}, context)).rejects.toThrow(
      "has published an interval on target local: where does it begin?",
    );
    expect(await lab.run({ interval: "2022-03-27" })).toMatchObject({ code: 0 });
    expect(await backfill({}, context)).toBe(0);
    expect(lines.join("")).toContain(
      "From 2022-03-27, the first that was ever published.\n2022-03-27 to 2022-03-28: 2 days, 1 published already, 1 to run",
    );
  });

  test("whose scheduled run is still to come are left to it; named by --to they are run, with a warning", async () => {
    const nightly = { schedule: { cron: "0 6 * * *", timeZone: "Europe/Oslo" } };
    const outputs = { t: { type: "file", path: "out/${interval:start}.csv", write: "append" } };
    await write({}, { ...nightly, outputs, targets: { prod: {} } });
    const { path: folder } = lab.folder;
    const typed = async (options: { from: string; to?: string }, once = {}) => {
      const lines: string[] = [];
      const real = realContext({ folder, tmpdir: join(folder, "tmp"), write: (line) => void lines.push(line) });
      const pipeline = await loadPipeline({ file: join(folder, "pipeline.yaml"), cwd: folder, target: "prod" });
      Object.assign(pipeline.spec.outputs!["t"]!, once);
      const asked = { pipeline, params: {}, to: undefined, rerun: false, parallel: 1, ...options };
      const plan = await planBackfill(asked, { ...real, now: () => new Date("2022-03-29T00:30:00Z") });
      backfillConsole(real.log, pipeline).planned(plan);
      return lines.join("");
    };
    const told = await typed({ from: "2022-03-26" });
    expect(told).toContain(
      "2022-03-26 to 2022-03-27: 2 days, 0 published already, 2 to run; 1 more waits for its scheduled run at 2022-03-29 06:00 (Europe/Oslo)",
    );
    expect(told).not.toContain("warning");
    const named = await typed({ from: "2022-03-26", to: "2022-03-28" });
    expect(named).toContain("2022-03-26 to 2022-03-28: 3 days");
    const early = "2022-03-28 is run before its scheduled run, at 2022-03-29 06:00 (Europe/Oslo), which";
    expect(named).toContain(`${early} adds nothing more to \`outputs.t\`: what comes until then is left out`);
    const again = await typed({ from: "2022-03-28", to: "2022-03-28" }, { write: "replace_partition" });
    expect(again).toContain(`${early} loads it again`);
  });

  test("are told as JSON", async () => {
    await fill({ to: "2022-03-26" });
    await rm(join(lab.folder.path, "data/2022-03-28.csv"));
    const { text } = await fill({ json: true });
    expect(JSON.parse(text.slice(text.indexOf("{")))).toMatchObject({
      pipeline: "lab",
      target: "local",
      exit_code: 2,
      intervals: [
        { interval: "2022-03-26", status: "done" },
        { interval: "2022-03-27", status: "published", rows: 1, exit_code: 0 },
        { interval: "2022-03-28", status: "failed", exit_code: 2, problems: [{ severity: "error" }] },
      ],
    });
  });

  test("stop with the signal, between two of them", async () => {
    const stopping = new AbortController();
    const stop = (line: string) => {
      if (line.includes("1/3")) stopping.abort(new EtlError({ code: "interrupted", message: "stopped by SIGINT" }));
    };
    const { code, text } = await fill({}, { signal: stopping.signal, onLine: stop });
    expect(code).toBe(130);
    expect(text).toMatch(/2022-03-27 … 2022-03-28 {2}left/);
    expect(await rows()).toEqual(["2022-03-26 1"]);
  });

  test("of one Job each have an execution of their own: what became of one says nothing about the next", async () => {
    await rm(join(lab.folder.path, "data/2022-03-26.csv"));
    await fill({}, { env: { NAIS_POD_NAME: "fill-1-abcde" } });
    expect(await rows()).toEqual(["2022-03-27 1", "2022-03-28 1"]);
    expect(await lab.values("SELECT DISTINCT execution FROM w.main._nais_etl_publishes ORDER BY 1")).toEqual([
      "fill-1-2022-03-27",
      "fill-1-2022-03-28",
    ]);
  });
});

describe("what cannot be filled is refused in words:", () => {
  test("a pipeline without interval", async () => {
    await lab.write("SELECT 1 AS n");
    const { code, text } = await fill();
    expect(code).toBe(2);
    expect(text).toContain("the runs of lab have no interval");
  });

  test("a source with a cursor", async () => {
    const sources = { apps: { type: "bigquery", table: "a.b.c", sample: "data/a.csv", cursor: { column: "dato" } } };
    await write({}, { sources, targets: { "dev-gcp": {} } });
    expect((await fill({ target: "dev-gcp" })).text).toContain("the source `apps` has a cursor");
  });

  test("a range without an interval", async () => {
    await write();
    expect((await fill({ from: "2022-03-29" })).text).toContain("there is no interval from 2022-03-29 to 2022-03-28");
    expect((await fill({ from: "2022-13" })).text).toContain("--from 2022-13 is not a day");
  });
});

test("samples that stand for one interval are warned of, those that name theirs are not", async () => {
  const apps = { type: "bigquery", table: "a.b.c", columns: { dato: "DATE", n: "INT64" } };
  const interval = { every: "day", sample: "2022-03-26" };
  for (const day of ["26", "27", "28"]) await data(`2022-03-${day}`);
  await write({}, { interval, sources: { apps: { ...apps, sample: "data/2022-03-26.csv" } } });
  expect((await fill({ dryRun: true })).text).toContain(
    "the sample of `apps` stands for 2022-03-26, and 2 other intervals",
  );
  await write({}, { interval, sources: { apps: { ...apps, sample: "data/${interval:start}.csv" } } });
  const { code, text } = await fill();
  expect(text).not.toContain("warning");
  expect(code).toBe(0);
  expect(await rows()).toHaveLength(3);
});

test("a run of now is none of a backfill's business, and the other way round", async () => {
  await write({ write: "replace_partition" });
  for (const day of ["26", "27", "28"]) await data(`2022-03-${day}`);
  await mkdir(join(lab.folder.path, "other"), { recursive: true });
  const { path: folder } = lab.folder;
  const context = realContext({ folder, tmpdir: join(folder, "tmp") });
  const both = await Promise.all([fill(), run({ interval: "2022-03-28", waitLock: "60s" }, context)]);
  expect(both).toMatchObject([{ code: 0 }, 0]);
  expect(await rows()).toEqual(["2022-03-26 1", "2022-03-27 1", "2022-03-28 1"]);
});

// 30 days, of every write mode, and against BigQuery: test/e2e/backfill-kill.test.ts.
test("a backfill that is killed twice, at any effect, ends as one that was not", { timeout: 300_000 }, async () => {
  const asked = { world: localWorld, killer, days: 8, kills: 2 };
  expect(await killBackfill({ ...asked, write: "append", seed: 1 })).toEqual([]);
});
