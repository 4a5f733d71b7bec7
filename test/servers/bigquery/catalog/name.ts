/** Names of tables. */
import { invalid } from "../api-error.ts";

export interface TableName {
  project: string;
  dataset: string;
  table: string;
}

export const showTable = ({ project, dataset, table }: TableName) => `${project}:${dataset}.${table}`;

/** @param text `project.dataset.table` or `dataset.table` */
export function parseName(text: string, project: string): TableName {
  const parts = text.split(".");
  const [owner, dataset, table] = parts.length === 3 ? parts : [project, ...parts];
  if (!owner || !dataset || !table || parts.length > 3) throw invalid(`"${text}" is no table: say dataset.table`);
  return { project: owner, dataset, table };
}
