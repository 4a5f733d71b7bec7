/** Names of tables: `project.dataset.table`, or `dataset.table` in a project of one's own. */
import { EtlError, type Where } from "../../../util/error.ts";

export interface TableName {
  project: string;
  dataset: string;
  table: string;
}

/** A project may have a domain in front (`nav.no:etl`). A table's name may hold letters of all languages, spaces and hyphens. */
const pattern = /^(?:((?:[a-z0-9.-]+:)?[a-z0-9-]+)[.:])?([A-Za-z0-9_]+)\.([\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}$*]+)$/u;

/** @throws {EtlError} `invalid` */
export function parseTableName(text: string, { project, where }: { project: string; where: () => Where }): TableName {
  const [, own = project, dataset, table] = pattern.exec(text.replaceAll("`", "")) ?? [];
  if (dataset !== undefined && table !== undefined) return { project: own, dataset, table };
  throw new EtlError({
    code: "invalid",
    part: "bigquery",
    message: `\`${text}\` is not the name of a table`,
    hint: "Write project.dataset.table, or dataset.table.",
    where: where(),
  });
}

export function formatTableName({ project, dataset, table }: TableName): string {
  return `${project}.${dataset}.${table}`;
}

/** As the REST API's messages and references have it. */
export function tableReference({ project, dataset, table }: TableName) {
  return { projectId: project, datasetId: dataset, tableId: table };
}

/** Below `/bigquery/v2/`. */
export function tablePath({ project, dataset, table }: TableName): string {
  return `projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(table)}`;
}

export function datasetPath({ project, dataset }: Pick<TableName, "project" | "dataset">): string {
  return `projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}`;
}

/** As the Storage API has it. */
export function tableResource({ project, dataset, table }: TableName): string {
  return `projects/${project}/datasets/${dataset}/tables/${table}`;
}
