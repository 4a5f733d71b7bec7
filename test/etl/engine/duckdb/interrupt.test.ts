import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDuckdb, type Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

let folder: Folder;
let stopping: AbortController;
let db: Database;

const limits = { memory: 256 * 1024 ** 2, threads: 2, temporary: 1024 ** 2 };
const forEver = "SELECT sum(a.range * b.range) AS n FROM range(100000000) AS a, range(100000000) AS b";

const open = (signal?: AbortSignal) =>
  openDuckdb({ limits, temporaryFolder: join(folder.path, "spill"), ...(signal && { signal }) });

beforeEach(async () => {
  folder = await makeFolder();
  stopping = new AbortController();
  db = await open(stopping.signal);
});

afterEach(async () => {
  db.close();
  await folder.remove();
});

test("a signal ends the statement that runs, on every connection", async () => {
  const other = await db.another();
  const ended = Promise.allSettled([db.run(forEver), other.query(forEver)]);
  await sleep(100);
  stopping.abort();

  expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  other.close();
});

test("a signal that comes before the engine has begun a statement ends it too", async () => {
  const ended = db.run(forEver);
  stopping.abort();
  await expect(ended).rejects.toThrow("Interrupted");
});

test("after the signal no statement is begun", async () => {
  stopping.abort(new Error("told to stop"));
  await expect(db.run("CREATE TABLE t (n INT)")).rejects.toThrow("told to stop");
  await expect(db.describe("SELECT 1")).rejects.toThrow("told to stop");
});

test("a statement may have a signal of its own, and the next one runs", async () => {
  const store = await open();
  const ended = store.run(forEver, stopping.signal);
  stopping.abort();

  await expect(ended).rejects.toThrow("Interrupted");
  expect(await store.query("SELECT 1 AS n")).toEqual([{ n: 1 }]);
  store.close();
});
