/** The local warehouse: a DuckDB file with tables `dataset.table`, and the pipelines' state in the same file. */
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { attach, detach } from "../engine/duckdb/attach.ts";
import { createDatabaseFile } from "../engine/duckdb/create-file.ts";
import { isLockConflict, lockHolder, openDuckdb, type Database } from "../engine/duckdb/duckdb.ts";
import { selectParquet } from "../engine/duckdb/materialize.ts";
import type { Limits } from "../engine/limits.ts";
import { inTransaction, publish } from "./publish-transaction.ts";
import type { NewTable, Store } from "./store.ts";
import { warehousePast } from "./warehouse-past.ts";
import { begin, clearFiles, ended, marks, pendingFiles, published, recordRun, stateTables } from "./warehouse-state.ts";

export interface WarehouseOptions {
  /** The pipeline whose state is asked for and kept. */
  pipeline: string;
  file: string;
  shown: string;
  /** The engine to open it in. */
  db: Database;
  /** Milliseconds to wait for another process that has the file open. */
  patience: number;
  context: Context;
}

/** What it is called in the engine that it is opened in. */
const warehouseName = "warehouse";

/** Milliseconds between two tries to open a file that another process holds. */
const shortestPause = 50;
const longestPause = 1000;

/**
 * Opens the warehouse for writing, and makes it where there is none. Waits while another process has it.
 * @throws {EtlError} `locked` when it stays held
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Store> {
  const { pipeline, context, file, shown, db } = options;
  await context.effect("warehouse.open", async () => {
    await createDatabaseFile(file, db);
    await attachPatiently(options);
    await db.run(`USE ${warehouseName}`);
    await inTransaction(db, async () => void (await db.run(stateTables)));
  });
  const folder = dirname(file);
  const { effect } = context;
  return {
    shown,
    published: (runId) => published({ db, pipeline, runId }),
    ended: (execution) => ended({ db, pipeline, execution }),
    marks: () => marks({ db, pipeline }),
    pendingFiles: () => pendingFiles({ db, folder, pipeline }),
    begin: (row, files) => effect("publish.begin", () => inTransaction(db, () => begin({ db, folder, row, files }))),
    // The engine reads the file itself.
    stage: async (tables) => tables.map((table) => ({ ...table, staged: stagedFile(table) })),
    publish: (parts) => publish({ db, folder, pipeline, parts, context }),
    clearStaged: async () => undefined,
    clearFiles: () => effect("publish.clear", () => clearFiles(db, pipeline)),
    past: warehousePast(db, pipeline),
    recordRun: (row) => effect("record.row", () => inTransaction(db, () => recordRun(db, row))),
    close: () => effect("warehouse.close", () => detach(db, warehouseName)),
  };
}

function stagedFile({ file, plan }: NewTable): string {
  const columns = plan.columns.map((column) => ({ ...column, cast: "exact" as const }));
  return `(${selectParquet(file, columns)})`;
}

async function attachPatiently(options: WarehouseOptions): Promise<void> {
  const { file, shown, db, patience, context } = options;
  const deadline = performance.now() + patience;
  // A run that is stopped already opens it to say so, and may wait for that.
  const unlessStopped = context.signal.aborted ? {} : { signal: context.signal };
  for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await attach(db, file, warehouseName);
    } catch (error) {
      if (!isLockConflict(error)) throw openError(error, shown);
      if (performance.now() > deadline) throw heldError(error, shown);
      if (pause === shortestPause) context.log.debug(`waiting for ${shown}`);
      await sleep(pause, undefined, unlessStopped).catch(() => context.signal.throwIfAborted());
    }
  }
}

interface ReadOnlyOptions {
  file: string;
  shown: string;
  limits: Limits;
  temporaryFolder: string;
}

/** Opens the warehouse to read it, for `show` and `query`. */
export async function openWarehouseReadOnly({
  file,
  shown,
  limits,
  temporaryFolder,
}: ReadOnlyOptions): Promise<Database> {
  try {
    return await openDuckdb({ file, readOnly: true, limits, temporaryFolder });
  } catch (error) {
    throw isLockConflict(error) ? heldError(error, shown) : openError(error, shown);
  }
}

function heldError(error: unknown, shown: string): EtlError {
  const pid = lockHolder(error);
  return new EtlError({
    code: "locked",
    part: "warehouse",
    message: `${shown} is in use${pid === undefined ? "" : ` by process ${pid}`}`,
    hint: "A run is publishing, or another program has the file open: try again when it is done.",
    cause: error,
  });
}

function openError(error: unknown, shown: string): EtlError {
  const missing = /does not exist/.test(String(error));
  return new EtlError({
    code: missing ? "usage" : "failed",
    part: "warehouse",
    message: missing ? `there is no ${shown} yet` : `${shown} cannot be opened`,
    hint: missing
      ? "Make it with `nais-etl run`."
      : "Is it a DuckDB file of this version? Move it away to begin with a new one.",
    cause: error,
  });
}
