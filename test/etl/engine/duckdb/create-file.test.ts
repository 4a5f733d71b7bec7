import { link, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDatabaseFile } from "../../../../src/etl/engine/duckdb/create-file.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";
import { openEngine } from "../../../support/read-rows.ts";

let folder: Folder;
let db: Database;
let file: string;

beforeEach(async () => {
  folder = await makeFolder();
  db = await openEngine(folder.path);
  file = join(folder.path, "state/store.duckdb");
});

afterEach(async () => {
  db.close();
  await folder.remove();
});

test("makes a database that opens, and leaves nothing beside it", async () => {
  await createDatabaseFile(file, db);
  await db.run(`ATTACH '${file}' AS made`);
  await db.run("CREATE TABLE made.t AS SELECT 1 AS n");
  await db.run("DETACH made");
  // A second time, what is in it stays.
  await createDatabaseFile(file, db);
  await db.run(`ATTACH '${file}' AS made`);

  expect(await db.query("FROM made.t")).toEqual([{ n: 1 }]);
  expect(await readdir(dirname(file))).toEqual(["store.duckdb"]);
});

test("leaves no half-written database under its name where the engine dies as it writes it", async () => {
  const dying: Database = {
    ...db,
    async run(sql) {
      const [, path] = /^ATTACH '(.+)'/.exec(sql) ?? [];
      if (path) await writeFile(path, "half a database");
      throw new Error("killed");
    },
  };
  await expect(createDatabaseFile(file, dying)).rejects.toThrow("killed");
  expect(await readdir(dirname(file))).not.toContain("store.duckdb");

  await createDatabaseFile(file, db);
  expect(await readdir(dirname(file))).toEqual(["store.duckdb"]);
});

test("takes away what a process left that was killed after it had given the database its name", async () => {
  await createDatabaseFile(file, db);
  await link(file, join(dirname(file), ".store.duckdb.new-12345678"));
  await createDatabaseFile(file, db);
  expect(await readdir(dirname(file))).toEqual(["store.duckdb"]);
});

test("takes the database that another process has made meanwhile", async () => {
  const late: Database = {
    ...db,
    async run(sql) {
      if (sql.startsWith("ATTACH")) await mkdir(dirname(file), { recursive: true });
      const changed = await db.run(sql);
      if (sql.startsWith("DETACH")) await writeFile(file, "another's");
      return changed;
    },
  };
  await createDatabaseFile(file, late);
  expect(await folder.read("state/store.duckdb")).toBe("another's");
  expect(await readdir(dirname(file))).toEqual(["store.duckdb"]);
});
