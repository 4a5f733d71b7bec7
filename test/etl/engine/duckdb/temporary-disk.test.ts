import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { explainResourceError, openDuckdb, type Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

const mebibyte = 1024 ** 2;

let folder: Folder;
let database: Database;

afterEach(async () => {
  database.close();
  await folder.remove();
});

test("the engine puts no more on the disk than it may, and a run is told that the disk is full, not its memory", async () => {
  folder = await makeFolder();
  const limits = { memory: 64 * mebibyte, threads: 2, temporary: 4 * mebibyte };
  database = await openDuckdb({ limits, temporaryFolder: folder.path });
  const fill = () =>
    database.run(
      "CREATE TABLE t AS SELECT sha256(range::VARCHAR) || sha256((-range)::VARCHAR) AS pad FROM range(800000)",
    );
  const error = await fill().catch((thrown: unknown) => thrown);
  expect(explainResourceError(error)?.message).toBe("[engine] the temporary disk is full");
  const sizes = await Promise.all((await readdir(folder.path)).map((name) => stat(join(folder.path, name))));
  expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(4 * mebibyte);
});
