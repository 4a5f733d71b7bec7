/** The local warehouse: a DuckDB file with tables `dataset.table`, and the pipelines' state in the same file. */
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { createDatabaseFile } from "../engine/duckdb/create-file.ts";
import { isLockConflict, lockHolder, openDuckdb, type Database } from "../engine/duckdb/duckdb.ts";
import type { Limits } from "../engine/limits.ts";
import { inTransaction, publish } from "./publish-transaction.ts";
import type { Store } from "./store.ts";
import { begin, clearFiles, pendingFiles, published, recordRun, stateTables } from "./warehouse-state.ts";

export interface WarehouseOptions {
  file: string;
  shown: string;
  limits: Limits;
  temporaryFolder: string;
  /** Milliseconds to wait for another process that has the file open. */
  patience: number;
  context: Context;
}

/** Milliseconds between two tries to open a file that another process holds. */
const shortestPause = 50;
const longestPause = 1000;

/**
 * Opens the warehouse for writing, and makes it where there is none. Waits while another process has it.
 * @throws {EtlError} `locked` when it stays held
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Store> {
  const { context, file, shown, temporaryFolder } = options;
  const db = await context.effect("warehouse.open", async () => {
    await createDatabaseFile(file, temporaryFolder);
    const opened = await openPatiently(options);
    await opened.run(stateTables);
    return opened;
  });
  const folder = dirname(file);
  const { effect } = context;
  return {
    shown,
    published: (pipeline, runId) => published(db, pipeline, runId),
    pendingFiles: (pipeline) => pendingFiles({ db, folder, pipeline }),
    begin: (row, files) => effect("publish.begin", () => inTransaction(db, () => begin({ db, folder, row, files }))),
    publish: (parts) => publish({ db, folder, parts, context }),
    clearFiles: (pipeline) => effect("publish.clear", () => clearFiles(db, pipeline)),
    recordRun: (row) => effect("record.row", () => inTransaction(db, () => recordRun(db, row))),
    close: () => effect("warehouse.close", async () => db.close()),
  };
}

async function openPatiently(options: WarehouseOptions): Promise<Database> {
  const { file, shown, limits, temporaryFolder, patience, context } = options;
  const deadline = performance.now() + patience;
  // A run that is stopped already opens it to say so, and may wait for that.
  const unlessStopped = context.signal.aborted ? {} : { signal: context.signal };
  for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await openDuckdb({ file, limits, temporaryFolder });
    } catch (error) {
      if (!isLockConflict(error)) throw openError(error, shown);
      if (performance.now() > deadline) throw heldError(error, shown);
      if (pause === shortestPause) context.log.debug(`waiting for ${shown}`);
      await sleep(pause, undefined, unlessStopped).catch(() => context.signal.throwIfAborted());
    }
  }
}

/** Opens the warehouse to read it, for `show` and `query`. */
export async function openWarehouseReadOnly({
  file,
  shown,
  limits,
  temporaryFolder,
}: Omit<WarehouseOptions, "context" | "patience">): Promise<Database> {
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
