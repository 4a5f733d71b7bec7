/** The embedded engine: DuckDB, opened with a run's limits, and locked down before anybody's SQL runs. */
import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { EtlError, messageOf } from "../../../util/error.ts";
import type { Limits } from "../limits.ts";
import type { ComputedColumn, Queryable, Row } from "../engine.ts";
import type { PackedBatch } from "../packed.ts";
import type { Append } from "./arrow/append.ts";
import { duckdbDialect } from "./dialect.ts";
import { typeOfDuckdb, type DuckdbTypeShape } from "./duckdb-type.ts";
import type { PackedTable } from "./packed/append.ts";
import type { ReadPacked } from "./packed/read.ts";
import {
  empty,
  isFullDisk,
  isShortOfMemory,
  memorySetting,
  mostTogether,
  runSparingly,
  sparingConfigs,
} from "./sparing.ts";
import { quoteText } from "./sql.ts";
import { createTurns, type Turns } from "./turns.ts";
import type { Type } from "../../../spec/type.ts";

export interface OpenOptions {
  /** A database file, or undefined for one that lives in memory (and spills to the temporary folder). */
  file?: string | undefined;
  readOnly?: boolean;
  limits: Limits;
  temporaryFolder: string;
  /** When aborted, the statement that runs is ended, and none is begun. */
  signal?: AbortSignal;
}

export interface Database extends Queryable {
  /**
   * Runs one statement. @returns the number of rows it changed or wrote.
   * @param signal ends this statement when aborted, where the database was opened without a signal
   */
  run(sql: string, signal?: AbortSignal): Promise<number>;
  /**
   * What takes much memory: where that was too little, it is done once more, alone and with as little as the engine can.
   * @param act is told whether to take less itself
   * @param onShort called before the second time
   */
  sparingly<T>(act: (spare: boolean) => Promise<T>, onShort?: () => void): Promise<T>;
  /** Gives memory back to the machine, where that has little: for when this engine has done most of its work. */
  empty(): Promise<void>;
  /** Columns that a query would give, without running it, unless they depend on the data (PIVOT without IN). */
  describe(sql: string): Promise<ComputedColumn[]>;
  /** All rows, as JSON-like values, with the columns; for results that are shown. */
  read(sql: string): Promise<{ columns: ComputedColumn[]; rows: Row[] }>;
  /** Arrow record batches into a new table. @returns the number of rows, and the engine's types of the columns */
  append(parts: Omit<Append, "signal">): Promise<{ rows: number; types: string[] }>;
  /** The rows of a relation, in its order, packed for another thread. */
  readPacked(parts: ReadPacked): AsyncGenerator<PackedBatch>;
  /** A table that takes packed rows; this connection alone sees it. */
  createPackedTable(columns: { name: string; type: Type }[]): Promise<PackedTable>;
  /** A second connection to the same data, for work in parallel; it obeys `signal`, or the signal of this one. */
  another(signal?: AbortSignal): Promise<Database>;
  /**
   * From now on only these files can be read, only the folder written, and no setting changed:
   * a model's SQL can reach neither the network nor the machine's files. Cannot be undone.
   */
  lockDown(allowed: { files: string[]; folder: string }): Promise<void>;
  /** Ends the statement that is running, which then fails. */
  interrupt(): void;
  close(): void;
}

/** Loaded when first needed: 70 MB of native code that `--help` and `validate` can do without. */
async function loadDuckdb() {
  const api = await import("@duckdb/node-api");
  // It would write TIMESTAMPs in the time zone of the machine.
  api.DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0;
  return api;
}

/** @throws the engine's own error; see {@link isLockConflict} for a file that another process holds. */
export async function openDuckdb(options: OpenOptions): Promise<Database> {
  const { file, readOnly = false, limits, temporaryFolder, signal } = options;
  const { DuckDBInstance } = await loadDuckdb();
  const instance = await DuckDBInstance.create(file ?? ":memory:", {
    threads: String(limits.threads),
    memory_limit: memorySetting(limits.memory),
    temp_directory: temporaryFolder,
    ...(readOnly && { access_mode: "READ_ONLY" }),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // The package's own loader writes below HOME otherwise.
    extension_directory: temporaryFolder,
  });
  const database = await connect(instance, { owner: true, signal, limits, turns: createTurns(mostTogether(limits)) });
  // For this connection and those to come: once the configuration is locked, none can say it for itself.
  await database.run("SET GLOBAL TimeZone = 'UTC'");
  await database.run("SET GLOBAL Calendar = 'gregorian'");
  // Among the options above it would be shown, and not kept to: https://github.com/duckdb/duckdb/blob/v1.5.4/src/main/settings/custom_settings.cpp
  await database.run(`SET GLOBAL max_temp_directory_size = '${Math.floor(limits.temporary / 1024)}KiB'`);
  // What is free is given back to the machine before as much again has been taken from it. Measured: 440 MB held, not 500.
  if (limits.memory < 512 * 1024 ** 2)
    await database.run(
      "SET GLOBAL allocator_bulk_deallocation_flush_threshold = '16MiB'; SET GLOBAL allocator_background_threads = true",
    );
  return database;
}

interface Connect {
  /** Whether the instance ends with this connection. */
  owner: boolean;
  signal: AbortSignal | undefined;
  limits: Limits;
  /** Of all connections of the instance. */
  turns: Turns;
}

async function connect(instance: DuckDBInstance, options: Connect): Promise<Database> {
  const { owner, signal, limits, turns } = options;
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  const interruptible = <T>(act: () => Promise<T>, by = signal) => untilAborted({ act, interrupt, signal: by });
  return {
    dialect: duckdbDialect,
    run: (sql, by) => interruptible(async () => (await connection.run(sql)).rowsChanged, by),
    query: (sql) => interruptible(async () => (await readRows(connection, sql)).rows),
    read: (sql) => interruptible(() => readRows(connection, sql)),
    sparingly: (act, onShort) => runSparingly({ act, turns, set: (sql) => connection.run(sql), limits, onShort }),
    empty: () => empty({ set: (sql) => connection.run(sql), limits }),
    describe: (sql) => interruptible(() => describe(connection, sql)),
    append: async (parts) => (await import("./arrow/append.ts")).appendBatches(connection, { ...parts, signal }),
    async *readPacked(parts) {
      const { readPacked } = await import("./packed/read.ts");
      const batches = readPacked(connection, parts);
      for (;;) {
        const { value, done } = await interruptible(() => batches.next());
        if (done) return;
        yield value;
      }
    },
    createPackedTable: async (columns) => (await import("./packed/append.ts")).createPackedTable(connection, columns),
    another: (by = signal) => connect(instance, { ...options, owner: false, signal: by }),
    interrupt,
    async lockDown({ files, folder }) {
      await connection.run(`SET allowed_directories = [${quoteText(`${folder}/`)}]`);
      await connection.run(`SET allowed_paths = [${files.map(quoteText).join(", ")}]`);
      await connection.run(`SET allowed_configs = [${sparingConfigs.map(quoteText).join(", ")}]`);
      await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    },
    close() {
      connection.closeSync();
      if (owner) instance.closeSync();
    },
  };
}

/** The engine forgets an interrupt that comes before its statement has begun: it is said again until the statement has ended. */
const interruptEvery = 50;

interface Interruptible<T> {
  act: () => Promise<T>;
  interrupt: () => void;
  signal: AbortSignal | undefined;
}

async function untilAborted<T>({ act, interrupt, signal }: Interruptible<T>): Promise<T> {
  signal?.throwIfAborted();
  let again: NodeJS.Timeout | undefined;
  const stop = () => {
    interrupt();
    again = setInterval(interrupt, interruptEvery);
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await act();
  } finally {
    signal?.removeEventListener("abort", stop);
    clearInterval(again);
  }
}

async function readRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ columns: ComputedColumn[]; rows: Row[] }> {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.deduplicatedColumnNames();
  const columns = names.map((name, i) => computedColumn(name, reader.columnType(i)));
  const rows = reader.convertRowObjects(convertValue) as Row[];
  return { columns, rows };
}

async function describe(connection: DuckDBConnection, sql: string): Promise<ComputedColumn[]> {
  const statement = await connection.prepare(sql).catch((error: unknown) => {
    // Of a PIVOT whose columns depend on the data the engine makes two statements: the first finds the columns.
    if (/Cannot prepare multiple statements/.test(messageOf(error))) return undefined;
    throw error;
  });
  if (!statement) return (await readRows(connection, `SELECT * FROM (${sql}) LIMIT 0`)).columns;
  try {
    return Array.from({ length: statement.columnCount }, (_, i) =>
      computedColumn(statement.columnName(i), statement.columnType(i)),
    );
  } finally {
    statement.destroySync();
  }
}

function computedColumn(name: string, type: DuckDBType): ComputedColumn {
  const shape = shapeOf(type);
  return { name, type: typeOfDuckdb(shape), engineType: type.alias ?? type.toString() };
}

/** The node API's type objects differ by class; this is what they have in common, by what they hold. */
function shapeOf(type: DuckDBType): DuckdbTypeShape {
  const parts = type as {
    valueType?: DuckDBType;
    entryNames?: string[];
    entryTypes?: DuckDBType[];
    width?: number;
    scale?: number;
  };
  if (type.alias !== undefined) return { name: type.alias };
  const text = type.toString();
  if (text.startsWith("DECIMAL")) return { name: "DECIMAL", precision: parts.width!, scale: parts.scale! };
  if (text.startsWith("STRUCT") && parts.entryNames) {
    return {
      name: "STRUCT",
      fields: parts.entryNames.map((name, i) => ({ name, type: shapeOf(parts.entryTypes![i]!) })),
    };
  }
  if (text.startsWith("ENUM")) return { name: "ENUM" };
  return text.endsWith("]") && parts.valueType ? { name: "LIST", element: shapeOf(parts.valueType) } : { name: text };
}

type Convert = (value: DuckDBValue, type: DuckDBType, convert: Convert) => unknown;

/** Numbers stay numbers where that is exact; dates, times and decimals become their text. */
const convertValue: Convert = (value, type, convert) => {
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number")
    return value;
  if (typeof value === "bigint")
    return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  const nested = value as unknown as {
    items?: DuckDBValue[];
    entries?: Record<string, DuckDBValue> | { key: DuckDBValue; value: DuckDBValue }[];
    bytes?: Uint8Array;
  };
  const parts = type as {
    keyType?: DuckDBType;
    valueType?: DuckDBType;
    entryNames?: string[];
    entryTypes?: DuckDBType[];
  };
  if (Array.isArray(nested.entries)) {
    return nested.entries.map(({ key, value: item }) => ({
      key: convert(key, parts.keyType!, convert),
      value: convert(item, parts.valueType!, convert),
    }));
  }
  if (Array.isArray(nested.items) && parts.valueType)
    return nested.items.map((item) => convert(item, parts.valueType!, convert));
  const { entries } = nested;
  if (entries && parts.entryNames) {
    return Object.fromEntries(
      parts.entryNames.map((name, i) => [name, convert(entries[name]!, parts.entryTypes![i]!, convert)]),
    );
  }
  if (nested.bytes instanceof Uint8Array) return Buffer.from(nested.bytes).toString("base64");
  return String(value);
};

/** Whether opening a file failed because another process has it open; DuckDB names that process. */
export function isLockConflict(error: unknown): boolean {
  return /Could not set lock on file|Conflicting lock|being used by another process/.test(messageOf(error));
}

/** The process that holds a file, from the engine's message. */
export function lockHolder(error: unknown): number | undefined {
  const pid = /PID (\d+)/.exec(messageOf(error))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Errors about resources are the same whatever SQL met them. Undefined for any other error. */
export function explainResourceError(error: unknown): EtlError | undefined {
  if (isFullDisk(error)) {
    return new EtlError({
      code: "failed",
      part: "engine",
      message: "the temporary disk is full",
      hint: "Give the job more memory (nais: { resources: { limits: { memory: 1Gi } } }): less goes to the disk then. Or free space in the temporary directory (TMPDIR), or read less at once.",
      cause: error,
    });
  }
  if (isShortOfMemory(error)) {
    return new EtlError({
      code: "failed",
      part: "engine",
      message: "the engine ran out of memory, also with spilling to disk",
      hint: "Give the job more memory (nais: { resources: { limits: { memory: 1Gi } } }), or reduce earlier: filter and aggregate in the first model, or in `query:`.",
      cause: error,
    });
  }
  return undefined;
}
