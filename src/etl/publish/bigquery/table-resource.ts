/** A destination table as BigQuery tells of it. */
import { typeOfBigquery, type BigqueryField } from "../../../spec/formats/bigquery.ts";
import { formatType } from "../../../spec/type.ts";

/** What matters here of it. Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
export interface TableResource {
  type: string;
  etag: string;
  numRows?: string;
  /** Milliseconds since 1970. */
  creationTime?: string;
  expirationTime?: string;
  description?: string;
  labels?: Record<string, string>;
  schema?: { fields?: ExistingField[] };
  /** Without a field: by when a row came. */
  timePartitioning?: { type: string; field?: string; expirationMs?: string };
  rangePartitioning?: { field: string };
  requirePartitionFilter?: boolean;
  clustering?: { fields: string[] };
}

export type ExistingField = BigqueryField & Record<string, unknown>;

/** As the file would write its type; what the product has no name for, as BigQuery does. */
export function spell(field: ExistingField): string {
  const type = typeOfBigquery(field);
  return type ? formatType(type) : field.type;
}
