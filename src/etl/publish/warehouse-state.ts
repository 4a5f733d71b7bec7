/** What a pipeline remembers in the warehouse: what is published, which files stand aside, its runs. */
import { join, relative } from "node:path";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteName, quoteText } from "../engine/duckdb/sql.ts";
import type { RunRow } from "../record/run-row.ts";
import { insertStatements } from "./insert-rows.ts";
import { undoneMode } from "./past-publish.ts";
import type { Ended, FilePlace, PendingFile, Published } from "./store.ts";

export const stateTables = `
  CREATE TABLE IF NOT EXISTS main._nais_etl_publishes (
    pipeline VARCHAR, output VARCHAR, run_id VARCHAR, execution VARCHAR, generation BIGINT,
    write_mode VARCHAR, rows BIGINT, published_at TIMESTAMPTZ);
  CREATE TABLE IF NOT EXISTS main._nais_etl_cursors (
    pipeline VARCHAR, source VARCHAR, mark VARCHAR, run_id VARCHAR, execution VARCHAR, marked_at TIMESTAMPTZ);
  CREATE TABLE IF NOT EXISTS main._nais_etl_pending_files (
    pipeline VARCHAR, output VARCHAR, aside VARCHAR, path VARCHAR, committed BOOLEAN);
  CREATE TABLE IF NOT EXISTS main._nais_etl_runs (
    pipeline VARCHAR, run_id VARCHAR, execution VARCHAR, generation BIGINT, target VARCHAR, status VARCHAR, exit_code BIGINT,
    started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, rows_read BIGINT, rows_written BIGINT, checks_failed BIGINT,
    error VARCHAR, revision VARCHAR, image VARCHAR, source_digest VARCHAR, record JSON);`;

interface Asked {
  db: Database;
  pipeline: string;
}

/** What of a run id is published: the newest record of each output. */
export async function published({ db, pipeline, runId }: Asked & { runId: string }): Promise<Published[]> {
  const rows = await db.query(`
    SELECT output, execution, generation, rows, write_mode = ${quoteText(undoneMode)} AS undone FROM main._nais_etl_publishes
    WHERE pipeline = ${quoteText(pipeline)} AND run_id = ${quoteText(runId)}
    QUALIFY row_number() OVER (PARTITION BY output ORDER BY generation DESC, published_at DESC) = 1`);
  return rows as unknown as Published[];
}

export async function ended({ db, pipeline, execution }: Asked & { execution: string }): Promise<Ended | undefined> {
  const [row] = await db.query(`
    SELECT exit_code AS "exitCode", CAST(record AS VARCHAR) AS record FROM main._nais_etl_runs
    WHERE pipeline = ${quoteText(pipeline)} AND execution = ${quoteText(execution)} AND exit_code IS NOT NULL
    ORDER BY finished_at DESC LIMIT 1`);
  return row as Ended | undefined;
}

export async function marks({ db, pipeline }: Asked): Promise<Record<string, string>> {
  const rows = await db.query(`
    SELECT source, mark FROM main._nais_etl_cursors WHERE pipeline = ${quoteText(pipeline)}
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY marked_at DESC) = 1`);
  const read = rows.filter(({ mark }) => mark !== null);
  return Object.fromEntries(read.map(({ source, mark }) => [String(source), String(mark)]));
}

interface OfPipeline {
  db: Database;
  /** The warehouse's folder. Paths are kept relative to it, so that it may be moved or mounted elsewhere. */
  folder: string;
  pipeline: string;
}

export async function pendingFiles({ db, folder, pipeline }: OfPipeline): Promise<PendingFile[]> {
  const rows = await db.query(
    `SELECT output, aside, path, committed FROM main._nais_etl_pending_files WHERE pipeline = ${quoteText(pipeline)}`,
  );
  const kept = rows as unknown as PendingFile[];
  return kept.map((file) => ({ ...file, aside: join(folder, file.aside), path: join(folder, file.path) }));
}

export async function insertState(db: Database, table: string, rows: object[]): Promise<void> {
  const target = quoteName("main", table);
  for (const statement of insertStatements({ target, rows, dialect: db.dialect })) await db.run(statement);
}

/** Replaces the list of files that stand aside. */
export async function keepFiles(
  { db, folder, pipeline }: OfPipeline,
  files: FilePlace[],
  committed: boolean,
): Promise<void> {
  await clearFiles(db, pipeline);
  const rows = files.map(({ output, aside, path }) => ({
    pipeline,
    output,
    aside: relative(folder, aside),
    path: relative(folder, path),
    committed,
  }));
  await insertState(db, "_nais_etl_pending_files", rows);
}

export async function clearFiles(db: Database, pipeline: string): Promise<void> {
  await db.run(`DELETE FROM main._nais_etl_pending_files WHERE pipeline = ${quoteText(pipeline)}`);
}

interface Begin {
  db: Database;
  folder: string;
  row: RunRow;
  files: FilePlace[];
}

/** Runs of one pipeline exclude each other, so an earlier one that is still said to run was killed. */
export async function begin({ db, folder, row, files }: Begin): Promise<void> {
  const { pipeline } = row;
  await db.run(`UPDATE main._nais_etl_runs SET status = 'killed'
    WHERE status = 'running' AND pipeline = ${quoteText(pipeline)}`);
  await keepFiles({ db, folder, pipeline }, files, false);
  await insertState(db, "_nais_etl_runs", [row]);
}

export async function recordRun(db: Database, row: RunRow): Promise<void> {
  await db.run(`DELETE FROM main._nais_etl_runs WHERE status = 'running'
    AND pipeline = ${quoteText(row.pipeline)} AND execution = ${quoteText(row.execution)}`);
  await insertState(db, "_nais_etl_runs", [row]);
}
