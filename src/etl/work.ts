/** A run's work folder and its engine: opened with the machine's limits, removed at the end, whatever happened. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../util/context.ts";
import { openDuckdb, type Database } from "./engine/duckdb/duckdb.ts";
import { readLimits, type Limits } from "./engine/limits.ts";

export interface Work {
  /** Absolute path, in the temporary directory. */
  folder: string;
  db: Database;
  limits: Limits;
  /** A path in the folder, for one kind of file. */
  file(kind: "sources" | "models" | "outputs", name: string): string;
  close(): Promise<void>;
}

export async function openWork(context: Context): Promise<Work> {
  const folder = await context.effect("work.create", async () => {
    const created = await mkdtemp(join(context.tmpdir, "nais-etl-"));
    await Promise.all(["spill", "sources", "models", "outputs"].map((name) => mkdir(join(created, name))));
    return created;
  });
  const remove = () => context.effect("work.remove", () => rm(folder, { recursive: true, force: true }));
  try {
    const limits = await readLimits(folder);
    const db = await openDuckdb({ limits, temporaryFolder: join(folder, "spill") });
    return {
      folder,
      db,
      limits,
      file: (kind, name) => join(folder, kind, `${name}.parquet`),
      async close() {
        db.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
