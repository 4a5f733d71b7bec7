/** Parquet says its types itself: they are compared with the declared ones before a row is read. */
import { formatType, type Type } from "../../../spec/type.ts";
import { EtlError, type Problem } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";
import type { FileScan, ScanFile } from "../../connectors/connector.ts";
import type { Database } from "./duckdb.ts";
import { parseEngineType } from "./engine-type.ts";
import { convertParquet } from "./parquet-types.ts";
import { groupBy, pathList, placeOf, provenanceOf } from "./scan-parts.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

/** What `error()` says for a value that does not fit its declared type. */
export const misfitMark = "nais-etl: value of";

type Engine = Pick<Database, "query" | "describe">;

/** @throws {EtlError} `invalid`, with every column that is missing or of a type that is not made of the file's */
export async function scanParquet(scan: FileScan, db: Engine): Promise<string> {
  const groups = scan.provenance ? scan.files.map((file) => [file]) : await groupBySchema(scan.files, db);
  const parts = await Promise.all(groups.map((files) => selectGroup(scan, files, db)));
  const problems = parts.flatMap((part) => part.problems);
  if (problems.length > 0) {
    const message =
      problems.length === 1 ? problems[0]!.message : `the files of source ${scan.source} have not the declared columns`;
    throw new EtlError({ code: "invalid", part: "file", message, problems });
  }
  return parts.map((part) => part.sql).join("\nUNION ALL ");
}

/** Read together, all files would be cast to the types of the first, and numbers rounded. */
async function groupBySchema(files: ScanFile[], db: Engine): Promise<ScanFile[][]> {
  if (files.length === 1) return [files];
  const rows = await db.query(
    `SELECT file_name, string_agg(concat_ws(' ', name, type, num_children, converted_type, scale, precision, logical_type), '|') AS schema
     FROM parquet_schema(${pathList(files)}) GROUP BY file_name`,
  );
  const schemas = new Map(rows.map((row) => [row["file_name"] as string, row["schema"] as string]));
  return groupBy(files, ({ path }) => schemas.get(path) ?? path);
}

interface Part {
  sql: string;
  problems: Problem[];
}

async function selectGroup(scan: FileScan, files: ScanFile[], db: Engine): Promise<Part> {
  const from = `read_parquet(${pathList(files)}, hive_partitioning = false${scan.provenance ? ", file_row_number = true" : ""})`;
  const found = (await db.describe(`SELECT * FROM ${from}`)).filter(
    ({ name }) => !(scan.provenance && name === "file_row_number"),
  );
  const wanted = scan.columns
    ? Object.entries(scan.columns).map(([name, { type }]) => ({ name, type }))
    : found.map(({ name, type }) => ({ name, type }));
  const names = found.map(({ name }) => name);
  const list = wanted.map(({ name, type }) =>
    columnOf({ name, type, found: found[placeOf(name, names)], names, scan, file: files[0]! }),
  );
  const added = scan.provenance ? provenanceOf(files[0]!, "file_row_number + 1") : [];
  return {
    sql: `SELECT ${[...list.map(({ sql }) => sql), ...added].join(", ")} FROM ${from}`,
    problems: list.flatMap(({ problem }) => problem ?? []),
  };
}

interface ColumnOf {
  name: string;
  /** Undefined where none is declared, and the file's own is none that a table may have: that is told of later. */
  type: Type | undefined;
  found: { name: string; engineType: string } | undefined;
  names: string[];
  scan: FileScan;
  file: ScanFile;
}

function columnOf({ name, type, found, names, scan, file }: ColumnOf): { sql: string; problem?: Problem } {
  if (!found) return { sql: "", problem: missing(name, names, file) };
  const value = quoteIdentifier(found.name);
  if (!type) return { sql: value };
  const refuse = `error(${quoteText(`${misfitMark} ${scan.source} ${name} is not ${formatType(type)}`)})`;
  const sql = convertParquet({ value, found: parseEngineType(found.engineType), declared: type, refuse });
  if (sql === undefined) return { sql: "", problem: otherType({ name, type, found, file }) };
  return { sql: `${sql} AS ${quoteIdentifier(name)}` };
}

function missing(name: string, names: string[], { shown }: ScanFile): Problem {
  const best = nearest(name, names);
  return {
    severity: "error",
    rule: "header",
    message: `${shown} has no column \`${name}\``,
    hint: best === undefined ? `It has ${names.join(", ")}.` : `Did you mean \`${best}\`?`,
    where: { file: shown },
  };
}

function otherType({
  name,
  type,
  found,
  file: { shown },
}: {
  name: string;
  type: Type;
  found: { engineType: string };
  file: ScanFile;
}): Problem {
  return {
    severity: "error",
    rule: "wrong-type",
    message: `column \`${name}\` of ${shown} is ${found.engineType}, and declared as ${formatType(type)}`,
    hint: "Declare the type that it has, and cast it in a model.",
    where: { file: shown },
  };
}
