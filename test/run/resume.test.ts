import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../src/util/context.ts";
import { buildKiller } from "./children.ts";
import { makeLab, type Lab, type Ran } from "./lab.ts";

// Three models one after another; the last is broken at first. What was made before it is taken up by the next run.

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
  await writeRows("1,a\n2,b\n");
});

afterEach(() => lab.remove());

const writeRows = (rows: string) => lab.folder.write("data/people.csv", `id,name\n${rows}`);
const people = { type: "file", path: "data/people.csv", columns: { id: "INT64", name: "STRING" } };
const table = { materialize: "table" };

interface Models {
  first?: string;
  second?: string;
  t: string;
  more?: object;
}

async function write({ first = "FROM people", second = "SELECT id + 1 AS id FROM first", t, more = {} }: Models) {
  await lab.folder.write("models/first.sql", first);
  await lab.folder.write("models/second.sql", second);
  await lab.write(t, {}, { sources: { people }, models: { first: table, second: table }, ...more });
}

const broken = "SELECT error('x') AS id FROM second";
const good = "SELECT sum(id) AS id FROM second";
const keepAll = { NAIS_ETL_KEEP_SECONDS: "0" };
const run = (options = {}) => lab.run(options, { env: keepAll });
/** Models whose rows an earlier run has kept, as the run says. */
const taken = ({ text }: Ran) =>
  [...text.matchAll(/✓ model +(\w+) .*kept by the run of \d{4}-\d\d-\d\d \d\d:\d\d UTC/g)].map(([, name]) => name);
const kept = () => readdir(join(lab.folder.path, ".nais-etl/resume/lab")).catch(() => []);

/** A run that fails at its last model. */
async function fail(models: Partial<Models> = {}): Promise<void> {
  await write({ t: broken, ...models });
  expect((await run()).code).toBe(1);
}

test("what was made before the failure is taken up where nothing of it has changed; success leaves nothing", async () => {
  await fail();
  await write({ t: good });
  const again = await run();
  expect(again.code, again.text).toBe(0);
  expect(taken(again)).toEqual(["first", "second"]);
  expect(again.effects.filter((name) => name === "model.write")).toHaveLength(1);
  expect(await lab.values("SELECT id FROM lab.t")).toEqual(["5"]);
  expect(await kept()).toEqual([]);
  expect(taken(await run())).toEqual([]);
});

describe("what has changed is made again, and what reads it", () => {
  test.each<[string, () => Promise<unknown>, string[], string]>([
    ["a row of a source", () => writeRows("1,a\n9,b\n"), [], "12"],
    ["the first query", () => write({ t: good, first: "SELECT id * 10 AS id FROM people" }), [], "32"],
    ["the second query", () => write({ t: good, second: "SELECT id + 2 AS id FROM first" }), ["first"], "7"],
    [
      "the contract of the second",
      () => write({ t: good, more: { models: { first: table, second: { columns: { id: "FLOAT64" } } } } }),
      ["first"],
      "5",
    ],
    [
      "the rows that are set aside of the first",
      () => {
        const checks = [
          { not_null: ["id"], where: "id = 1" },
          { unique: ["id"], on_fail: "quarantine" },
        ];
        const more = { models: { first: { ...table, checks }, second: table }, quarantine: { table: "lab.q" } };
        return write({ t: good, more });
      },
      [],
      "5",
    ],
    ["the order of a source's rows", () => writeRows("2,b\n1,a\n"), [], "5"],
  ])("%s", async (_what, change, expected, sum) => {
    await fail();
    await write({ t: good });
    await change();
    const again = await run();
    expect(again.code, again.text).toBe(0);
    expect(taken(again)).toEqual(expected);
    expect(await lab.values("SELECT id FROM lab.t")).toEqual([sum]);
  });
});

test("the interval and the parameters are part of the query", async () => {
  const more = { params: { n: { type: "INT64", default: 1 } } };
  const second = "SELECT id + $n AS id FROM first";
  await fail({ second, more });
  await write({ t: good, second, more });
  expect(taken(await run({ param: { n: "2" } }))).toEqual(["first"]);
});

test.each(["random()", "now()", "current_date", '"uuid"()'])("a query with %s is run each time", async (value) => {
  const second = `SELECT id, ${value} AS other FROM first`;
  await fail({ second });
  await write({ t: good, second });
  expect(taken(await run())).toEqual(["first"]);
});

test("--force and --rerun take nothing up", async () => {
  for (const options of [{ force: true }, { rerun: true }]) {
    await fail();
    await write({ t: good });
    expect(taken(await run(options))).toEqual([]);
    expect(await kept()).toEqual([]);
  }
});

test("checks look at rows that were taken up, too", async () => {
  const more = { models: { first: table, second: { checks: [{ row_count: { max: 1 } }] } } };
  await write({ t: good, more });
  expect((await run()).code).toBe(3);
  const again = await run();
  expect([again.code, taken(again)]).toEqual([3, ["first", "second"]]);
});

const fullDisk: Effect = async (name, act) => {
  if (name === "resume.keep") throw new Error("no space left");
  return act();
};

test("a run that is killed in its last model leaves what it has made before", async () => {
  await write({ t: good });
  const killer = await buildKiller();
  try {
    const kill = { signal: "SIGKILL", effect: "model.write", nth: 2, when: "before", delay: 0 } as const;
    const order = { folder: lab.folder.path, tmpdir: join(lab.folder.path, "tmp"), options: {}, kill, env: keepAll };
    expect((await killer.start(order).ended).signal).toBe("SIGKILL");
  } finally {
    await killer.remove();
  }
  const again = await run();
  expect(again.code, again.text).toBe(0);
  expect(taken(again)).toEqual(["first", "second"]);
  expect(await lab.values("SELECT id FROM lab.t")).toEqual(["5"]);
});

test("that rows cannot be kept fails no run", async () => {
  await write({ t: good });
  const { code, text } = await lab.run({}, { env: keepAll, effect: fullDisk });
  expect(code, text).toBe(0);
});

test("a file that is not whole is not taken up", async () => {
  await fail();
  for (const name of await kept())
    if (name.endsWith(".parquet")) await lab.folder.write(`.nais-etl/resume/lab/${name}`, "PAR1 half");
  await write({ t: good });
  const again = await run();
  expect([again.code, taken(again)]).toEqual([0, []]);
  expect(await lab.values("SELECT id FROM lab.t")).toEqual(["5"]);
});

test("a model that took less than a second is not kept, where nobody asks for it", async () => {
  await write({ t: broken });
  await lab.run();
  expect(await kept()).toEqual([]);
});

test("outside target local nothing is kept", async () => {
  await write({ t: broken, more: { outputs: { t: { type: "file", path: "out/t.csv" } } } });
  const { code, effects } = await run({ target: "prod" });
  expect([code, effects.filter((name) => name.startsWith("resume."))]).toEqual([1, []]);
});
