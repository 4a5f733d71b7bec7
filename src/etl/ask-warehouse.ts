/** Asks the local warehouse: it is opened to read, and the query reaches nothing else. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { nearest } from "../util/suggest.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Database } from "./engine/duckdb/duckdb.ts";
import type { ComputedColumn, Row } from "./engine/engine.ts";
import { isBeforeRows } from "./engine/duckdb/engine-message.ts";
import { readLimits } from "./engine/limits.ts";
import { placesOf } from "./places.ts";
import { shownValues } from "./privacy.ts";
import { openWarehouseReadOnly } from "./publish/warehouse.ts";
import { explainModelError } from "./transform/explain.ts";
import { findHabits, type Habit } from "./transform/googlesql-habits.ts";
import { tokenize, trimStatement } from "./transform/sql-text.ts";

export interface Ask {
  pipeline: LoadedPipeline;
  sql: string;
  /** At most so many rows; undefined reads all. */
  limit: number | undefined;
}

export interface Answer {
  columns: ComputedColumn[];
  rows: Row[];
  /** Whether there are more than these. */
  more: boolean;
}

/** What a query can begin with. */
const queries = new Set(["SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "("]);
/** What only tells of tables. */
const descriptions = new Set(["DESCRIBE", "DESC", "SHOW", "SUMMARIZE", "EXPLAIN"]);

/** @throws {EtlError} `usage` for what is not a query, or names what is not there; `locked` while a run publishes */
export async function askWarehouse({ pipeline, sql, limit }: Ask, context: Context): Promise<Answer> {
  const { own, query } = readQuery(sql, limit);
  const { store, shownStore } = placesOf(pipeline);
  const temporaryFolder = join(context.tmpdir, `nais-etl-query-${context.host.pid}`);
  const limits = await readLimits(context.tmpdir);
  const db = await openWarehouseReadOnly({ file: store, shown: shownStore, limits, temporaryFolder });
  const stop = () => db.interrupt();
  context.signal.addEventListener("abort", stop);
  try {
    await db.lockDown({ files: [], folder: temporaryFolder });
    // What comes to an end before the query begins is not interrupted.
    context.signal.throwIfAborted();
    const { columns, rows } = await db.read(query);
    return { columns, rows: rows.slice(0, limit), more: limit !== undefined && rows.length > limit };
  } catch (error) {
    context.signal.throwIfAborted();
    throw await explain(await ownError(error, own, db), db, pipeline);
  } finally {
    context.signal.removeEventListener("abort", stop);
    db.close();
    // Where the engine has spilled to, if it has.
    await context.effect("query.tidy", () => rm(temporaryFolder, { recursive: true, force: true }));
  }
}

/** The statement to run: with one row more than are shown, to know whether there are more. */
function readQuery(text: string, limit: number | undefined): { own: string; query: string } {
  const tokens = tokenize(text).filter(({ kind }) => kind !== "comment");
  const sql = trimStatement(text);
  const first = tokens[0]?.text.toUpperCase() ?? "";
  const habit = findHabits(tokens).find(({ severity }) => severity === "error");
  if (habit) throw usage(habit.message, habitHint(habit));
  if (!queries.has(first) && !descriptions.has(first)) {
    throw usage(
      first ? `\`${tokens[0]!.text}\` does not begin a query` : "there is no query",
      "Begin with SELECT, WITH or FROM: `query` only reads.",
    );
  }
  if (tokenize(sql).some((token) => token.text === ";"))
    throw usage("these are several statements", "Ask one at a time.");
  const isLimited = queries.has(first) && limit !== undefined;
  return { own: sql, query: isLimited ? `SELECT * FROM (\n${sql}\n) LIMIT ${limit + 1}` : sql };
}

/** What the engine says of the query as it was written, where it says anything: what was run has more around it. */
async function ownError(error: unknown, own: string, db: Database): Promise<unknown> {
  if (!isBeforeRows(error)) return error;
  return db.describe(own).then(
    () => error,
    (of: unknown) => of,
  );
}

function habitHint({ token, hint }: Habit): string {
  return token.kind === "backtick"
    ? `Write ${token.text.replaceAll("`", "")} without them.`
    : hint.replace("In a model", "Here");
}

async function explain(error: unknown, db: Database, pipeline: LoadedPipeline): Promise<EtlError> {
  const message = messageOf(error);
  const missing = /Table with name (.+?) does not exist/.exec(message)?.[1]?.replaceAll('"', "");
  if (missing !== undefined) {
    const hints = [await tableHint(missing, db), ...elsewhereHint(pipeline)];
    return usage(`there is no table \`${missing}\` in the local warehouse`, hints.join("\n"));
  }
  if (/read-only mode/.test(message))
    return usage("`query` only reads", "What is published changes with `nais-etl run`.", error);
  if (/Permission Error|file system operations are disabled/.test(message)) {
    return usage(
      "`query` reads the warehouse and nothing else",
      "To read a file, declare it under `sources:` and run the pipeline.",
      error,
    );
  }
  const explained = explainModelError({ model: "", file: "", error, ...shownValues(pipeline), linesBefore: 0 });
  return usage(explained.message.replace(/^\[.*?\] /, ""), explained.hint?.replace("Models are", "Queries are"), error);
}

/** Of the state's own tables, the one that tells of runs is for people. */
async function tableHint(missing: string, db: Database): Promise<string> {
  const rows = await db.query(`
    SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name AS name
    FROM duckdb_tables() WHERE table_name NOT LIKE '\\_nais\\_etl\\_%' ESCAPE '\\' OR table_name = '_nais_etl_runs'
    ORDER BY schema_name = 'main', name`);
  const names = rows.map(({ name }) => String(name));
  if (names.length === 0) return "There are no tables yet: make them with `nais-etl run`.";
  const near = nearest(lastPart(missing), names.map(lastPart));
  const meant = names.find((name) => lastPart(name) === near);
  return [...(meant ? [`Did you mean \`${meant}\`?`] : []), `Tables: ${names.join(", ")}.`].join("\n");
}

/** What a run in a cluster reads and writes is looked for here, too. */
function elsewhereHint({ spec }: LoadedPipeline): string[] {
  const parts = [...Object.values(spec.sources ?? {}), ...Object.values(spec.outputs ?? {})];
  if (!parts.some(({ type }) => type === "bigquery")) return [];
  return [
    "`query` asks the local warehouse only. Tables in BigQuery: `bq query --nouse_legacy_sql 'SELECT …'`, or https://console.cloud.google.com/bigquery.",
  ];
}

/** The engine tells the table's own name, without its dataset. */
function lastPart(name: string): string {
  return name.replace(/^.*\./, "");
}

function usage(message: string, hint: string | undefined, cause?: unknown): EtlError {
  return new EtlError({ code: "usage", message, hint, cause });
}
