/** An engine of its own for a test, as small as it can be. */
import { tmpdir } from "node:os";
import { openDuckdb, type Database } from "../../src/etl/engine/duckdb/duckdb.ts";

export function openEngine(temporaryFolder: string = tmpdir()): Promise<Database> {
  return openDuckdb({ limits: { memory: 256 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 }, temporaryFolder });
}
