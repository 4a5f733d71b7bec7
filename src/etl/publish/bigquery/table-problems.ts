/** What a run would say of a table that is there, before there is a run. */
import { EtlError, type Problem, type Where } from "../../../util/error.ts";
import type { TableName } from "../../connectors/bigquery/table-name.ts";
import type { WantedColumn } from "../fit-columns.ts";
import type { TableOutput } from "../store.ts";
import { checkColumns } from "./check-columns.ts";
import { partitionWarning } from "./partition-warning.ts";
import type { TableResource } from "./table-resource.ts";

interface Compared {
  existing: TableResource;
  spec: TableOutput;
  /** Undefined where they are not known. */
  columns: WantedColumn[] | undefined;
  /** As with --allow-schema-change. */
  allowed: boolean;
  where: Where;
}

export function tableProblems(name: TableName, { existing, spec, columns, allowed, where }: Compared): Problem[] {
  const warning = partitionWarning(name, { existing, spec, where });
  const problems = columns ? columnProblems(name, { existing, columns, allowed }) : [];
  return [...problems.map((problem) => ({ where, ...problem })), ...(warning ? [warning] : [])];
}

function columnProblems(...asked: Parameters<typeof checkColumns>): Problem[] {
  try {
    checkColumns(...asked);
    return [];
  } catch (error) {
    if (error instanceof EtlError) return error.problems;
    throw error;
  }
}
