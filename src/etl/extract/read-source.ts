/** What is read of a table of BigQuery, as its source says it for one run. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import type { ReadSource } from "../connectors/bigquery/plan.ts";
import { resolveReferences, type RunValues } from "../values.ts";
import { boundValues } from "./bound-values.ts";
import { newRows } from "./cursor.ts";

interface Wanted {
  name: string;
  /** Where its cursor stands. */
  mark: string | undefined;
  limit: number | undefined;
  pipeline: LoadedPipeline;
  values: RunValues;
  context: Context;
}

/** @throws {EtlError} `invalid` where a secret or parameter of it has no value */
export function readSource({ name, mark, limit, pipeline, values, context }: Wanted): ReadSource {
  const path = ["sources", name];
  const spec = resolveReferences(pipeline.spec.sources![name]!, { values, pipeline, context, path });
  if (spec.type !== "bigquery") throw new TypeError(`${name} is no source of BigQuery`);
  return {
    name,
    spec,
    columns: spec.columns,
    values: boundValues(values),
    limit,
    since: newRows({ cursor: spec.cursor, mark, where: () => pipeline.where([...path, "cursor"]) }),
    where: (...inner) => pipeline.where([...path, ...inner]),
  };
}
