/** What a run would say of a table that is there, before there is a run. */
import { EtlError, type Problem, type Where } from "../../../util/error.ts";
import { formatTableName, type TableName } from "../../connectors/bigquery/table-name.ts";
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
  const warnings = [partitionWarning(name, { existing, spec, where }), clusterWarning(name, { existing, spec, where })];
  const problems = columns ? columnProblems(name, { existing, columns, allowed }) : [];
  return [...problems.map((problem) => ({ where, ...problem })), ...warnings.flatMap((one) => one ?? [])];
}

/** The run itself says nothing of it: it sets what the file says. */
function clusterWarning(
  name: TableName,
  { existing, spec, where }: Pick<Compared, "existing" | "spec" | "where">,
): Problem | undefined {
  const [was, wanted] = [existing.clustering?.fields ?? [], spec.cluster];
  if (!wanted || wanted.join() === was.join()) return undefined;
  return {
    severity: "warning",
    rule: "other-clusters",
    message: `${formatTableName(name)} is ${was.length === 0 ? "not clustered" : `clustered by ${was.join(", ")}`}: the next run sets ${wanted.join(", ")}`,
    hint: "Nothing is to be done. Queries of rows that are there already may not gain by it.",
    where,
  };
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
