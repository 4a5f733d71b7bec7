/** `nais-etl query SQL`: asks the local warehouse, without changing it. */
import type { Context } from "../util/context.ts";
import { askWarehouse } from "../etl/ask-warehouse.ts";
import { formatRows, rowsToJson } from "../etl/record/rows-table.ts";
import { findPipeline } from "../spec/find.ts";
import { loadPipeline } from "../spec/load.ts";

export interface QueryOptions {
  dir?: string;
  pipeline?: string;
  sql: string;
  json?: boolean;
}

/** More rows than these are for a program. */
const shownRows = 1000;

export async function query({ sql, json, ...options }: QueryOptions, context: Context): Promise<void> {
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), cwd: context.cwd });
  const { columns, rows, more } = await askWarehouse({ pipeline, sql, limit: json ? undefined : shownRows }, context);
  const colour = context.isTerminal && !context.env["NO_COLOR"];
  const rest = more ? "all with --json" : undefined;
  // A plan is a drawing of many lines.
  if (!json && columns[0]?.name === "explain_key")
    return context.print(rows.map((row) => row["explain_value"]).join("\n"));
  context.print(json ? rowsToJson({ columns, rows }) : formatRows({ columns, rows, rest, colour }));
}
