/** Partitions that a table has got otherwise than the file says: nobody can change them, and rows are published all the same. */
import type { Problem, Where } from "../../../util/error.ts";
import { formatTableName, type TableName } from "../../connectors/bigquery/table-name.ts";
import type { TableOutput } from "../store.ts";
import type { TableResource } from "./table-resource.ts";

interface Compare {
  existing: TableResource;
  spec: TableOutput;
  where: Where | undefined;
}

/** Undefined where the file says nothing of partitions, or what is there. */
export function partitionWarning(name: TableName, { existing, spec, where }: Compare): Problem | undefined {
  const { partition } = spec;
  if (!partition) return undefined;
  const wanted = `by ${partition.by ?? "day"} of \`${partition.column}\``;
  const found = partitionsOf(existing);
  if (found?.toLowerCase() === wanted.toLowerCase()) return undefined;
  const idle = [partition.expire && "`expire`", partition.require_filter && "`require_filter`"].filter(Boolean);
  const without =
    idle.length === 0 ? "" : ` Without them, ${idle.join(" and ")} ${idle.length === 1 ? "is" : "are"} not set.`;
  return {
    severity: "warning",
    rule: "other-partitions",
    message: `${formatTableName(name)} is ${found ? `partitioned ${found}` : "not partitioned"}, and not ${wanted}: it stays so, for BigQuery cannot change that`,
    hint: `Rows are published all the same, but more may be read and billed. For these partitions, publish under another name.${without}`,
    ...(where && { where }),
  };
}

function partitionsOf({ timePartitioning: time, rangePartitioning: range }: TableResource): string | undefined {
  if (range) return `by ranges of \`${range.field}\``;
  return (
    time && `by ${time.type.toLowerCase()} of ${time.field === undefined ? "when rows came" : `\`${time.field}\``}`
  );
}
