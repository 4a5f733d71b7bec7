/** Batches of a source into the engine: a table of what came, and a view of it that has the declared names and types. */
import type { Type } from "../../spec/type.ts";
import { typeOfBigquery } from "../../spec/formats/bigquery.ts";
import { count, EtlError, type Problem } from "../../util/error.ts";
import { sameName } from "../connectors/bigquery/drift.ts";
import type { ReadPlan } from "../connectors/bigquery/plan.ts";
import type { BatchScan } from "../connectors/connector.ts";
import {
  countBreaches,
  viewAppended,
  viewParquet,
  writeParquet,
  type AppendedColumn,
} from "../engine/duckdb/materialize.ts";
import type { Table } from "../table.ts";
import { isReadFromBigQuery } from "../values.ts";
import { isPublishedAsIs, type Extract } from "./extracted.ts";

interface AppendSource {
  plan: ReadPlan;
  scan: BatchScan;
}

export async function appendSource({ plan, scan }: AppendSource, options: Extract): Promise<Table & { rows: number }> {
  const { name, columns: declared, limit } = plan.source;
  const { db } = options.work;
  const table = `_nais_etl_raw_${name}`;
  const { rows, types } = await db.append({
    table,
    schema: scan.schema,
    batches: scan.batches,
    limit,
    alone: isAlone(options),
  });
  const engineTypes = new Map(scan.schema.fields.map((field, i) => [field.name.toLowerCase(), types[i]!]));
  const columns = columnsOf(plan).map((column) => ({
    ...column,
    engineType: engineTypes.get(column.from.toLowerCase())!,
  }));
  await viewAppended(db, { name, table, columns });
  await keepLengths(plan, columns, options);
  const typed = columns.map((column) => ({ name: column.name, type: column.type, cast: "exact" as const }));
  const file = isPublishedAsIs(name, options) ? await writeSource(name, typed, options) : undefined;
  return { name, columns: typed, declared, rows, file };
}

/** Files are read by the engine, at the same time. */
function isAlone({ needed, pipeline }: Extract): boolean {
  return needed.every((name) => isReadFromBigQuery(name, pipeline));
}

/** As they are declared; where nothing is, as they are. */
function columnsOf({ source: { columns: declared }, fields }: ReadPlan): Omit<AppendedColumn, "engineType">[] {
  if (!declared) return fields.map((field) => ({ name: field.name, from: field.name, type: typeOfBigquery(field)! }));
  return Object.entries(declared).map(([name, { type }]) => {
    const { name: from } = fields.find((field) => sameName(field.name, name))!;
    return { name, from, type };
  });
}

/** A declared STRING(3) of a column that is STRING in BigQuery promises more than the source does. */
async function keepLengths({ source, fields }: ReadPlan, columns: AppendedColumn[], { work, pipeline }: Extract) {
  const isPromised = ({ from, type }: AppendedColumn) =>
    sameParameters(type, typeOfBigquery(fields.find((field) => sameName(field.name, from))!));
  const found = await countBreaches(
    work.db,
    source.name,
    columns.filter((column) => !isPromised(column)),
  );
  const problems = found.map(({ column, type, breaches }): Problem => ({
    severity: "error",
    rule: "contract",
    message: `${count(breaches, "value")} of the column \`${column}\` of the source \`${source.name}\` ${breaches === 1 ? "is" : "are"} no ${type}`,
    hint: "Declare a wider type, or shorten the values in `query:`.",
    where: pipeline.where(["sources", source.name, "columns", column]),
  }));
  if (problems.length === 0) return;
  throw new EtlError({ code: "invalid", message: `source ${source.name} breaks its contract`, problems });
}

function sameParameters(declared: Type, found: Type | undefined): boolean {
  const promised = parametersOf(declared);
  return promised === "" || promised === parametersOf(found);
}

function parametersOf(type: Type | undefined): string {
  return type && "parameters" in type ? String(type.parameters ?? "") : "";
}

async function writeSource(name: string, columns: Table["columns"], { work, context }: Extract): Promise<string> {
  const file = work.file("sources", name);
  const { db } = work;
  const sql = `SELECT * FROM ${db.dialect.quoteIdentifier(name)}`;
  await context.effect("source.keep", () => writeParquet(db, { sql, columns, file }));
  await viewParquet(db, { name, columns, file });
  return file;
}
