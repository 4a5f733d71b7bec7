/** A sample's file, in the pipeline's folder. */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { outputFormat, type OutputFormat } from "../../spec/connectors/file-format.ts";
import type { Type } from "../../spec/type.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, type Where } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { copyStatement } from "../publish/file-format.ts";
import { isBareHeader } from "./bare-header.ts";

export interface SampleFile {
  /** As pipeline.yaml has it. */
  path: string;
  /** Absolute. */
  file: string;
  format: OutputFormat;
}

interface Locate {
  name: string;
  sample: string | undefined;
  columns: { type: Type }[];
  folder: string;
  /** Whether a file that stands there may be written over. */
  force: boolean;
  where: () => Where;
  /** Whether the source's own CSV is laid out in a way that samples are not written in. */
  hasOwnCsv?: boolean;
}

/** @throws {EtlError} `usage`, where a file with rows stands there already */
export async function sampleFile({
  name,
  sample,
  columns,
  folder,
  force,
  where,
  hasOwnCsv = false,
}: Locate): Promise<SampleFile> {
  const isNested = columns.some(({ type }) => type.kind === "ARRAY" || type.kind === "STRUCT");
  const path = sample ?? `data/${name}.${isNested || hasOwnCsv ? "ndjson" : "csv"}`;
  const refuse = (message: string, hint: string) => new EtlError({ code: "usage", message, hint, where: where() });
  if (/[*?[{]/.test(path))
    throw refuse(`${path} is a pattern for files, and not one to write`, "Name one in `sample:`.");
  const format = outputFormat({ path });
  if (format === "csv" && hasOwnCsv)
    throw refuse(`${path} would be read as the source's answers are laid out`, "Let its name end in .ndjson.");
  if (!format) throw refuse(`a sample is not written as ${path}`, "Let its name end in .csv, .ndjson or .parquet.");
  const file = resolve(folder, path);
  if (!force && (await exists(file)) && !(await isBareHeader(file)))
    throw refuse(`${path} is there already`, "Write over it with --force.");
  return { path, file, format };
}

interface Write extends SampleFile {
  db: Database;
  query: string;
  columns: { name: string; type: Type }[];
  context: Context;
}

/** @returns the number of rows */
export async function writeSample({ db, query, columns, format, file, context }: Write): Promise<number> {
  return context.effect("sample.write", async () => {
    await mkdir(dirname(file), { recursive: true });
    return db.run(copyStatement({ query, columns, format, path: file }));
  });
}
