/**
 * Rows over REST, a page at a time: for small results, and for who may not use the Storage Read API.
 * Source: https://cloud.google.com/bigquery/docs/paging-results
 */
import type { RecordBatch } from "apache-arrow";
import type { BigqueryField } from "../../../spec/formats/bigquery.ts";
import type { BigQueryClient } from "./client.ts";
import type { RestRow } from "./rest-rows.ts";
import type { Job } from "./job.ts";
import { tablePath, type TableName } from "./table-name.ts";

/** Where the pages are, below `/bigquery/v2/`, and what must be said to get them. */
export interface PageSource {
  path: string;
  query: Record<string, string | undefined>;
  /** Of the rows that come. */
  fields: BigqueryField[];
}

/** Some five megabytes of usual rows; BigQuery itself ends a page at ten. */
const pageRows = 20_000;

export function tablePages(table: TableName, fields: BigqueryField[]): PageSource {
  const selectedFields = fields.map(({ name }) => name).join(",");
  return { path: `${tablePath(table)}/data`, query: { selectedFields }, fields };
}

export function resultPages({ projectId, jobId, location }: Job["jobReference"], fields: BigqueryField[]): PageSource {
  const path = `projects/${encodeURIComponent(projectId)}/queries/${encodeURIComponent(jobId)}`;
  return { path, query: { location }, fields };
}

interface Page {
  pageToken?: string;
  rows?: RestRow[];
}

/** @param onBytes told of what came, in bytes */
export async function* readPages(
  client: BigQueryClient,
  { path, query, fields }: PageSource,
  onBytes: (bytes: number) => void,
): AsyncGenerator<RecordBatch, void> {
  const { arrowBatch } = await import("./rest-rows.ts");
  let pageToken: string | undefined;
  do {
    const asked = { ...query, maxResults: pageRows, pageToken, "formatOptions.useInt64Timestamp": true };
    const text = await client.text({ path, query: asked });
    onBytes(text.length);
    const { rows = [], pageToken: next } = JSON.parse(text) as Page;
    if (rows.length > 0) yield arrowBatch(fields, rows);
    pageToken = next;
  } while (pageToken !== undefined);
}
