/** One table of a publish: made where there is none, fitted to new columns, written by its mode, and described. */
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteName, quoteText } from "../engine/duckdb/sql.ts";
import { fitColumns } from "./fit-columns.ts";
import { writeStatements } from "./statements.ts";
import type { StagedTable } from "./store.ts";
import { partsOf, tableOf } from "./warehouse-table.ts";

/** Below this, rows are loaded in the order of the model; above, loading in parallel is worth more than an order that SQL does not promise. */
const orderedRows = 1_000_000;

interface WriteTable {
  db: Database;
  table: StagedTable;
  allowSchemaChange: boolean;
  /** Ends the statement that runs. */
  signal: AbortSignal;
}

/** To be called in a transaction. The table itself stays the one it was: grants and descriptions hang on it. */
export async function writeTable({ db, table, allowSchemaChange, signal }: WriteTable): Promise<void> {
  const { staged, rows, plan } = table;
  const { dataset, name } = partsOf(table.spec);
  const target = tableOf(table.spec);
  const definitions = plan.columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`);
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`);
  await db.run(`CREATE TABLE IF NOT EXISTS ${target} (${definitions.join(", ")})`);
  await alterColumns({ db, target, place: `${dataset}.${name}`, plan, allowSchemaChange });
  await db.run(`SET preserve_insertion_order = ${rows <= orderedRows}`);
  // Trying it on texts takes a fifth of a large load, and a dictionary is usually the smaller.
  await db.run("SET GLOBAL disabled_compression_methods = 'fsst'");
  for (const statement of writeStatements({ plan, target, staged, dialect: db.dialect }))
    await db.run(statement, signal);
  await describeTable(db, target, table);
}

interface AlterColumns {
  db: Database;
  target: string;
  place: string;
  plan: StagedTable["plan"];
  allowSchemaChange: boolean;
}

async function alterColumns({ db, target, place, plan, allowSchemaChange }: AlterColumns): Promise<void> {
  const existing = await db.describe(`SELECT * FROM ${target}`);
  const fit = fitColumns({ place, existing, wanted: plan.columns, allowed: allowSchemaChange });
  const alter = (change: string) => db.run(`ALTER TABLE ${target} ${change}`);
  for (const { name, type } of fit.added) await alter(`ADD COLUMN ${quoteName(name)} ${duckdbType(type)}`);
  for (const name of fit.removed) await alter(`DROP COLUMN ${quoteName(name)}`);
  for (const { name, type } of fit.retyped) await alter(`ALTER COLUMN ${quoteName(name)} TYPE ${duckdbType(type)}`);
}

async function describeTable(db: Database, target: string, { description, columns }: StagedTable): Promise<void> {
  if (description !== undefined) await db.run(`COMMENT ON TABLE ${target} IS ${quoteText(description)}`);
  for (const { name, description: text } of columns) {
    if (text !== undefined) await db.run(`COMMENT ON COLUMN ${target}.${quoteName(name)} IS ${quoteText(text)}`);
  }
}
