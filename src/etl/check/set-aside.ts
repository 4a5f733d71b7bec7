/** Offending rows, taken out of a table before anything reads or publishes it, and kept as rows of the quarantine table. */
import type { Context } from "../../util/context.ts";
import type { Type } from "../../spec/type.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { viewParquet, writeParquet, type TypedColumn } from "../engine/duckdb/materialize.ts";
import { quoteIdentifier, quoteText } from "../engine/duckdb/sql.ts";
import { jsonValue } from "../publish/bigquery/staged-columns.ts";
import type { Table } from "../table.ts";
import type { CheckResult } from "./check.ts";

const text: Type = { kind: "STRING" };

/** The columns of every quarantine table: one for all tables of a pipeline, so the row itself is JSON. */
export const quarantineColumns: (TypedColumn & { description: string })[] = [
  { name: "pipeline", type: text, cast: "exact", description: "The pipeline" },
  { name: "run_id", type: text, cast: "exact", description: "The run that has set the row aside" },
  { name: "execution", type: text, cast: "exact", description: "The Job, or the start, of that run" },
  { name: "table_name", type: text, cast: "exact", description: "The source or model that the row was taken out of" },
  {
    name: "reasons",
    type: {
      kind: "ARRAY",
      element: {
        kind: "STRUCT",
        fields: [
          { name: "name", type: text },
          { name: "kind", type: text },
        ],
      },
    },
    cast: "exact",
    description: "The checks that the row has failed",
  },
  { name: "content", type: { kind: "JSON" }, cast: "exact", description: "The row, by column" },
  { name: "quarantined_at", type: { kind: "TIMESTAMP" }, cast: "exact", description: "When it was set aside" },
];

export interface RowsAside {
  /** The source or model they were taken out of. */
  table: string;
  /** Parquet with {@link quarantineColumns}; undefined where there are none. */
  file: string | undefined;
  rows: number;
}

interface SetAside {
  db: Database;
  table: Table;
  /** Those of status `quarantined`. */
  results: CheckResult[];
  of: { pipeline: string; runId: string; execution: string; at: Date };
  /** Where the rows that stay, and those that go, are written. */
  files: { kept: string; aside: string };
  context: Context;
}

/** Changes the relation and the table: it holds the other rows, in their order. @returns those that it lost */
export async function setAside({ db, table, results, of, files, context }: SetAside): Promise<RowsAside> {
  const relation = quoteIdentifier(table.name);
  const conditions = results.map(({ condition }) => `(${condition!})`);
  const any = conditions.join(" OR ");
  const { kept, aside } = await context.effect("quarantine.write", async () => ({
    aside: await writeParquet(db, {
      sql: `SELECT ${asideList(table, results, of)} FROM ${relation} WHERE ${any}`,
      columns: quarantineColumns,
      file: files.aside,
    }),
    kept: await writeParquet(db, {
      sql: `SELECT * FROM ${relation} WHERE (${any}) IS NOT TRUE`,
      columns: table.columns.map((column) => ({ ...column, cast: "exact" })),
      file: files.kept,
    }),
  }));
  await viewParquet(db, { name: table.name, columns: table.columns, file: files.kept });
  Object.assign(table, { rows: kept.rows, file: files.kept });
  return { table: table.name, file: files.aside, rows: aside.rows };
}

function asideList({ name, columns }: Table, results: CheckResult[], of: SetAside["of"]): string {
  const reasons = results.map(
    ({ check, kind, condition }) =>
      `CASE WHEN (${condition!}) THEN {'name': ${quoteText(check)}, 'kind': ${quoteText(kind)}} END`,
  );
  const values: Record<string, string> = {
    pipeline: quoteText(of.pipeline),
    run_id: quoteText(of.runId),
    execution: quoteText(of.execution),
    table_name: quoteText(name),
    reasons: `list_filter([${reasons.join(", ")}], lambda reason: reason IS NOT NULL)`,
    content: contentOf(columns),
    quarantined_at: `CAST(${quoteText(of.at.toISOString())} AS TIMESTAMPTZ)`,
  };
  return Object.entries(values)
    .map(([column, value]) => `${value} AS ${quoteIdentifier(column)}`)
    .join(", ");
}

/** What a reader of JSON might round is a text. */
function contentOf(columns: TypedColumn[]): string {
  const fields = columns.map(({ name, type }) => {
    const id = quoteIdentifier(name);
    return `${id} := ${type.kind === "INT64" ? id : jsonValue(id, type)}`;
  });
  return `to_json(struct_pack(${fields.join(", ")}))`;
}
