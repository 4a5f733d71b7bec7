import { tmpdir } from "node:os";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../../src/etl/data-test/sandbox.ts";
import { openDuckdb, type Database } from "../../../src/etl/engine/duckdb/duckdb.ts";

let main: Database;
let sandbox: Sandbox;
let statements: string[];

/** A sandbox on a connection of its own, whose statements are counted. */
async function newSandbox(): Promise<Sandbox> {
  const db = await main.another();
  return createSandbox({ ...db, run: (sql) => (statements.push(sql), db.run(sql)) });
}

beforeAll(async () => {
  const limits = { memory: 128 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 };
  main = await openDuckdb({ limits, temporaryFolder: tmpdir() });
});

beforeEach(async () => {
  statements = [];
  sandbox = await newSandbox();
});

afterAll(() => main.close());

const ones = { name: "ones", kind: "view", sql: "SELECT 1 AS n" } as const;
const read = async (name: string, from = sandbox) => (await from.db.query(`FROM ${name}`)).map(({ n }) => n);

test("a view is made once, until it is another one", async () => {
  await sandbox.define(ones);
  await sandbox.define({ name: "reader", kind: "view", sql: "SELECT n + 1 AS n FROM ones" });
  await sandbox.define(ones);
  expect(statements).toHaveLength(2);

  await sandbox.define({ ...ones, sql: "SELECT 5 AS n" });
  expect(statements).toHaveLength(3);
  expect(await read("reader")).toEqual([6]);
});

test("a table is computed anew each time: what it is made of may have changed", async () => {
  await sandbox.define(ones);
  const kept = { name: "kept", kind: "table", sql: "SELECT n FROM ones" } as const;
  await sandbox.define(kept);
  await sandbox.define({ ...ones, sql: "SELECT 5 AS n" });
  await sandbox.define(kept);
  expect(await read("kept")).toEqual([5]);
});

test("a view may become a table, and a table a view", async () => {
  await sandbox.define(ones);
  await sandbox.define({ ...ones, kind: "table" });
  expect(await read("ones")).toEqual([1]);
  await sandbox.define(ones);
  expect(await read("ones")).toEqual([1]);
});

test("what a test does not need is gone for it, and may come back", async () => {
  await sandbox.define(ones);
  await sandbox.define({ name: "other", kind: "table", sql: "SELECT 2 AS n" });
  await sandbox.keepOnly(new Set(["other"]));
  await expect(read("ones")).rejects.toThrow("does not exist");
  expect(await read("other")).toEqual([2]);
  await sandbox.define(ones);
  expect(await read("ones")).toEqual([1]);
});

test("connections do not see each other's relations and clocks", async () => {
  const other = await newSandbox();
  await sandbox.define(ones);
  await other.define({ ...ones, sql: "SELECT 2 AS n" });
  await sandbox.setClock(new Date("2022-01-20T00:00:00Z"));
  expect([await read("ones"), await read("ones", other)]).toEqual([[1], [2]]);
  const years = await Promise.all([sandbox, other].map(({ db }) => db.query("SELECT year(today()) AS y")));
  expect(years[0]).toEqual([{ y: 2022 }]);
  expect(years[1]).not.toEqual([{ y: 2022 }]);
});

test("a clock is set when it changes, and let go", async () => {
  const time = new Date("2022-01-20T00:00:00Z");
  await sandbox.setClock(undefined);
  await sandbox.setClock(time);
  await sandbox.setClock(new Date(time));
  expect(statements).toHaveLength(1);
  await sandbox.setClock(undefined);
  expect(await sandbox.db.query("SELECT year(today()) AS y")).not.toEqual([{ y: 2022 }]);
});
