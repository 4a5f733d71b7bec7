/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobstatistics2 */
import type { Table } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import type { Billed } from "../sql/bytes.ts";
import type { Done, Plan } from "../sql/plan.ts";

const reference = ({ project, dataset, table }: TableName) => ({
  projectId: project,
  datasetId: dataset,
  tableId: table,
});

export function queryStatistics({ type, reads, ddl }: Plan, { processed, billed }: Billed, done: Done = {}) {
  const { dml, operation } = done;
  const tables = [...reads.keys()].filter((it: Table) => !it.dataset.startsWith("_"));
  return {
    statementType: type,
    totalBytesProcessed: String(processed),
    totalBytesBilled: String(billed),
    billingTier: 1,
    cacheHit: false,
    totalSlotMs: "1",
    ...(tables.length > 0 && { referencedTables: tables.map(reference) }),
    ...(ddl && { ddlTargetTable: reference(ddl.target) }),
    ...(operation !== undefined && { ddlOperationPerformed: operation }),
    ...(dml && {
      numDmlAffectedRows: String(dml.inserted + dml.updated + dml.deleted),
      dmlStats: {
        insertedRowCount: String(dml.inserted),
        updatedRowCount: String(dml.updated),
        deletedRowCount: String(dml.deleted),
      },
    }),
  };
}
