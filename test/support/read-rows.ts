/** Reads files as a run does: found, verified, and then by the engine. */
import { readFiles } from "../../src/etl/connectors/file/read.ts";
import { openDuckdb, type Database } from "../../src/etl/engine/duckdb/duckdb.ts";
import { scanSql } from "../../src/etl/engine/duckdb/scan.ts";
import type { Columns } from "../../src/spec/column.ts";
import type { FileSource } from "../../src/spec/source.ts";
import { formatType, parseType } from "../../src/spec/type.ts";
import { EtlError, formatWhere, type Problem } from "../../src/util/error.ts";
import type { FileScan } from "../../src/etl/connectors/connector.ts";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, type Folder } from "./folder.ts";

const mebibyte = 1024 ** 2;

/** The engine with the limits of a small pod; in memory, below a folder. */
export function openEngine(folder: string): Promise<Database> {
  const limits = { memory: 256 * mebibyte, threads: 2, temporary: 1024 * mebibyte };
  return openDuckdb({ limits, temporaryFolder: join(folder, "spill") });
}

export interface Reading extends Partial<Omit<FileSource, "columns" | "type">> {
  /** Files to write, by their paths; text is written as UTF-8. */
  files: Record<string, string | Uint8Array>;
  /** Types by column; undefined to have them found out. */
  columns?: Record<string, string>;
  showValues?: boolean;
}

export interface ReadRows {
  rows: Record<string, unknown>[];
  /** `a INT64, b STRING` */
  types: string;
  effects: string[];
  scan: FileScan;
}

export function columnsOf(types: Record<string, string>): Columns {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type: parseType(type) }]));
}

/** @throws {EtlError} as reading does */
export async function readRows(reading: Reading): Promise<ReadRows> {
  return withReading(reading, async ({ scan, db, folder }) => {
    await scan.verified;
    const { rows, columns } = await db.read(await scanSql(scan, db));
    const types = columns
      .map(({ name, type, engineType }) => `${name} ${type ? formatType(type) : engineType}`)
      .join(", ");
    return { rows, types, effects: folder.effects.filter((name) => name.startsWith("extract.")), scan };
  });
}

interface Open {
  scan: FileScan;
  db: Database;
  folder: Folder;
}

export async function withReading<T>(
  { files, columns, showValues = true, ...spec }: Reading,
  act: (open: Open) => Promise<T>,
): Promise<T> {
  const folder = await makeFolder();
  const db = await openEngine(folder.path);
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), content);
    }
    const workFolder = join(folder.path, ".work");
    await mkdir(workFolder);
    const scan = await readFiles({
      name: "s",
      columns: columns && columnsOf(columns),
      folder: folder.path,
      show: (path) => path,
      workFolder,
      context: folder.context,
      showValues,
      spec: { type: "file", path: Object.keys(files)[0]!, ...spec },
    });
    try {
      return await act({ scan, db, folder });
    } finally {
      scan.stop();
    }
  } finally {
    db.close();
    await folder.remove();
  }
}

/** What reading says is wrong: `file:line:column message`, one for each problem. */
export async function complaints(reading: Reading): Promise<string[]> {
  return (await problemsOfReading(reading)).map(
    ({ message, where }) => `${where ? `${formatWhere(where)} ` : ""}${message}`,
  );
}

export async function problemsOfReading(reading: Reading): Promise<Problem[]> {
  try {
    await readRows(reading);
    return [];
  } catch (error) {
    if (error instanceof EtlError) return error.problems;
    throw error;
  }
}
