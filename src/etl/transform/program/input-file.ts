/** A relation as a file that other programs read. */
import { formatType, type Type } from "../../../spec/type.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import { duckdbType } from "../../engine/duckdb/duckdb-type.ts";
import { quoteIdentifier, quoteText } from "../../engine/duckdb/sql.ts";
import type { ProgramRequest } from "./program.ts";

export interface InputColumn {
  name: string;
  type: Type;
}

/** The columns of a relation. All have types of tables: sources and models are made so. */
export async function columnsOfRelation(name: string, db: Database): Promise<InputColumn[]> {
  const found = await db.describe(`SELECT * FROM ${quoteIdentifier(name)}`);
  return found.map((column) => ({ name: column.name, type: column.type ?? { kind: "STRING" } }));
}

export interface ParquetInput {
  relation: string;
  columns: InputColumn[];
  /** Where to write it, if there is no such file yet. */
  path: string;
  request: Pick<ProgramRequest, "db" | "fileOf" | "programs">;
}

/**
 * The rows of a relation in their order. JSON is text, wherever it stands: few readers of Parquet know it.
 * @returns the file, which is not to be changed: it may be the one that the relation itself is kept in
 */
export async function parquetInput({ relation, columns, path, request }: ParquetInput): Promise<string> {
  const { db, fileOf, programs } = request;
  const plain = columns.map(({ type }) => withoutJson(type));
  const isPlain = columns.every(({ type }, i) => formatType(type) === formatType(plain[i]!));
  const kept = fileOf(relation);
  if (isPlain && kept !== undefined) return kept;
  const list = columns.map(({ name }, i) => {
    const id = quoteIdentifier(name);
    return isPlain ? id : `CAST(${id} AS ${duckdbType(plain[i]!)}) AS ${id}`;
  });
  const query = `SELECT ${list.join(", ")} FROM ${quoteIdentifier(relation)}`;
  const copy = `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`;
  await programs.context.effect("program.input", () => db.run(copy));
  return path;
}

function withoutJson(type: Type): Type {
  if (type.kind === "ARRAY") return { ...type, element: withoutJson(type.element) };
  if (type.kind === "STRUCT")
    return { ...type, fields: type.fields.map((field) => ({ ...field, type: withoutJson(field.type) })) };
  return type.kind === "JSON" ? { kind: "STRING" } : type;
}
