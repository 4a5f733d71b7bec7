/** The rows that a command wrote, held against the model's columns. */
import { stat } from "node:fs/promises";
import { EtlError, throwProblems } from "../../../util/error.ts";
import { localTarget } from "../../../spec/target.ts";
import { readFiles } from "../../connectors/file/read.ts";
import { scanSql } from "../../engine/duckdb/scan.ts";
import { quoteText } from "../../engine/duckdb/sql.ts";
import { duckdbType } from "../../engine/duckdb/duckdb-type.ts";
import { quoteIdentifier } from "../../engine/duckdb/sql.ts";
import { shownValues } from "../../privacy.ts";
import { applyContract } from "../contract.ts";
import type { ProgramRequest, ProgramRows } from "../program/program.ts";

export type CommandFormat = "parquet" | "ndjson";

export interface ReadRows {
  request: ProgramRequest;
  format: CommandFormat;
  folder: string;
  output: string;
}

/** @throws {EtlError} where there is no file, or one that is no such file, or other columns and values than declared */
export async function readRows(read: ReadRows): Promise<ProgramRows> {
  const { request, format, output } = read;
  const found = await stat(output).catch(() => undefined);
  if (!found?.isFile())
    throw failed(request, "wrote no file", "Write the rows to the file that NAIS_ETL_OUTPUT names.");
  if (found.size === 0 && format === "ndjson") return { sql: noRows(request), release: async () => undefined };
  if (format === "parquet") return readParquet(read);
  return readNdjson(read);
}

function failed({ model, pipeline }: ProgramRequest, message: string, hint: string, cause?: unknown): EtlError {
  const [command] = pipeline.spec.models![model]!.command!;
  return new EtlError({
    code: "failed",
    part: `model ${model}`,
    message: `${command} ${message}`,
    hint,
    where: pipeline.where(["models", model, "command"]),
    cause,
  });
}

function noRows({ columns, programs, model }: ProgramRequest): string {
  programs.context.log.warn(`${model}: the command wrote an empty file, which is a table without rows`);
  const list = Object.entries(columns!).map(
    ([name, { type }]) => `CAST(NULL AS ${duckdbType(type)}) AS ${quoteIdentifier(name)}`,
  );
  return `SELECT ${list.join(", ")} WHERE false`;
}

async function readParquet({ request, output }: ReadRows): Promise<ProgramRows> {
  const { db, model, columns, pipeline } = request;
  const sql = `SELECT * FROM read_parquet(${quoteText(output)})`;
  const computed = await db.describe(sql).catch((cause: unknown) => {
    const hint = "Write Parquet to its end, or say `format: ndjson`. NAIS_ETL_FORMAT says which is asked for.";
    throw failed(request, "wrote a file that is no Parquet", hint, cause);
  });
  const path = ["models", model];
  const { problems } = applyContract({
    name: model,
    declared: columns,
    computed,
    where: (column) =>
      column === undefined ? pipeline.where(path, "columns") : pipeline.where([...path, "columns"], column),
    cures: {
      drop: () => "leave it out of the file.",
      add: () => "Write it to the file.",
      convert: () => "Write it in that type, or change the contract.",
    },
  });
  throwProblems(problems, "does not fit its contract");
  return { sql, release: async () => undefined };
}

/** Text is looked at value by value, as that of a source is. */
async function readNdjson({ request, folder }: ReadRows): Promise<ProgramRows> {
  const { model, columns, pipeline, programs, db } = request;
  const { showValues, except } = shownValues(pipeline);
  const scan = await readFiles({
    name: model,
    spec: { type: "file", path: "rows.ndjson", format: "ndjson" },
    columns,
    folder,
    // As the program knows it.
    show: () => `NAIS_ETL_OUTPUT of ${model}`,
    workFolder: folder,
    context: programs.context,
    showValues: showValues && except.size === 0 && pipeline.target === localTarget,
  });
  await scan.verified;
  return { sql: await scanSql(scan, db), release: async () => scan.stop() };
}
