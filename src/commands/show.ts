/** `nais-etl show MODEL`: the first rows of a model, from the samples, without publishing anything. */
import type { Context } from "../util/context.ts";
import { findPipeline } from "../spec/find.ts";
import { firstRows } from "../etl/first-rows.ts";
import { sensitiveColumns } from "../etl/privacy.ts";
import { formatRows, rowsToJson } from "../etl/record/rows-table.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface ShowOptions {
  dir?: string;
  pipeline?: string;
  /** A model, or a source. */
  model: string;
  limit?: number;
  where?: string;
  interval?: string;
  param?: Record<string, string>;
  json?: boolean;
}

const defaultLimit = 20;

export async function show(options: ShowOptions, context: Context): Promise<void> {
  const { model: name, limit = defaultLimit, where, interval, param: params = {}, json } = options;
  const pipeline = await loadPipeline({ file: await findPipeline(options, context) }, context);
  const { columns, rows, more } = await firstRows({ pipeline, name, limit, where, interval, params }, context);
  const hidden = sensitiveColumns(pipeline);
  const colour = context.isTerminal && !context.env["NO_COLOR"];
  const rest = more ? "more with --limit" : undefined;
  context.print(
    json
      ? rowsToJson({ columns, rows, hidden })
      : formatRows({ columns, rows, hidden, rest, colour, scrub: context.log.scrub }),
  );
}
