/** A relation as a file that other programs read. */
import type { Context } from "../../../util/context.ts";
import { formatType, type Type } from "../../../spec/type.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import { duckdbType } from "../../engine/duckdb/duckdb-type.ts";
import { quoteIdentifier, quoteText } from "../../engine/duckdb/sql.ts";

export interface InputColumn {
  name: string;
  type: Type;
}

/** The columns of a relation. All have types of tables: sources and models are made so. */
export async function columnsOfRelation(name: string, db: Database): Promise<InputColumn[]> {
  const found = await db.describe(`SELECT * FROM ${quoteIdentifier(name)}`);
  return found.map((column) => ({ name: column.name, type: column.type ?? { kind: "STRING" } }));
}

export interface WriteInput {
  relation: string;
  columns: InputColumn[];
  path: string;
  db: Database;
  context: Context;
}

/** Rows in their order. JSON is text, wherever it stands: few readers of Parquet know it. */
export async function writeParquetInput({ relation, columns, path, db, context }: WriteInput): Promise<void> {
  const list = columns.map(({ name, type }) => {
    const id = quoteIdentifier(name);
    const plain = withoutJson(type);
    return formatType(plain) === formatType(type) ? id : `CAST(${id} AS ${duckdbType(plain)}) AS ${id}`;
  });
  const query = `SELECT ${list.join(", ")} FROM ${quoteIdentifier(relation)}`;
  await context.effect("program.input", () => db.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`));
}

function withoutJson(type: Type): Type {
  if (type.kind === "ARRAY") return { ...type, element: withoutJson(type.element) };
  if (type.kind === "STRUCT")
    return { ...type, fields: type.fields.map((field) => ({ ...field, type: withoutJson(field.type) })) };
  return type.kind === "JSON" ? { kind: "STRING" } : type;
}
