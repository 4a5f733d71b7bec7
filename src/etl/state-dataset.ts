/** Where in BigQuery a pipeline's own tables lie: it may write there. */
import { parseTableName, type TableName } from "./connectors/bigquery/table-name.ts";
import type { RunState } from "./run-state.ts";
import { resolveReferences } from "./values.ts";

export type DatasetName = Pick<TableName, "project" | "dataset">;

export type StateOf = Pick<RunState, "pipeline" | "values" | "context">;

/** `bigquery.state`: `dataset` or `project.dataset`. */
export function declaredState({ pipeline, values, context }: StateOf, project: string): DatasetName | undefined {
  const path = ["bigquery", "state"];
  const state = resolveReferences(pipeline.spec.bigquery?.state, { values, pipeline, context, path });
  if (state === undefined) return undefined;
  const [dataset, own = project] = state.split(".").toReversed();
  return { project: own, dataset: dataset! };
}

/** Each output to BigQuery, and its table. */
export function outputTables({ pipeline, values, context }: StateOf, project: string): [string, TableName][] {
  return Object.entries(pipeline.spec.outputs ?? {}).flatMap(([output, spec]): [string, TableName][] => {
    if (spec.type !== "bigquery") return [];
    const path = ["outputs", output, "table"];
    const table = resolveReferences(spec.table, { values, pipeline, context, path });
    return [[output, parseTableName(table, { project, where: () => pipeline.where(path) })]];
  });
}

/** That of `bigquery.state`, else that of the first output; undefined where there is none. */
export function stateDataset(of: StateOf, project: string): DatasetName | undefined {
  return declaredState(of, project) ?? outputTables(of, project)[0]?.[1];
}
