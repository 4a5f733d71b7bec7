/** The moment of publishing: all tables, the publish records and the list of files to rename, in one transaction. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteText } from "../engine/duckdb/sql.ts";
import { appendedOutputs, markRows, publishRows } from "./publish-record.ts";
import { keepTable, tidyKept } from "./keep-table.ts";
import { undoneMode } from "./past-publish.ts";
import { replaceAll } from "./statements.ts";
import type { PublishParts, RestoredTable } from "./store.ts";
import { insertState, keepFiles } from "./warehouse-state.ts";
import { tableOf } from "./warehouse-table.ts";
import { writeTable } from "./write-table.ts";

interface Publish {
  db: Database;
  folder: string;
  pipeline: string;
  parts: PublishParts;
  context: Context;
}

/** Whoever is told to stop before the commit has published nothing; after it, everything. */
export async function publish({ db, folder, pipeline, parts, context }: Publish): Promise<void> {
  const { tables, files, restores = [], allowSchemaChange } = parts;
  const { effect, signal } = context;
  await db.run("BEGIN TRANSACTION");
  try {
    await refuseSecondAppend(db, pipeline, parts);
    const kept = [...tables, ...restores].filter(({ spec }) => spec.keep !== undefined);
    for (const { output, spec } of kept)
      await effect("publish.keep", () => keepTable({ db, pipeline, output, spec, at: parts.at }));
    for (const table of tables)
      await effect("publish.table", () => writeTable({ db, table, allowSchemaChange, signal }));
    for (const table of restores) await effect("publish.restore", () => restoreTable(db, table, signal));
    for (const { output, spec } of kept) await effect("publish.forget", () => tidyKept({ db, pipeline, output, spec }));
    await effect("publish.record", async () => {
      await insertState(db, "_nais_etl_publishes", publishRows(pipeline, parts));
      await insertState(db, "_nais_etl_cursors", markRows(pipeline, parts));
      await keepFiles({ db, folder, pipeline }, files, true);
    });
    signal.throwIfAborted();
    await effect("publish.commit", async () => void (await db.run("COMMIT")));
  } catch (error) {
    await db.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function restoreTable(db: Database, table: RestoredTable, signal: AbortSignal): Promise<void> {
  const { spec, relation, columns, madeFrom } = table;
  const target = tableOf(spec);
  if (madeFrom !== undefined) await db.run(`CREATE TABLE ${target} AS FROM ${madeFrom} LIMIT 0`);
  const statements = replaceAll({ columns, target, staged: relation, dialect: db.dialect });
  for (const statement of statements) await db.run(statement, signal);
}

/** Read in the transaction that appends: whatever became of the lock, a run id is appended once in a generation. */
async function refuseSecondAppend(db: Database, pipeline: string, parts: PublishParts): Promise<void> {
  const { id } = parts;
  const appended = appendedOutputs(parts).map(quoteText);
  if (appended.length === 0) return;
  const [row] = await db.query(`
    SELECT any_value(output) AS output, any_value(execution) AS execution FROM main._nais_etl_publishes
    WHERE pipeline = ${quoteText(pipeline)} AND run_id = ${quoteText(id.runId)}
      AND generation >= ${id.generation} AND output IN (${appended.join(", ")}) AND coalesce(write_mode, '') <> ${quoteText(undoneMode)}`);
  const { output, execution } = row as { output: string | null; execution: string | null };
  if (output === null) return;
  throw new EtlError({
    code: "failed",
    part: "publish",
    message: `run ${id.runId} of \`${output}\` was appended meanwhile, by ${execution}`,
    hint: "Do two runs share one warehouse without sharing its folder's locks? Nothing was appended twice.",
  });
}

export async function inTransaction(db: Database, act: () => Promise<void>): Promise<void> {
  await db.run("BEGIN TRANSACTION");
  try {
    await act();
    await db.run("COMMIT");
  } catch (error) {
    await db.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
