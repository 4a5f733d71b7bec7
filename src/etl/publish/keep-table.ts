/** `keep: N` in the local warehouse: a table as it stands is copied before a publish changes it, and the newest N copies stay. */
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteName, quoteText } from "../engine/duckdb/sql.ts";
import { byWorth, isKeptName, keptName } from "./kept-name.ts";
import { isPublish } from "./past-publish.ts";
import type { TableOutput } from "./store.ts";
import { allPublishes } from "./warehouse-past.ts";
import { partsOf, tableOf } from "./warehouse-table.ts";

interface KeepTable {
  db: Database;
  pipeline: string;
  output: string;
  spec: TableOutput;
  at: Date;
}

/** To be called in the transaction that changes the table: where that fails, nothing is kept, and nothing has gone. */
export async function keepTable({ db, pipeline, output, spec, at }: KeepTable): Promise<void> {
  const { dataset, name } = partsOf(spec);
  const publishes = await allPublishes(db, pipeline, undefined, output);
  const last = publishes.findLast(isPublish);
  const there = await tablesIn(db, dataset);
  if (last && spec.keep! > 0 && there.some((table) => table.name === name)) {
    const kept = quoteName(dataset, keptName(pipeline, last));
    await db.run(`CREATE TABLE IF NOT EXISTS ${kept} AS FROM ${tableOf(spec)}`);
    await db.run(`COMMENT ON TABLE ${kept} IS ${quoteText(`${at.toISOString()} as run ${last.runId} left it`)}`);
  }
}

/** To be called at the end of that transaction: what is brought back may be the oldest copy. */
export async function tidyKept({ db, pipeline, output, spec }: Omit<KeepTable, "at">): Promise<void> {
  const { dataset } = partsOf(spec);
  const kept = (await tablesIn(db, dataset)).filter((table) => isKeptName(table.name, pipeline, output));
  // The comment begins with the time.
  const newest = kept.toSorted((a, b) => (a.comment < b.comment ? 1 : -1)).map(({ name }) => name);
  if (newest.length <= spec.keep!) return;
  const records = await allPublishes(db, pipeline);
  const toGo = byWorth({ kept: newest, pipeline, records }).slice(spec.keep);
  for (const name of toGo) await db.run(`DROP TABLE ${quoteName(dataset, name)}`);
}

async function tablesIn(db: Database, dataset: string): Promise<{ name: string; comment: string }[]> {
  const rows = await db.query(
    `SELECT table_name AS name, coalesce(comment, '') AS comment FROM duckdb_tables()
    WHERE database_name = current_database() AND schema_name = ${quoteText(dataset)}`,
  );
  return rows as unknown as { name: string; comment: string }[];
}
