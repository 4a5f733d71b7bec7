/** `nais-etl show MODEL`: the first rows of a model, from the samples, without publishing anything. */
import type { Context } from "../util/context.ts";
import { findPipeline } from "../spec/find.ts";
import { firstRows } from "../etl/first-rows.ts";
import { samplesHint } from "../etl/publish/interval-hint.ts";
import { sensitiveColumns } from "../etl/privacy.ts";
import { formatRows, rowsToJson } from "../etl/record/rows-table.ts";
import { samplesInterval } from "../etl/values.ts";
import type { LoadedPipeline } from "../spec/load.ts";
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
  warnOfSamples(pipeline, interval, context);
  const hidden = sensitiveColumns(pipeline);
  const colour = context.isTerminal && !context.env["NO_COLOR"];
  const rest = more ? "more with --limit" : undefined;
  context.print(
    json
      ? rowsToJson({ columns, rows, hidden })
      : formatRows({ columns, rows, hidden, rest, colour, scrub: context.log.scrub }),
  );
}

function warnOfSamples(pipeline: LoadedPipeline, asked: string | undefined, { log }: Context): void {
  const sample = samplesInterval(pipeline, asked);
  if (sample === undefined || asked === undefined) return;
  log.problem({
    severity: "warning",
    message: `these rows are made of samples of ${sample}, not of ${asked}`,
    hint: samplesHint(sample, asked),
  });
}
