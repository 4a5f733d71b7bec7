/** The local warehouse: a DuckDB file with tables `dataset.table`, and the pipelines' state in the same file. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatType, type Type } from "../../spec/type.ts";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { isLockConflict, lockHolder, openDuckdb, type Database } from "../engine/duckdb/duckdb.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import { selectParquet } from "../engine/duckdb/materialize.ts";
import { quoteName, quoteText } from "../engine/duckdb/sql.ts";
import type { Limits } from "../engine/limits.ts";
import type { RunRow, StagedFile, StagedTable, Store } from "./store.ts";
import { writeStatements } from "./statements.ts";

export interface WarehouseOptions {
  file: string;
  shown: string;
  limits: Limits;
  temporaryFolder: string;
  context: Context;
}

/** Another process holds the file only while it publishes or reads: seconds, not minutes. */
const patience = 60_000;

/** Below this, rows are loaded in the order of the model; above, loading in parallel is worth more than an order that SQL does not promise. */
const orderedRows = 1_000_000;

const stateTables = `
  CREATE TABLE IF NOT EXISTS main._nais_etl_publishes (
    pipeline VARCHAR, output VARCHAR, run_id VARCHAR, execution VARCHAR, generation BIGINT,
    write_mode VARCHAR, rows BIGINT, published_at TIMESTAMPTZ);
  CREATE TABLE IF NOT EXISTS main._nais_etl_pending_files (pipeline VARCHAR, output VARCHAR, aside VARCHAR, path VARCHAR, rows BIGINT, write_mode VARCHAR);
  CREATE TABLE IF NOT EXISTS main._nais_etl_runs (
    pipeline VARCHAR, run_id VARCHAR, execution VARCHAR, generation BIGINT, target VARCHAR, status VARCHAR, exit_code BIGINT,
    started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, rows_read BIGINT, rows_written BIGINT, checks_failed BIGINT,
    error VARCHAR, revision VARCHAR, image VARCHAR, source_digest VARCHAR, record JSON);`;

/**
 * Opens the warehouse for writing, and makes it where there is none. Waits while another process has it.
 * @throws {EtlError} `locked` when it stays held
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Store> {
  const { context, file, shown } = options;
  await context.effect("warehouse.create", async () => {
    await mkdir(dirname(file), { recursive: true });
  });
  const db = await context.effect("warehouse.open", async () => {
    const opened = await openPatiently(options);
    await opened.run(stateTables);
    return opened;
  });
  return {
    shown,
    published: (pipeline, runId) => published(db, pipeline, runId),
    pendingFiles: (pipeline) => pendingFiles(db, pipeline),
    publish: (parts) => publish(db, parts, context),
    clearPending: (pipeline, outputs) =>
      context.effect("publish.clear", async () => {
        await db.run(
          `DELETE FROM main._nais_etl_pending_files WHERE pipeline = ${quoteText(pipeline)} AND output IN (${outputs.map(quoteText).join(", ")})`,
        );
      }),
    recordRun: (row) => context.effect("record.row", () => recordRun(db, row)),
    close: () => context.effect("warehouse.close", async () => db.close()),
  };
}

async function openPatiently({ file, shown, limits, temporaryFolder, context }: WarehouseOptions): Promise<Database> {
  const deadline = context.now().getTime() + patience;
  for (let wait = 50; ; wait = Math.min(wait * 2, 2000)) {
    try {
      return await openDuckdb({ file, limits, temporaryFolder });
    } catch (error) {
      if (!isLockConflict(error)) throw openError(error, shown);
      if (context.now().getTime() > deadline) throw heldError(error, shown);
      await sleep(wait, undefined, { signal: context.signal });
    }
  }
}

/** Opens the warehouse to read it, for `show` and `query`. */
export async function openWarehouseReadOnly({
  file,
  shown,
  limits,
  temporaryFolder,
}: Omit<WarehouseOptions, "context">): Promise<Database> {
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

async function published(
  db: Database,
  pipeline: string,
  runId: string,
): Promise<{ outputs: string[]; generation: number }> {
  const rows = await db.query(`
    SELECT output, max(generation) AS generation FROM main._nais_etl_publishes
    WHERE pipeline = ${quoteText(pipeline)} AND run_id = ${quoteText(runId)} GROUP BY output`);
  return {
    outputs: rows.map((row) => String(row["output"])),
    generation: Math.max(0, ...rows.map((row) => Number(row["generation"]))),
  };
}

async function pendingFiles(db: Database, pipeline: string): Promise<StagedFile[]> {
  const rows = await db.query(
    `SELECT output, aside, path, rows, write_mode AS mode FROM main._nais_etl_pending_files WHERE pipeline = ${quoteText(pipeline)}`,
  );
  return rows as unknown as StagedFile[];
}

type PublishParts = Parameters<Store["publish"]>[0];

async function publish(
  db: Database,
  { record, tables, files, allowSchemaChange }: PublishParts,
  context: Context,
): Promise<void> {
  await db.run("BEGIN TRANSACTION");
  try {
    for (const table of tables) await context.effect("publish.table", () => writeTable(db, table, allowSchemaChange));
    await context.effect("publish.record", async () => {
      for (const { output, rows, mode } of [
        ...tables.map((table) => ({ ...table, mode: table.plan.mode })),
        ...files,
      ]) {
        await db.run(`INSERT INTO main._nais_etl_publishes VALUES (${[record.pipeline, output, record.runId, record.execution].map(quoteText).join(", ")},
          ${record.generation}, ${quoteText(mode)}, ${rows}, ${timestamp(record.at)})`);
      }
      for (const { output, aside, path, rows, mode } of files) {
        await db.run(
          `INSERT INTO main._nais_etl_pending_files VALUES (${[record.pipeline, output, aside, path].map(quoteText).join(", ")}, ${rows}, ${quoteText(mode)})`,
        );
      }
    });
    context.signal.throwIfAborted();
    await context.effect("publish.commit", async () => {
      await db.run("COMMIT");
    });
  } catch (error) {
    await db.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function writeTable(
  db: Database,
  { table, file, rows, columns, description, plan }: StagedTable,
  allowSchemaChange: boolean,
): Promise<void> {
  const [dataset, name] = table.split(".").slice(-2) as [string, string];
  const target = quoteName(dataset, name);
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`);
  const definitions = plan.columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`);
  await db.run(`CREATE TABLE IF NOT EXISTS ${target} (${definitions.join(", ")})`);
  await fitSchema(db, { dataset, name, target, plan, allowSchemaChange });
  const staged = `(${selectParquet(
    file,
    plan.columns.map((column) => ({ ...column, cast: "exact" })),
  )})`;
  await db.run(`SET preserve_insertion_order = ${rows <= orderedRows}`);
  for (const statement of writeStatements({ plan, target, staged, dialect: db.dialect })) await db.run(statement);
  if (description !== undefined) await db.run(`COMMENT ON TABLE ${target} IS ${quoteText(description)}`);
  for (const [column, { description: text }] of Object.entries(columns)) {
    if (text !== undefined) await db.run(`COMMENT ON COLUMN ${target}.${quoteName(column)} IS ${quoteText(text)}`);
  }
}

interface Fit {
  dataset: string;
  name: string;
  target: string;
  plan: StagedTable["plan"];
  allowSchemaChange: boolean;
}

/** New columns are added; anything else changes what readers count on, and needs to be asked for. */
async function fitSchema(db: Database, { dataset, name, target, plan, allowSchemaChange }: Fit): Promise<void> {
  const existing = await db.describe(`SELECT * FROM ${target}`);
  const wanted = new Map(plan.columns.map((column) => [column.name, column.type]));
  const removed = existing.filter((column) => !wanted.has(column.name)).map((column) => column.name);
  const retyped = existing.filter(
    (column) => wanted.has(column.name) && !sameType(column.engineType, wanted.get(column.name)!),
  );
  if ((removed.length > 0 || retyped.length > 0) && !allowSchemaChange)
    throw schemaError({ table: `${dataset}.${name}`, removed, retyped, wanted });
  for (const { name: column, type } of plan.columns) {
    if (!existing.some((other) => other.name === column))
      await db.run(`ALTER TABLE ${target} ADD COLUMN ${quoteName(column)} ${duckdbType(type)}`);
  }
  for (const column of removed) await db.run(`ALTER TABLE ${target} DROP COLUMN ${quoteName(column)}`);
  for (const { name: column } of retyped)
    await db.run(`ALTER TABLE ${target} ALTER COLUMN ${quoteName(column)} TYPE ${duckdbType(wanted.get(column)!)}`);
}

function sameType(engineType: string, type: Type): boolean {
  return bareType(engineType) === bareType(duckdbType(type));
}

function bareType(name: string): string {
  return name.replaceAll(/["\s]/g, "").toUpperCase();
}

interface SchemaChange {
  table: string;
  removed: string[];
  retyped: { name: string; engineType: string }[];
  wanted: ReadonlyMap<string, Type>;
}

function schemaError({ table, removed, retyped, wanted }: SchemaChange): EtlError {
  const changes = [
    ...removed.map((column) => `\`${column}\` is gone`),
    ...retyped.map(
      ({ name, engineType }) => `\`${name}\` was ${engineType} and would be ${formatType(wanted.get(name)!)}`,
    ),
  ];
  return new EtlError({
    code: "failed",
    part: "publish",
    message: `the columns of ${table} would change: ${changes.join("; ")}`,
    hint: "Readers of the table count on them. If the change is meant, run once with --allow-schema-change.",
  });
}

async function recordRun(db: Database, row: RunRow): Promise<void> {
  const values = Object.values({ ...row }).map((value) => {
    if (value === undefined) return "NULL";
    if (value instanceof Date) return timestamp(value);
    return typeof value === "number" ? String(value) : quoteText(value);
  });
  await db.run(
    `INSERT INTO main._nais_etl_runs (${Object.keys(row)
      .map((name) => quoteName(name))
      .join(", ")}) VALUES (${values.join(", ")})`,
  );
}

function timestamp(date: Date): string {
  return `TIMESTAMPTZ ${quoteText(date.toISOString())}`;
}
