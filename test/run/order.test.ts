import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { show } from "../../src/commands/show.ts";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

/** More than one row group, and more than one thread's share. */
const rows = 300_000;
/** No order that any engine would give by itself. */
const shuffled = `SELECT i, hash(i) % 1000003 AS k FROM range(${rows}) AS r(i) ORDER BY k, i`;
/** A figure that depends on each row's place. */
const markOf = (from: string) => `SELECT sum(i * p) AS mark FROM (SELECT i, row_number() OVER () AS p FROM ${from})`;
const fileOf = (format: string) => ({ type: "file", model: "t", path: `out/t.${format}` });

test("the order of a model's ORDER BY is that of its files, of its table, and of what `show` shows", async () => {
  const formats = ["csv", "ndjson", "parquet"];
  const files = Object.fromEntries(formats.map((format) => [format, fileOf(format)]));
  await lab.write(shuffled, {}, { outputs: { t: { type: "bigquery", table: "lab.t" }, ...files } });
  expect((await lab.run()).code).toBe(0);

  const wanted = await lab.engine.query(markOf(`(${shuffled})`));
  for (const format of formats)
    expect(await lab.engine.query(markOf(`'${join(lab.folder.path, `out/t.${format}`)}'`)), format).toEqual(wanted);
  expect(await lab.values(markOf("lab.t"))).toEqual(wanted.map(({ mark }) => String(mark)));

  await show({ model: "t", json: true, limit: 5 }, lab.folder.context);
  const first = await lab.engine.query(`${shuffled} LIMIT 5`);
  expect(JSON.parse(lab.folder.printed.join(""))).toEqual(first.map((row) => ({ i: row["i"], k: row["k"] })));
});

test("rows that a file keeps stand before new ones", async () => {
  const file = { ...fileOf("csv"), write: "append" };
  await lab.write("FROM (VALUES (3), (1), (2)) AS v(n) ORDER BY n DESC", {}, { outputs: { t: file } });
  await lab.run();
  await lab.run();
  expect(await lab.folder.read("out/t.csv")).toBe("n\n3\n2\n1\n3\n2\n1\n");
});
