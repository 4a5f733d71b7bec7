/** What stands published, and what a run has left behind: read as anybody would who finds the folder. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckdb } from "../../src/etl/engine/duckdb/duckdb.ts";
import { exists } from "../../src/util/files.ts";
import { files, rowsOf, tables } from "./scenarios.ts";

/** By output: its number of rows and a sum over them that does not depend on their order; undefined where there is none. */
export type Published = Record<string, string | undefined>;

export interface Found {
  tables: Published;
  files: Published;
  /** Publish records: output, run id, generation and how often. */
  records: string[];
  /** Files that the store says stand aside. */
  pending: number;
  /** Statuses of the runs, in order. */
  runs: string[];
  /** What a finished run has no use for any more. */
  left: string[];
  /** How many earlier states of tables are kept. */
  kept: number;
  /** How far sources were read. */
  marks: string[];
}

/** One engine for all: opening one takes longer than what is asked of it. */
const engine = openDuckdb({
  limits: { memory: 256 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 },
  temporaryFolder: tmpdir(),
});
let attached = 0;

/** @throws when the store, if there is one, cannot be opened read-only */
export async function find(folder: string, store: string): Promise<Omit<Found, "left">> {
  const file = join(folder, store);
  const found: Omit<Found, "left"> = { tables: {}, files: {}, records: [], pending: 0, runs: [], kept: 0, marks: [] };
  const db = await engine;
  found.files = await findFiles(folder);
  if (!(await exists(file))) return found;
  const name = `w${attached++}`;
  await db.run(`ATTACH '${file}' AS ${name} (READ_ONLY)`);
  try {
    const query = async (sql: string) => (await db.query(sql)).map((row) => Object.values(row).join(" "));
    const there = await query(
      `SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = '${name}'`,
    );
    for (const table of tables)
      if (there.includes(table))
        found.tables[table] = (await query(sumOf(rowsOf(`${name}.${table}`, (json) => `CAST(${json} AS VARCHAR)`))))[0];
    if (!there.includes("main._nais_etl_runs")) return found;
    found.records = await query(
      `SELECT output, run_id, generation, count(*) FROM ${name}.main._nais_etl_publishes GROUP BY ALL ORDER BY ALL`,
    );
    found.kept = there.filter((table) => table.includes("._nais_etl_keep_")).length;
    found.pending = Number((await query(`SELECT count(*) FROM ${name}.main._nais_etl_pending_files`))[0]);
    found.runs = await query(`SELECT status FROM ${name}.main._nais_etl_runs ORDER BY started_at`);
    return found;
  } finally {
    await db.run(`DETACH ${name}`);
  }
}

export async function findFiles(folder: string): Promise<Published> {
  const found: Published = {};
  for (const file of files) {
    const path = join(folder, file);
    found[file] = (await exists(path)) ? await sumOfFile(path, await engine) : undefined;
  }
  return found;
}

/** Of rows, by their text; the hash of an empty table is 0. */
function sumOf(query: string): string {
  return `SELECT count(*), coalesce(sum(CAST(hash(CAST(r AS VARCHAR)) AS HUGEINT)), 0) FROM (${query}) AS r`;
}

/** A text file by its lines, which a half-written last one would change; Parquet by its rows. */
async function sumOfFile(path: string, db: { query(sql: string): Promise<object[]> }): Promise<string> {
  if (path.endsWith(".parquet")) {
    const [row] = await db.query(sumOf(`SELECT * FROM read_parquet('${path}')`));
    return Object.values(row!).join(" ");
  }
  const text = await readFile(path, "utf8");
  const lines = text.split("\n").toSorted();
  return `${lines.length} ${createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16)}`;
}

/** Names of everything below a folder that a finished run has no use for any more. */
export async function leftovers(folder: string, temporary: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const left = names.filter((name) => /\.nais-etl-|\.tmp$|\.part$|\.new-|\.wal\b|\.wal$/.test(name));
  return [...left, ...(await readdir(temporary))];
}
