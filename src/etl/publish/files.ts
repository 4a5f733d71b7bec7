/**
 * File outputs: the whole new file is written aside, in the same folder, and gets its name by a rename.
 * The rename is the last step of a publish whose record is committed already, so a killed process has either
 * published nothing, or left a rename that the next run finishes.
 */
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { FileOutput } from "../../spec/output.ts";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { selectParquet } from "../engine/duckdb/materialize.ts";
import { quoteIdentifier, quoteText } from "../engine/duckdb/sql.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import type { StagedFile } from "./store.ts";
import { intervalCondition, type WritePlan } from "./statements.ts";

export interface FilePlan {
  output: string;
  spec: FileOutput;
  /** Absolute path of the file to publish. */
  path: string;
  /** Parquet file with the new rows, and how many. */
  file: string;
  rows: number;
  plan: WritePlan;
}

const asideMark = ".nais-etl-";

/** Copies of files, in whichever format: what DuckDB's COPY calls them. */
const copyOptions = { parquet: "FORMAT parquet", csv: "FORMAT csv, HEADER true", ndjson: "FORMAT json" } as const;
type Format = keyof typeof copyOptions;

export function fileFormat({ format, path }: FileOutput): Format {
  const ending = { ".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson" }[
    extname(path).toLowerCase()
  ];
  const found = format ?? (ending as Format | undefined);
  if (found) return found;
  throw new EtlError({
    code: "invalid",
    message: `the format of ${path} is not known from its ending`,
    hint: "Say it: format: parquet (or csv, ndjson).",
  });
}

/** Writes the new content aside: what the write mode makes of the file that stands there and the new rows. */
export async function stageFile(
  { output, spec, path, file, rows, plan }: FilePlan,
  { db, token, context }: { db: Database; token: string; context: Context },
): Promise<StagedFile> {
  const format = fileFormat(spec);
  const aside = join(dirname(path), `.${basename(path)}${asideMark}${token}`);
  const old = (await exists(path)) ? readOld(path, format, plan) : undefined;
  const query = combine({
    plan,
    old,
    staged: selectParquet(
      file,
      plan.columns.map((column) => ({ ...column, cast: "exact" })),
    ),
    dialect: db.dialect,
  });
  await context.effect("file.stage", async () => {
    await mkdir(dirname(path), { recursive: true });
    await db.run(`COPY (${query}) TO ${quoteText(aside)} (${copyOptions[format]})`);
    await flush(aside);
  });
  return { output, aside, path, rows, mode: plan.mode };
}

/** Gives staged files their names. Finishing it again changes nothing. */
export async function renameFiles(files: StagedFile[], context: Context): Promise<void> {
  for (const { output, aside, path } of files) {
    await context.effect("file.rename", async () => {
      if (await exists(aside)) await rename(aside, path);
      else if (!(await exists(path))) {
        throw new EtlError({
          code: "failed",
          part: `output ${output}`,
          message: `${path} was published, but its file is gone`,
          hint: "Was it deleted by hand? Run again with --force.",
        });
      }
    });
  }
}

/** Removes what killed runs wrote aside and never published. Call only when no publish is pending. */
export async function removeLeftovers(paths: string[], context: Context): Promise<void> {
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const names = await readdir(folder).catch(() => []);
    const own = paths.filter((path) => dirname(path) === folder).map((path) => `.${basename(path)}${asideMark}`);
    const left = names.filter((name) => own.some((prefix) => name.startsWith(prefix)));
    if (left.length > 0)
      await context.effect(
        "file.tidy",
        async () => void (await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))),
      );
  }
}

/** The file as it stands, with the output's types. Columns it lacks are NULL. */
function readOld(path: string, format: Format, { columns }: WritePlan): string {
  const reader = { parquet: "read_parquet", csv: "read_csv", ndjson: "read_json" }[format];
  const types = columns
    .map(
      ({ name, type }) =>
        `${quoteText(name)}: ${quoteText(format === "csv" && nested(type.kind) ? "JSON" : duckdbType(type))}`,
    )
    .join(", ");
  const options = {
    parquet: "",
    csv: `, header = true, types = {${types}}`,
    ndjson: `, format = 'newline_delimited', columns = {${types}}`,
  }[format];
  return `SELECT ${columns.map(({ name, type }) => `CAST(${quoteIdentifier(name)} AS ${duckdbType(type)}) AS ${quoteIdentifier(name)}`).join(", ")} FROM ${reader}(${quoteText(path)}${options})`;
}

function nested(kind: string): boolean {
  return kind === "ARRAY" || kind === "STRUCT";
}

function combine({
  plan,
  old,
  staged,
  dialect,
}: {
  plan: WritePlan;
  old: string | undefined;
  staged: string;
  dialect: Database["dialect"];
}): string {
  if (old === undefined || plan.mode === "replace") return staged;
  const kept = keptRows({ plan, old, staged, dialect });
  return `SELECT * FROM (${kept}) UNION ALL SELECT * FROM (${staged})`;
}

/** The rows of the old file that stay. */
function keptRows({
  plan,
  old,
  staged,
  dialect,
}: {
  plan: WritePlan;
  old: string;
  staged: string;
  dialect: Database["dialect"];
}): string {
  if (plan.mode === "append" && !plan.forced) return old;
  if (plan.mode === "merge") {
    const on = plan.key.map((key) => `old.${quoteIdentifier(key)} = new.${quoteIdentifier(key)}`).join(" AND ");
    return `SELECT old.* FROM (${old}) AS old ANTI JOIN (${staged}) AS new ON ${on}`;
  }
  if (plan.interval) return `SELECT * FROM (${old}) WHERE (${intervalCondition(plan, dialect)}) IS NOT TRUE`;
  const partition = dialect.truncate(quoteIdentifier(plan.partition!.column), plan.partition!.by);
  return `SELECT * FROM (${old}) WHERE ${partition} IS NULL OR ${partition} NOT IN (SELECT DISTINCT ${partition} FROM (${staged}))`;
}

/** A rename is only as durable as the content that it names. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
