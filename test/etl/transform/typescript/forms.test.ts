import { afterEach, describe, expect, test } from "vitest";
import type { Folder } from "../../../support/folder.ts";
import { runTrial, type Trial } from "./support.ts";
import type { RunFolder } from "../../../support/run.ts";

const folders: Folder[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

/** 5,000 numbers in three batches: more than one of the engine's chunks. */
const numbers = { "numbers.sql": "SELECT i AS n, 'g' || (i % 3) AS g FROM range(5000) t(i)" };
const few = { "numbers.sql": "SELECT i AS n, 'g' || (i % 3) AS g FROM range(6) t(i)" };

async function run(trial: Trial, options?: RunFolder) {
  const ran = await runTrial(trial, options);
  folders.push(ran.folder);
  return ran;
}

async function rows(models: Record<string, string>, columns = "{ n: INT64, g: STRING }", pipeline = "") {
  const ran = await run({ models, columns, pipeline });
  expect(ran.problems).toEqual([]);
  return ran.rows;
}

const firstFew = [0, 1, 2, 3, 4, 5].map((n) => ({ n, g: `g${n % 3}` }));

describe("`row`", () => {
  test("is called for each row in its order, and gives a row", async () => {
    const made = await rows({
      ...numbers,
      "made.ts": "export const row = (numbers: any) => ({ ...numbers, n: numbers.n + 1 });",
    });
    expect(made.length).toBe(5000);
    expect(made.map(({ n }) => n)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
  });

  test("gives several rows, or none", async () => {
    const text = `export function row({ n, g }: any) {
  if (n === 0) return null;
  if (n === 1) return [];
  return n % 2 === 0 ? [{ n, g }, { n: -n, g }] : { n, g };
}`;
    const made = await rows({ ...few, "made.ts": text }, "{ n: INT64, g: STRING }, inputs: [numbers]");
    expect(made.map(({ n }) => n)).toEqual([2, -2, 3, 4, -4, 5]);
  });

  test("may be a generator, and may take the row apart", async () => {
    const text = "export function* row({ n, g }: any) { yield { n, g }; if (n < 1) yield { n: 99, g }; }";
    const made = await rows({ ...few, "made.ts": text }, "{ n: INT64, g: STRING }, inputs: [numbers]");
    expect(made.map(({ n }) => n)).toEqual([0, 99, 1, 2, 3, 4, 5]);
  });

  test("cannot change what it reads: others read it as it was", async () => {
    const models = {
      ...few,
      "changed.ts": "export function row(numbers: any) { numbers.n = -1; numbers.g = null; return numbers; }",
      "made.sql": "SELECT n, g FROM numbers WHERE (SELECT sum(n) FROM changed) = -6",
    };
    expect(await rows(models, undefined, "  changed: { columns: { n: INT64, g: STRING } }")).toEqual(firstFew);
  });
});

describe("`table`", () => {
  test("is called once, and goes through rows as often as it likes", async () => {
    const text = `export function* table(numbers: any) {
  let sum = 0;
  for (const { n } of numbers) sum += n;
  for (const { n, g } of numbers) if (n > 4997) yield { n: sum, g };
}`;
    expect(await rows({ ...numbers, "made.ts": text })).toEqual([
      { n: 12_497_500, g: "g0" },
      { n: 12_497_500, g: "g1" },
    ]);
  });

  test("takes columns and gives columns", async () => {
    const text = `export function table(numbers: any) {
  const { n, g } = numbers.columns;
  return { n: n.map((x: number) => x * 2), g };
}`;
    const made = await rows({ ...numbers, "made.ts": text });
    expect(made.length).toBe(5000);
    expect(made.at(-1)).toEqual({ n: 9998, g: "g1" });
  });

  test("takes columns in batches, and gives typed arrays", async () => {
    const text = `export default function made(numbers: any) {
  const sums = new Float64Array(3);
  let most = 0;
  for (const { length, columns } of numbers.batches()) {
    most = Math.max(most, length);
    for (let i = 0; i < length; i++) sums[columns.n[i] % 3] += 1;
  }
  return { n: [most > 100 && most < 5000 ? 1 : 0, 2, 3], total: sums };
}`;
    const made = await rows({ ...numbers, "made.ts": text }, "{ n: INT64, total: FLOAT64 }");
    expect(made).toEqual([
      { n: 1, total: 1667 },
      { n: 2, total: 1667 },
      { n: 3, total: 1666 },
    ]);
  });

  test("gives columns in batches, rows between them", async () => {
    const text = `export function* table(numbers: any) {
  for (const { columns: { n, g } } of numbers.batches()) {
    yield { columns: { n: n.map((x: number) => -x), g } };
    yield { n: 7, g: null };
  }
}`;
    const made = await rows({ ...numbers, "made.ts": text });
    expect(made.length).toBe(5003);
    expect(made.filter(({ n }) => n === 7).length).toBe(3);
    expect([made[2047], made[2048], made[2049], made.at(-2)]).toEqual([
      { n: -2047, g: "g1" },
      { n: 7, g: null },
      { n: -2048, g: "g2" },
      { n: -4999, g: "g1" },
    ]);
  });

  test("groups rows in the order of their first, NULL among them", async () => {
    const models = {
      "numbers.sql": "SELECT i AS n, nullif(i % 3, 1) AS k, i > 5 AS late FROM range(8) t(i)",
      "made.ts": `export function table(numbers: any) {
  return numbers.groupBy(["late", "k"], () => ({ rows: 0, sum: 0 }), (group: any, { n }: any) => { group.rows++; group.sum += n; });
}`,
    };
    expect(await rows(models, "{ k: INT64, late: BOOL, rows: INT64, sum: INT64 }")).toEqual([
      { k: 0, late: false, rows: 2, sum: 3 },
      { k: null, late: false, rows: 2, sum: 5 },
      { k: 2, late: false, rows: 2, sum: 7 },
      { k: 0, late: true, rows: 1, sum: 6 },
      { k: null, late: true, rows: 1, sum: 7 },
    ]);
  });

  test("reads several tables, and none", async () => {
    const models = {
      ...few,
      "names.ts": "export function table() { return [{ g: 'g1', name: 'one' }]; }",
      "made.ts": `export function table(names: any, numbers: any) {
  const byGroup = new Map([...names].map(({ g, name }: any) => [g, name]));
  return [...numbers].flatMap(({ n, g }: any) => byGroup.has(g) ? [{ n, g: byGroup.get(g) }] : []);
}`,
    };
    expect(await rows(models, undefined, "  names: { columns: { g: STRING, name: STRING } }")).toEqual([
      { n: 1, g: "one" },
      { n: 4, g: "one" },
    ]);
  });

  test("may leave a table before its end", async () => {
    const text =
      "export function* table(numbers: any) { for (const row of numbers) { if (row.n > 1) return; yield row; } }";
    expect(await rows({ ...numbers, "made.ts": text })).toEqual(firstFew.slice(0, 2));
  });

  test("gives more rows than may be under way at once", async () => {
    const text = "export function* table() { for (let n = 0; n < 50_000; n++) yield { n, g: 'x'.repeat(n % 40) }; }";
    const made = await rows({ "made.ts": text });
    expect(made.length).toBe(50_000);
    expect(made.every(({ n, g }, i) => n === i && String(g).length === i % 40)).toBe(true);
  });
});

describe("the last parameter", () => {
  test("says which run it is", async () => {
    const pipeline = `interval: { every: day, sample: 2022-01-20 }
params: { line: { type: INT64, default: 7 }, name: { type: STRING, default: å } }
`;
    const text =
      "export function table({ interval, params }: any) { return [{ n: params.line, g: `${interval.start} ${interval.end} ${interval.label} ${params.name}` }]; }";
    const { rows: made, problems } = await run({
      models: { "made.ts": text },
      columns: "{ n: INT64, g: STRING }",
      pipeline,
    });
    expect(problems).toEqual([]);
    expect(made).toEqual([{ n: 7, g: "2022-01-20 2022-01-21 2022-01-20 å" }]);
  });
});

describe("a model's surroundings", () => {
  test("hold no variable of the environment but a few", async () => {
    const text = "export function table() { return [{ n: 1, g: Object.keys(process.env).sort().join(' ') }]; }";
    const env = { PATH: "/bin", HOME: "/home/x", PARAM_X: "1", DB_PASSWORD: "hunter2", GITHUB_TOKEN: "t" };
    const { rows: made } = await run({ models: { "made.ts": text }, columns: "{ n: INT64, g: STRING }" }, { env });
    expect(made).toEqual([{ n: 1, g: "HOME PATH" }]);
  });

  test("are imports of files beside it", async () => {
    const files = { "models/lib/double.ts": "export const double = (x: number): number => x * 2;" };
    const text =
      'import { double } from "./lib/double.ts";\nexport const row = (numbers: any) => ({ ...numbers, n: double(numbers.n) });';
    const { rows: made } = await run({
      models: { ...few, "made.ts": text },
      columns: "{ n: INT64, g: STRING }",
      files,
    });
    expect(made.map(({ n }) => n)).toEqual([0, 2, 4, 6, 8, 10]);
  });

  test("show what it writes to the console on target local", async () => {
    const text = "export function table() { console.log('hello\\nyou'); return []; }";
    const { text: log } = await run({ models: { "made.ts": text }, columns: "{ n: INT64 }" });
    expect(log).toContain("made: hello\n");
    expect(log).toContain("made: you\n");
  });

  test("do not hold what an earlier run of it left", async () => {
    const text = "let calls = 0;\nexport function table() { return [{ n: ++calls }]; }";
    const models = { "first.ts": text, "made.ts": text, "both.sql": "FROM first" };
    const { rows: made } = await run({
      models,
      columns: "{ n: INT64 }",
      pipeline: "  first: { columns: { n: INT64 } }",
    });
    expect(made).toEqual([{ n: 1 }]);
  });
});

describe("a model that never ends", () => {
  test("is ended by its timeout", async () => {
    const trial = {
      models: { "made.ts": "export function table() { for (;;); }" },
      columns: "{ n: INT64 }, timeout: 1s",
    };
    const { problems } = await run(trial);
    expect(problems).toEqual([expect.stringContaining("[model made] it ran for 1s, its timeout, and was ended")]);
  });
});
