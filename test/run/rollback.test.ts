import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { backfill } from "../../src/commands/backfill.ts";
import { rollback, type RollbackCommandOptions } from "../../src/commands/rollback.ts";
import { report } from "../../src/commands/report.ts";
import { why } from "../../src/commands/why.ts";
import type { Context, Effect } from "../../src/util/context.ts";
import { EtlError } from "../../src/util/error.ts";
import { buildKiller, type Killer } from "./children.ts";
import { realContext } from "./context.ts";
import { effects, keepingEffects } from "./effects.ts";
import { modes } from "./rollback-modes.ts";
import { makeLab, type Lab, type Ran } from "./lab.ts";

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

const days = { interval: "day" };
const append = { write: "append", partition: "dato", keep: 3 };
const dayOf = (n: string) => `SELECT $interval_start AS dato, ${n} AS n`;

async function publish(interval: string, sql = dayOf("1"), output: object = append): Promise<void> {
  await lab.write(sql, { ...output }, days);
  expect(await lab.run({ interval })).toMatchObject({ code: 0 });
}

async function back(options: Partial<RollbackCommandOptions>, more: Partial<Context> = {}): Promise<Ran> {
  const lines: string[] = [];
  const effects: string[] = [];
  const { path: folder } = lab.folder;
  const write = (line: string) => void lines.push(line);
  const context = realContext({
    folder,
    tmpdir: join(folder, "tmp"),
    write,
    effect: (name, act) => (effects.push(name), act()),
  });
  const asked: RollbackCommandOptions = { outputs: ["t"], to: "2022-01-19", yes: true, ...options };
  const code = await rollback(asked, { ...context, ...more }).catch((error: EtlError) => {
    lines.push(`${error.message}\n${error.hint ?? ""}`);
    return error.exitCode;
  });
  return { code, text: lines.join(""), effects };
}

/** What a command prints. */
async function printed(command: (context: Context) => Promise<void>): Promise<string> {
  const { path: folder } = lab.folder;
  const texts: string[] = [];
  const context = realContext({ folder, tmpdir: join(folder, "tmp") });
  await command({ ...context, print: (text) => void texts.push(text) });
  return texts.join("");
}

/** An error that nobody has foreseen. */
const breakAt =
  (broken: string): Effect =>
  (name, act) =>
    name === broken ? Promise.reject(new Error("broken")) : act();

const rows = (table = "t") => lab.values(`SELECT dato, n FROM w.lab.${table} ORDER BY ALL`);
const keptTables = async () =>
  (await lab.values("SELECT table_name FROM duckdb_tables() WHERE database_name = 'w'")).filter((name) =>
    name.startsWith("_nais_etl_keep_"),
  );

describe("a rollback", () => {
  beforeEach(async () => {
    for (const day of ["18", "19", "20", "21"]) await publish(`2022-01-${day}`);
  });

  test("shows what it would do, and does nothing where nobody says yes", async () => {
    const shown = await back({ dryRun: true });
    expect(shown.code).toBe(0);
    expect(shown.text).toContain(`t → lab.t, as run 2022-01-19 left it
  rows     4 now, 2 then (-2)
  columns  the same
  runs     taken back: 2022-01-20, 2022-01-21
  read by  no pipeline of this repository
  from     the kept copy`);
    expect(await back({ yes: false })).toMatchObject({ code: 2, text: expect.stringContaining("--yes") as string });
    expect(await back({ yes: false }, { confirm: async () => false })).toMatchObject({ code: 0 });
    expect(await rows()).toHaveLength(4);
  });

  test("without --to tells which states there are, and does nothing", async () => {
    const { code, text } = await back({ to: undefined });
    expect(code).toBe(0);
    expect(text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")).toContain(`t → lab.t
  now: run 2022-01-21, TIME, 4 rows
  --to 2022-01-20  TIME  3 rows  the kept copy
  --to 2022-01-19  TIME  2 rows  the kept copy
  --to 2022-01-18  TIME  1 row   the kept copy

To bring one back: nais-etl rollback t --to 2022-01-20`);
    expect(await rows()).toHaveLength(4);
  });

  test("is listed as the state of the run that it went to, with the revision and image of that run", async () => {
    const image = "europe-north1-docker.pkg.dev/p/nais-analyse/lab:2@sha256:" + "ab".repeat(32);
    await lab.write(dayOf("1"), append, days);
    const env = { NAIS_APP_IMAGE: image, NAIS_ETL_REVISION: "0123456789abcdef" };
    expect(await lab.run({ interval: "2022-01-22" }, { env })).toMatchObject({ code: 0 });
    await back({ to: "2022-01-20" });
    const told = (await back({ to: undefined })).text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
    expect(told).toMatch(/now: run rollback-\S+, TIME, 3 rows, the state of run 2022-01-20\n/);
    expect(told).toContain(
      "--to 2022-01-22  TIME  5 rows  the kept copy  revision 0123456, image lab:2@sha256:abababa",
    );
    expect(told).not.toContain("europe-north1");
    const { outputs } = JSON.parse((await back({ to: undefined, json: true })).text) as { outputs: unknown[] };
    expect(outputs).toMatchObject([{ output: "t", now: { run: "2022-01-20", rows: 3 }, states: [{ image }, {}, {}] }]);
  });

  test("takes the one output there is, where none is named", async () => {
    expect((await back({ outputs: [], dryRun: true })).text).toContain("t → lab.t, as run 2022-01-19 left it");
  });

  test("brings rows back, and the next runs append theirs again, once", async () => {
    expect(await back({ yes: false }, { confirm: async () => true })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);

    await publish("2022-01-19", dayOf("2"));
    await publish("2022-01-20", dayOf("2"));
    await publish("2022-01-20", dayOf("3"));
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1", "2022-01-20 2"]);
  });

  test("leaves gaps that a backfill fills", async () => {
    await back({});
    await lab.write(dayOf("2"), append, days);
    const { path: folder } = lab.folder;
    const context = realContext({ folder, tmpdir: join(folder, "tmp") });
    expect(await backfill({ from: "2022-01-18", to: "2022-01-21" }, context)).toBe(0);
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1", "2022-01-20 2", "2022-01-21 2"]);
  });

  test("can be taken back itself: what was published before it counts again", async () => {
    await back({});
    expect((await back({ to: "2022-01-21" })).text).toContain("2 now, 4 then (+2)");
    expect(await rows()).toHaveLength(4);
    await publish("2022-01-20", dayOf("2"));
    expect(await rows()).toHaveLength(4);
  });

  test("is a run of its own, with a new generation, in the record and in the state", async () => {
    const { text } = await back({ json: true });
    const told = JSON.parse(text.slice(text.indexOf("{"))) as { record: Record<string, unknown> };
    expect(told).toMatchObject({
      outputs: [
        { output: "t", run: "2022-01-19", rows: { now: 4, before: 2 }, taken_back: ["2022-01-20", "2022-01-21"] },
      ],
      record: { status: "succeeded", generation: 1, outputs: [{ name: "t", status: "published", rows: 2 }] },
    });
    expect(String(told.record["run_id"])).toMatch(/^rollback-/);
    expect(
      await lab.values(`SELECT run_id.regexp_replace('-2.*Z.*', ''), generation, write_mode, rows
        FROM w.main._nais_etl_publishes WHERE generation > 0 ORDER BY ALL`),
    ).toEqual(["2022-01-20 1 rollback 0", "2022-01-21 1 rollback 0", "rollback 1 restore 2"]);
    expect(await lab.values("SELECT status FROM w.main._nais_etl_runs WHERE run_id LIKE 'rollback-%'")).toEqual([
      "succeeded",
    ]);
  });

  test("is told by `why` and in the report, with what loads again what was taken back", async () => {
    await back({});
    const told = await printed((context) => why({ json: true }, context));
    expect(JSON.parse(told)).toMatchObject({
      cause: {
        kind: "rolled-back",
        what: "it was a rollback: `t` is as run 2022-01-19 left it. The rows of 2022-01-20, 2022-01-21 were taken back",
      },
      changes: [],
      mend: { command: "nais-etl backfill --from 2022-01-20" },
    });
    expect(await printed((context) => report({ markdown: true }, context))).toContain(
      "| Taken back | 2022-01-20, 2022-01-21 |",
    );
  });

  test("that fails is mended by saying it again", async () => {
    const broken = await back({}, { effect: breakAt("publish.restore") });
    expect(broken.code).toBe(1);
    const [id] = await lab.values("SELECT run_id FROM w.main._nais_etl_runs WHERE status = 'failed'");
    const told = await printed((context) => why({ json: true, run: id! }, context));
    expect(JSON.parse(told)).toMatchObject({ mend: { command: "nais-etl rollback t --to 2022-01-19" } });
  });

  test("of the run that stands already does nothing", async () => {
    expect(await back({ to: "2022-01-21" })).toMatchObject({
      code: 0,
      text: expect.stringContaining("Nothing to do") as string,
    });
  });

  test("goes to a time, too", async () => {
    const [at] = await lab.values("SELECT published_at FROM w.main._nais_etl_publishes WHERE run_id = '2022-01-20'");
    expect(await back({ to: new Date(at!).toISOString() })).toMatchObject({ code: 0 });
    expect(await rows()).toHaveLength(3);
  });

  test("has its effects in the list", async () => {
    await lab.write(dayOf("1"), { ...append, keep: 1 }, days);
    const seen = new Set((await back({ to: "2022-01-20" })).effects);
    expect(Object.keys(keepingEffects).filter((name) => !seen.has(name))).toEqual([]);
    expect([...seen].filter((name) => !(name in effects) && !(name in keepingEffects))).toEqual([]);
    expect(await keptTables()).toHaveLength(1);
  });

  test.each(["before", "after"] as const)(
    "that is killed %s each step of its transaction did all or nothing, and can be said again",
    async (when) => {
      const { path: folder } = lab.folder;
      for (const effect of ["publish.begin", "publish.keep", "publish.restore", "publish.record", "publish.commit"]) {
        const kill = { signal: "SIGKILL", effect, nth: 0, when, delay: 0 } as const;
        const order = { folder, tmpdir: join(folder, "tmp"), options: {}, kill };
        const ended = await killer.start({ ...order, rollback: { outputs: ["t"], to: "2022-01-19" } }).ended;
        expect([effect, ended.signal]).toEqual([effect, "SIGKILL"]);
        const done = effect === "publish.commit" && when === "after";
        expect([effect, (await rows()).length]).toEqual([effect, done ? 2 : 4]);
      }
      expect(await back({})).toMatchObject({ code: 0 });
      expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
    },
  );
});

test.each(modes)(
  "of $write, $how: the state comes back, the next run loads again, and no gap is left",
  async (mode) => {
    const output = { ...mode.output, keep: 3 };
    const state = () => lab.values("SELECT count(*), sum(hash(dato, n)) FROM w.lab.t");
    for (const day of ["18", "19"]) await publish(`2022-01-${day}`, dayOf("1"), output);
    const before = await state();
    await publish("2022-01-20", dayOf("1"), output);
    expect(await back({})).toMatchObject({ code: 0 });
    expect(await state()).toEqual(before);
    await publish("2022-01-20", dayOf("2"), output);
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1", "2022-01-20 2"]);
    const { path: folder } = lab.folder;
    const lines: string[] = [];
    const context = realContext({ folder, tmpdir: join(folder, "tmp"), write: (line) => void lines.push(line) });
    expect(await backfill({ from: "2022-01-18", to: "2022-01-20" }, context)).toBe(0);
    expect(lines.join("")).toContain("Nothing to do");
  },
);

describe("`keep`", () => {
  test("holds the newest copies, and none before the first publish", async () => {
    const one = { ...append, keep: 1 };
    await publish("2022-01-18", dayOf("1"), one);
    expect(await keptTables()).toEqual([]);
    for (const day of ["19", "20"]) await publish(`2022-01-${day}`, dayOf("1"), one);
    expect(await keptTables()).toHaveLength(1);
    const { code, text } = await back({ to: "2022-01-18" });
    expect(code).toBe(1);
    expect(text).toContain("lab.t as it was after run 2022-01-18 can be had no more");
    expect(text).toContain("Kept are the states after 2022-01-19.");
    expect(await back({ to: "2022-01-19" })).toMatchObject({ code: 0 });
    await publish("2022-01-21", dayOf("1"), { ...append, keep: 0 });
    expect(await keptTables()).toEqual([]);
  });

  test("of one state: who goes back to it twice is there already, and what stood before can still be had", async () => {
    const one = { ...append, keep: 1 };
    for (const day of ["18", "19"]) await publish(`2022-01-${day}`, dayOf("1"), one);
    expect(await back({ to: "2022-01-18" })).toMatchObject({ code: 0 });
    const again = await back({ to: "2022-01-18" });
    expect([again.code, again.text]).toEqual([0, expect.stringContaining("Nothing to do: it stands as it was then")]);
    expect(await back({ to: "2022-01-19" })).toMatchObject({ code: 0 });
    expect(await rows()).toHaveLength(2);
    // The copy of then has gone by now: that of the first rollback to it is the same.
    expect(await back({ to: "2022-01-18" })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-18 1"]);
  });

  test("of the same state twice, by a rollback to it, takes the place of one: no other state has to go for it", async () => {
    for (const day of ["18", "19", "20", "21"]) await publish(`2022-01-${day}`);
    expect(await back({ to: "2022-01-20" })).toMatchObject({ code: 0 });
    await publish("2022-01-21", dayOf("2"));
    expect(await keptTables()).toHaveLength(3);
    for (const to of ["2022-01-19", "2022-01-20"])
      expect([to, (await back({ to, dryRun: true })).text]).toEqual([
        to,
        expect.stringContaining("from     the kept copy") as string,
      ]);
  });

  test("of outputs whose names begin alike leaves the other's copies alone", async () => {
    const t = { type: "bigquery", table: "lab.t", ...append, keep: 1 };
    const outputs = { t, t_a: { ...t, table: "lab.t_a", model: "t" } };
    for (const day of ["18", "19", "20"]) {
      await lab.write(dayOf("1"), {}, { ...days, outputs });
      expect(await lab.run({ interval: `2022-01-${day}` })).toMatchObject({ code: 0 });
    }
    expect(await keptTables()).toHaveLength(2);
    expect((await back({ dryRun: true })).text).toContain(
      "1 other output of this pipeline stays as the last run left it: t_a",
    );
    expect((await back({ outputs: [] })).text).toContain("which output is meant?\nName one, or several: t, t_a.");
    expect(await back({ outputs: ["t", "t_a"] })).toMatchObject({ code: 0 });
    expect([await rows(), await rows("t_a")].map((found) => found.length)).toEqual([2, 2]);
  });
});

const drop = () => lab.change("DROP TABLE w.lab.t");

describe("a table that somebody has dropped", () => {
  test("comes back from a kept copy", async () => {
    for (const day of ["18", "19", "20"]) await publish(`2022-01-${day}`);
    await drop();
    const { code, text } = await back({});
    expect([code, text]).toEqual([0, expect.stringContaining("table    has gone, and is made anew")]);
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
    await publish("2022-01-20", dayOf("2"));
    expect(await rows()).toHaveLength(3);
  });

  test("in the state that it had, which is not kept, is told of with those that are", async () => {
    for (const day of ["18", "19"]) await publish(`2022-01-${day}`);
    await drop();
    const { code, text } = await back({ to: "2022-01-19" });
    expect(code).toBe(1);
    expect(text).toContain("the table lab.t is not there any more, and its state after run 2022-01-19 is not kept");
    expect(text).toContain("It can be brought back as runs 2022-01-18 left it.");
    expect(text).not.toContain("BigQuery");
  });
});

describe("what cannot be rolled back is refused in words:", () => {
  test("an unknown run, with those that are known", async () => {
    await publish("2022-01-18");
    const { code, text } = await back({ to: "2022-01-17" });
    expect(code).toBe(2);
    expect(text).toContain("no run `2022-01-17` of lab has published it on target local, and it is no time");
    expect(text).toContain("The last: 2022-01-18.");
  });

  test("what was never published, and an output that there is none of", async () => {
    await lab.write("SELECT 1 AS n");
    expect((await back({})).text).toContain("no run of lab has published `t` on target local");
    const { text } = await back({ outputs: ["u", "v"] });
    expect(text).toContain("there is no output `u`");
    expect(text).toContain("there is no output `v`");
    await expect(lab.folder.read(".nais-etl/warehouse.duckdb")).rejects.toThrow("ENOENT");
  });

  test("a time before the first publish, and one that there is not", async () => {
    await publish("2022-01-18");
    const before = await back({ to: "2020-01-01T00:00Z" });
    expect(before.code).toBe(1);
    expect(before.text).toMatch(/no run had published lab\.t by then.*\nThe first that is known is 2022-01-18, \d{4}-/);
    for (const to of ["2022-01-18T07:60", "2022-01-18T25:00", "2022-01-18T07:00:61"])
      expect((await back({ to })).text).toContain("and it is no time");
  });

  test("a time that is still to come", async () => {
    await publish("2022-01-18");
    expect((await back({ to: "2999-01-01T00:00Z" })).text).toContain("is still to come");
  });

  test("a table whose columns have gone since; one that came is NULL", async () => {
    const replace = { keep: 3 };
    const run = async (sql: string, allowSchemaChange = false) => {
      await lab.write(sql, replace);
      expect(await lab.run({ allowSchemaChange })).toMatchObject({ code: 0 });
      const [id] = await lab.values("SELECT run_id FROM w.main._nais_etl_runs ORDER BY started_at DESC LIMIT 1");
      return id!;
    };
    const first = await run("SELECT 1 AS dato, 'a' AS n");
    const second = await run("SELECT 2 AS dato, 'b' AS n, 3 AS ny");
    expect((await back({ to: first, dryRun: true })).text).toContain("ny came since, and will be NULL");
    expect(await back({ to: first })).toMatchObject({ code: 0 });
    expect(await lab.values("SELECT dato, n, ny IS NULL FROM w.lab.t")).toEqual(["1 a true"]);
    await run("SELECT 2 AS dato, 'b' AS ny", true);
    const { code, text } = await back({ to: second });
    expect(code).toBe(1);
    expect(text).toContain("the columns of lab.t have changed since: `n` is gone; `ny` was BIGINT and is VARCHAR");
  });

  test("a file", async () => {
    const outputs = { t: { type: "file", path: "out/t.csv" } };
    await lab.folder.write("pipeline.yaml", stringify({ name: "lab", team: "nais-analyse", outputs }));
    await lab.folder.write("models/t.sql", "SELECT 1 AS n");
    expect((await back({})).text).toContain("`outputs.t` is no table");
  });
});
