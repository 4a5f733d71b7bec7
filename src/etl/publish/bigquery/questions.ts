/** What a run asks of the state, in GoogleSQL, and what the answers mean. */
import { relative, resolve } from "node:path";
import { quoteText } from "../../engine/bigquery/sql.ts";
import { restoredMode, undoneMode, type PastPublish } from "../past-publish.ts";
import type { Ended, PastMark, PendingFile, Published } from "../store.ts";
import { quoteTable } from "./scripts.ts";
import type { StateTables } from "./state-tables.ts";

interface State {
  tables: StateTables;
  pipeline: string;
}

/** Every value is a text. */
type Row = Record<string, string | null>;

export function selectPublished({ tables, pipeline }: State, runId: string): string {
  return `SELECT output, execution, generation, \`rows\`, write_mode FROM ${quoteTable(tables.publishes)} WHERE pipeline = ${quoteText(pipeline)} AND run_id = ${quoteText(runId)} QUALIFY ROW_NUMBER() OVER (PARTITION BY output ORDER BY generation DESC, published_at DESC) = 1`;
}

export function readPublished({ output, execution, generation, rows, write_mode }: Row): Published {
  const undone = write_mode === undoneMode;
  return { output: output!, execution: execution!, generation: Number(generation), rows: Number(rows), undone };
}

export function selectEnded({ tables, pipeline }: State, execution: string): string {
  return `SELECT exit_code, TO_JSON_STRING(record) AS record FROM ${quoteTable(tables.runs)} WHERE pipeline = ${quoteText(pipeline)} AND execution = ${quoteText(execution)} AND exit_code IS NOT NULL ORDER BY finished_at DESC LIMIT 1`;
}

export function readEnded([row]: Row[]): Ended | undefined {
  return row && { exitCode: Number(row["exit_code"]), record: row["record"]! };
}

interface Newest {
  target: string;
  most: number;
}

export function selectRuns({ tables, pipeline }: State, { target, most }: Newest): string {
  return `SELECT status, TO_JSON_STRING(record) AS record FROM ${quoteTable(tables.runs)} WHERE pipeline = ${quoteText(pipeline)} AND target = ${quoteText(target)} ORDER BY started_at DESC LIMIT ${most}`;
}

/** The publish that left an output's table as it stands. @param from the records, by default as they stand */
export function selectLastPublish(
  { tables, pipeline }: State,
  output: string,
  from = quoteTable(tables.publishes),
): string {
  const modes = [undoneMode, restoredMode].map(quoteText).join(", ");
  return `SELECT ${publishColumns} FROM ${from} WHERE pipeline = ${quoteText(pipeline)} AND output = ${quoteText(output)} AND write_mode NOT IN (${modes}) ORDER BY published_at DESC LIMIT 1`;
}

const publishColumns =
  "output, run_id, execution, generation, write_mode, `rows`, UNIX_MICROS(published_at) AS published_at";

/** Every publish record of these run ids, or of all. */
export function selectPublishes(
  { tables, pipeline }: State,
  { first, last }: { first?: string; last?: string } = {},
): string {
  const within =
    first === undefined || last === undefined ? "" : ` AND run_id BETWEEN ${quoteText(first)} AND ${quoteText(last)}`;
  return `SELECT ${publishColumns} FROM ${quoteTable(tables.publishes)} WHERE pipeline = ${quoteText(pipeline)}${within} ORDER BY published_at, generation`;
}

export function readPublish(row: Row): PastPublish {
  return {
    output: row["output"]!,
    runId: row["run_id"]!,
    execution: row["execution"]!,
    generation: Number(row["generation"]),
    mode: row["write_mode"]!,
    rows: Number(row["rows"]),
    at: new Date(Number(row["published_at"]) / 1000),
  };
}

export function selectAllMarks({ tables, pipeline }: State): string {
  return `SELECT source, mark, UNIX_MICROS(marked_at) AS marked_at FROM ${quoteTable(tables.cursors)} WHERE pipeline = ${quoteText(pipeline)} ORDER BY marked_at`;
}

export function readPastMark({ source, mark, marked_at }: Row): PastMark {
  return { source: source!, mark: mark ?? undefined, at: new Date(Number(marked_at) / 1000) };
}

export function selectMarks({ tables, pipeline }: State): string {
  return `SELECT source, mark FROM ${quoteTable(tables.cursors)} WHERE pipeline = ${quoteText(pipeline)} QUALIFY ROW_NUMBER() OVER (PARTITION BY source ORDER BY marked_at DESC) = 1`;
}

export function readMarks(rows: Row[]): Record<string, string> {
  const read = rows.filter(({ mark }) => mark !== null);
  return Object.fromEntries(read.map(({ source, mark }) => [source!, mark!]));
}

export function selectFiles({ tables }: State): string {
  return `SELECT output, aside, path, committed FROM ${quoteTable(tables.files!)}`;
}

/** @param folder the pipeline's: paths are kept relative to it */
export function readFiles(rows: Row[], folder: string): PendingFile[] {
  return rows.map(({ output, aside, path, committed }) => ({
    output: output!,
    aside: resolve(folder, aside!),
    path: resolve(folder, path!),
    committed: committed === "true",
  }));
}

/** As {@link readFiles} takes them. */
export function relativeTo<T extends { aside: string; path: string }>(folder: string, files: T[]): T[] {
  return files.map((file) => ({ ...file, aside: relative(folder, file.aside), path: relative(folder, file.path) }));
}
