/** `nais-etl query SQL`: asks the local warehouse, without changing it. */
import type { Context } from "../util/context.ts";
import { askWarehouse } from "../etl/ask-warehouse.ts";
import type { Row } from "../etl/engine/engine.ts";
import { hiddenText, sensitiveColumns } from "../etl/privacy.ts";
import { formatRows, rowsToJson } from "../etl/record/rows-table.ts";
import { findPipeline } from "../spec/find.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface QueryOptions {
  dir?: string;
  pipeline?: string;
  sql: string;
  json?: boolean;
}

/** More rows than these are for a program. */
const shownRows = 1000;

export async function query({ sql, json, ...options }: QueryOptions, context: Context): Promise<void> {
  const pipeline = await loadPipeline({ file: await findPipeline(options, context) }, context);
  const { columns, rows, more } = await askWarehouse({ pipeline, sql, limit: json ? undefined : shownRows }, context);
  const colour = context.isTerminal && !context.env["NO_COLOR"];
  const rest = more ? "all with --json" : undefined;
  // A plan is a drawing of many lines.
  if (!json && columns[0]?.name === "explain_key")
    return context.print(rows.map((row) => row["explain_value"]).join("\n"));
  const hidden = sensitiveColumns(pipeline);
  const shown = { columns, rows: rows.map((row) => hideRange(row, hidden)), hidden };
  context.print(json ? rowsToJson(shown) : formatRows({ ...shown, rest, colour, scrub: context.log.scrub }));
}

/** What SUMMARIZE finds: values of the column that the row is about. */
const ranges = ["min", "max", "q25", "q50", "q75"];

function hideRange(row: Row, hidden: ReadonlySet<string>): Row {
  if (!hidden.has(String(row["column_name"]))) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, ranges.includes(name) && value !== null ? hiddenText : value]),
  );
}
