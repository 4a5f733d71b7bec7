/** Keeping a query's rows: a Parquet file in the work folder, and a view of its name. */
import { stat } from "node:fs/promises";
import { formatType, type Type } from "../../../spec/type.ts";
import type { Database } from "./duckdb.ts";
import { duckdbType } from "./duckdb-type.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

export interface TypedColumn {
  name: string;
  type: Type;
  cast: "exact" | "null";
}

/** Lines that stand before the user's query in the statements made here; error positions are counted from there. */
export const linesBeforeQuery = 1;

/** What `error()` says when a value breaks a contract; {@link contractBreach} reads it. */
const breachMark = "nais-etl: contract of column";

/**
 * Whole files are read, by us or by a load job: a Bloom filter only costs. A dictionary is given up early, where more than a
 * tenth of a row group's values are different: it would save little, and looking each up costs. Together about 15 % of the CPU. Measured.
 */
const parquetOptions = "FORMAT parquet, WRITE_BLOOM_FILTER false, DICTIONARY_SIZE_LIMIT 12288";

/** The writer holds a group of rows in memory until it is full: a sixth of the usual number, where memory is short. */
const sparingOptions = `${parquetOptions}, ROW_GROUP_SIZE 20480`;

interface Write {
  sql: string;
  columns: TypedColumn[];
  file: string;
  /** Called where memory was too little, before it is written once more with less. */
  onShort?: (() => void) | undefined;
}

/** Runs a query and writes its rows, in their order, to a Parquet file. @returns rows and bytes written. */
export async function writeParquet(
  db: Database,
  { sql, columns, file, onShort }: Write,
): Promise<{ rows: number; bytes: number }> {
  const copy = `COPY (${selectTyped(sql, columns)}) TO ${quoteText(file)}`;
  const write = (spare: boolean) => db.run(`${copy} (${spare ? sparingOptions : parquetOptions})`);
  const rows = await db.sparingly(write, onShort);
  const { size } = await stat(file);
  return { rows, bytes: size };
}

/** A view over rows that are kept in a Parquet file. */
export async function viewParquet(
  db: Database,
  { name, columns, file }: { name: string; columns: TypedColumn[]; file: string },
): Promise<void> {
  await db.run(`CREATE OR REPLACE VIEW ${quoteIdentifier(name)} AS ${selectParquet(file, columns)}`);
}

/** A column as it was appended: under the source's name and the engine's type for what came. */
export interface AppendedColumn {
  name: string;
  from: string;
  type: Type;
  engineType: string;
}

/** A view of appended rows, with the names and types of columns. */
export async function viewAppended(
  db: Database,
  { name, table, columns }: { name: string; table: string; columns: AppendedColumn[] },
): Promise<void> {
  const list = columns.map(({ name: as, from, type, engineType }) => {
    const to = duckdbType(type);
    const value = to === engineType ? quoteIdentifier(from) : `CAST(${quoteIdentifier(from)} AS ${to})`;
    return `${value} AS ${quoteIdentifier(as)}`;
  });
  await db.run(
    `CREATE OR REPLACE VIEW ${quoteIdentifier(name)} AS SELECT ${list.join(", ")} FROM ${quoteIdentifier(table)}`,
  );
}

/** How many values of each column are longer, or more precise, than its type allows. Columns without such are left out. */
export async function countBreaches(
  db: Database,
  relation: string,
  columns: { name: string; type: Type }[],
): Promise<{ column: string; type: string; breaches: number }[]> {
  const conditions = columns.flatMap(({ name, type }) => {
    const breaks = breaksContract(quoteIdentifier(name), type);
    return breaks === undefined ? [] : [{ column: name, type: formatType(type), breaks }];
  });
  if (conditions.length === 0) return [];
  const counts = conditions.map(({ breaks }, i) => `count(*) FILTER (WHERE ${breaks}) AS c${i}`);
  const [row] = await db.query(`SELECT ${counts.join(", ")} FROM ${quoteIdentifier(relation)}`);
  const found = conditions.map(({ column, type }, i) => ({ column, type, breaches: Number(row![`c${i}`]) }));
  return found.filter(({ breaches }) => breaches > 0);
}

/** A view that computes its rows where they are used. */
export async function viewQuery(
  db: Database,
  { name, sql, columns }: { name: string; sql: string; columns: TypedColumn[] | undefined },
): Promise<void> {
  const query = columns ? selectTyped(sql, columns) : `SELECT * FROM (\n${sql}\n)`;
  await db.run(`CREATE OR REPLACE VIEW ${quoteIdentifier(name)} AS ${query}`);
}

/** A query with the columns and types of its contract; {@link linesBeforeQuery} stand before it. */
export function selectTyped(sql: string, columns: TypedColumn[]): string {
  return `SELECT ${castList(columns)} FROM (\n${sql}\n)`;
}

/** The rows of a Parquet file that {@link writeParquet} made, with their types: JSON, for one, is text in Parquet. */
export function selectParquet(file: string, columns: Pick<TypedColumn, "name" | "type">[]): string {
  return `SELECT ${listOf(columns)} FROM read_parquet(${quoteText(file)})`;
}

/**
 * About so many of its rows: pieces from places that lie equally far from each other. The engine reads only the parts of
 * the file that hold these, so that it takes no longer however large the file is.
 */
export function sampleParquet(
  file: string,
  columns: Pick<TypedColumn, "name" | "type">[],
  { rows, of, pieces }: { rows: number; of: number; pieces: number },
): string {
  const length = Math.floor(rows / pieces);
  const parts = Array.from({ length: pieces }, (_, i) => {
    const start = Math.floor((i * of) / pieces);
    return `SELECT ${listOf(columns)} FROM read_parquet(${quoteText(file)}, file_row_number = true)
      WHERE file_row_number >= ${start} AND file_row_number < ${start + length}`;
  });
  return parts.join(" UNION ALL ");
}

function listOf(columns: Pick<TypedColumn, "name" | "type">[]): string {
  const list = columns.map(({ name, type }) =>
    survivesParquet(type)
      ? quoteIdentifier(name)
      : `CAST(${quoteIdentifier(name)} AS ${duckdbType(type)}) AS ${quoteIdentifier(name)}`,
  );
  return list.join(", ");
}

function survivesParquet(type: Type): boolean {
  if (type.kind === "ARRAY") return survivesParquet(type.element);
  if (type.kind === "STRUCT") return type.fields.every((field) => survivesParquet(field.type));
  return type.kind !== "JSON";
}

function castList(columns: TypedColumn[]): string {
  return columns.map((column) => `${castOf(column)} AS ${quoteIdentifier(column.name)}`).join(", ");
}

function castOf({ name, type, cast }: TypedColumn): string {
  const id = quoteIdentifier(name);
  const breach = `error(${quoteText(`${breachMark} ${name}: ${formatType(type)}`)})`;
  if (cast === "null") return `CAST(CASE WHEN ${id} IS NULL THEN NULL ELSE ${breach} END AS ${duckdbType(type)})`;
  const breaks = breaksContract(id, type);
  const value = `CAST(${id} AS ${duckdbType(type)})`;
  return breaks ? `CASE WHEN ${breaks} THEN ${breach} ELSE ${value} END` : value;
}

/** A condition that holds for values that the type's cast would take, and the type itself would not. */
function breaksContract(id: string, type: Type): string | undefined {
  const [first, second = 0] = ("parameters" in type && type.parameters) || [];
  switch (type.kind) {
    case "STRING":
      return first === undefined ? undefined : `length(${id}) > ${first}`;
    case "BYTES":
      return first === undefined ? undefined : `octet_length(${id}) > ${first}`;
    case "NUMERIC":
      // A cast would round what is too precise.
      return first === undefined ? undefined : `TRY_CAST(${id} AS ${duckdbType(type)}) IS DISTINCT FROM ${id}`;
    case "BIGNUMERIC": {
      const [before, after] = first === undefined ? ["*", "*"] : [`{0,${first - second}}`, `{0,${second}}`];
      return `NOT regexp_full_match(CAST(${id} AS VARCHAR), '[+-]?(0*\\d${before}(\\.\\d${after}0*)?)') OR NOT regexp_matches(CAST(${id} AS VARCHAR), '\\d')`;
    }
    default:
      return undefined;
  }
}

/** The column and type whose contract a value broke, from the engine's message. */
export function contractBreach(message: string): { column: string; type: string } | undefined {
  const match = new RegExp(`${breachMark} (.+): ([^:\n]+)`).exec(message);
  return match ? { column: match[1]!, type: match[2]! } : undefined;
}
