/**
 * File outputs: the whole new file is written aside, in the same folder, from the file that stands there and the new rows.
 * It gets its name by a rename, once the publish record is committed: see settle-files.ts.
 */
import { constants, copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outputFormat, unknownFormat, type OutputFormat } from "../../spec/connectors/file-format.ts";
import type { FileOutput } from "../../spec/output.ts";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { exists, flushFile, flushFolder } from "../../util/files.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { selectParquet } from "../engine/duckdb/materialize.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";
import { copyStatement, existingColumns, inParquet, readStatement } from "./file-format.ts";
import { fitColumns, type ExistingColumn } from "./fit-columns.ts";
import { intervalCondition, partitionOf, type WritePlan } from "./statements.ts";
import type { FilePlace, StagedFile } from "./store.ts";

export interface FilePlan extends FilePlace {
  spec: FileOutput;
  /** The path as a person knows it. */
  shown: string;
  /** Parquet file with the new rows, and how many. */
  file: string;
  rows: number;
  plan: WritePlan;
}

/** Where an output's file is written first. `token` is the run's own. */
export function asidePath(path: string, token: string): string {
  return join(dirname(path), `.${basename(path)}.nais-etl-${token.replaceAll(/[^\w-]/g, "")}`);
}

interface StageFile {
  db: Database;
  allowSchemaChange: boolean;
  context: Context;
}

/**
 * Writes the new content aside: what the write mode makes of the file that stands there and the new rows.
 * @throws {EtlError} when columns would be lost or retyped, or the file that stands there is not of this format
 */
export async function stageFile(file: FilePlan, { db, allowSchemaChange, context }: StageFile): Promise<StagedFile> {
  const { output, aside, path, rows, plan } = file;
  const format = formatOf(file);
  const existing = (await exists(path)) ? await columnsOf(file, format, db) : undefined;
  if (existing) checkColumns({ file, format, existing, allowSchemaChange });
  const old = existing && existing.length > 0 && plan.mode !== "replace" ? existing : undefined;
  await context.effect("file.stage", async () => {
    await mkdir(dirname(path), { recursive: true });
    // The rows of the model are in a Parquet file already.
    if (!old && format === "parquet") await copyFile(file.file, aside, constants.COPYFILE_FICLONE);
    else {
      const query = contentOf({ file, format, old, dialect: db.dialect });
      await db.run(copyStatement({ query, columns: plan.columns, format, path: aside }));
    }
    await flushFile(aside);
    await flushFolder(dirname(aside));
  });
  return { output, aside, path, rows, mode: plan.mode };
}

/** A path that is known at run time only may end in anything. */
function formatOf({ spec, shown }: FilePlan): OutputFormat {
  const format = outputFormat(spec);
  if (format) return format;
  throw new EtlError({ code: "invalid", ...unknownFormat(shown) });
}

async function columnsOf(file: FilePlan, format: OutputFormat, db: Database): Promise<ExistingColumn[]> {
  try {
    return await existingColumns(db, format, file.path);
  } catch (error) {
    throw new EtlError({
      code: "failed",
      part: `output ${file.output}`,
      message: `${file.shown} stands there already, and cannot be read as ${format}`,
      hint: "Is it a file of another program? Move it away.",
      cause: error,
    });
  }
}

interface CheckColumns {
  file: FilePlan;
  format: OutputFormat;
  existing: ExistingColumn[];
  allowSchemaChange: boolean;
}

function checkColumns({ file, format, existing, allowSchemaChange }: CheckColumns): void {
  const { columns } = file.plan;
  fitColumns({
    place: file.shown,
    existing,
    wanted: format === "parquet" ? columns.map(({ name, type }) => ({ name, type: inParquet(type) })) : columns,
    allowed: allowSchemaChange,
  });
}

interface Content {
  file: FilePlan;
  format: OutputFormat;
  /** Columns of the file whose rows, or some of them, stay. */
  old: ExistingColumn[] | undefined;
  dialect: Database["dialect"];
}

function contentOf({ file: { file, path, plan }, format, old: existing, dialect }: Content): string {
  const { columns } = plan;
  const staged = selectParquet(
    file,
    columns.map((column) => ({ ...column, cast: "exact" })),
  );
  if (!existing) return staged;
  const old = readStatement({ columns, existing, format, path });
  return `SELECT * FROM (${keptRows({ plan, old, staged, dialect })}) UNION ALL SELECT * FROM (${staged})`;
}

interface Kept {
  plan: WritePlan;
  old: string;
  staged: string;
  dialect: Database["dialect"];
}

/** The rows of the old file that stay. */
function keptRows({ plan, old, staged, dialect }: Kept): string {
  if (plan.mode === "append" && !plan.forced) return old;
  if (plan.mode === "merge") {
    const on = plan.key.map((key) => `old.${quoteIdentifier(key)} = new.${quoteIdentifier(key)}`).join(" AND ");
    return `SELECT old.* FROM (${old}) AS old ANTI JOIN (${staged}) AS new ON ${on}`;
  }
  if (plan.interval) return `SELECT * FROM (${old}) WHERE (${intervalCondition(plan, dialect)}) IS NOT TRUE`;
  const partition = partitionOf(plan, dialect);
  return `SELECT * FROM (${old}) WHERE ${partition} IS NULL OR ${partition} NOT IN (SELECT DISTINCT ${partition} FROM (${staged}))`;
}
