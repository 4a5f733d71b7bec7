/** A table as `tables.get` and `tables.list` show it. */
import { etagOf, type Catalog, type Table } from "./catalog.ts";
import { sizeOf } from "./size.ts";

export const etagOfTable = (it: Table) => etagOf(it.project, it.dataset, it.table, it.physical, it.version);

export async function tableResource(catalog: Catalog, table: Table): Promise<Record<string, unknown>> {
  const size = table.query === undefined ? await sizeOf(catalog, table) : undefined;
  const counts = size && {
    numRows: String(size.rows),
    numBytes: String(size.bytes),
    numLongTermBytes: "0",
    numTotalLogicalBytes: String(size.bytes),
    numActiveLogicalBytes: String(size.bytes),
    numLongTermLogicalBytes: "0",
  };
  return {
    ...table.resource,
    ...identity(table),
    etag: etagOfTable(table),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${table.project}/datasets/${table.dataset}/tables/${table.table}`,
    schema: { fields: table.fields },
    ...counts,
    creationTime: String(table.created),
    lastModifiedTime: String(table.modified),
    location: table.location,
  };
}

function identity({ project, dataset, table, kind }: Table) {
  return {
    kind: "bigquery#table",
    id: `${project}:${dataset}.${table}`,
    tableReference: { projectId: project, datasetId: dataset, tableId: table },
    type: kind,
  };
}

const listed = ["friendlyName", "labels", "timePartitioning", "rangePartitioning", "clustering", "expirationTime"];

export function listedTable(table: Table): Record<string, unknown> {
  const kept = listed.filter((key) => table.resource[key] !== undefined).map((key) => [key, table.resource[key]]);
  const view = table.kind === "VIEW" && { view: { useLegacySql: false } };
  return { ...identity(table), ...Object.fromEntries(kept), ...view, creationTime: String(table.created) };
}
