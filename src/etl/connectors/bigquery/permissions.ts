/** What may be done, asked without doing it. Nothing here changes anything, is billed, or makes a job. */
import type { BigQueryClient } from "./client.ts";
import { quotePath } from "./googlesql.ts";
import { jobsPath, queryConfiguration } from "./job.ts";
import { tableResource, type TableName } from "./table-name.ts";

/**
 * Which of these permissions we have on a table that is there.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/testIamPermissions
 */
export async function heldPermissions(
  client: BigQueryClient,
  table: TableName,
  permissions: string[],
): Promise<string[]> {
  const request = {
    method: "POST" as const,
    path: `${tableResource(table)}:testIamPermissions`,
    body: { permissions },
  };
  const answer = await client.request<{ permissions?: string[] }>(request);
  return answer.permissions ?? [];
}

/** A dry run needs the right to run jobs. @throws {Refusal} where we have it not */
export function probeJobs(client: BigQueryClient, location: string | undefined): Promise<unknown> {
  return probe(client, "SELECT 1 AS one", location);
}

/**
 * A table that is only planned: BigQuery looks whether we might make it. Datasets have no testIamPermissions.
 * @throws {Refusal} where we may not
 */
export function probeCreation(
  client: BigQueryClient,
  dataset: Pick<TableName, "project" | "dataset">,
  location: string | undefined,
): Promise<unknown> {
  const name = `${dataset.project}.${dataset.dataset}._nais_etl_doctor`;
  return probe(client, `CREATE TABLE ${quotePath(name)} (id INT64)`, location);
}

function probe(client: BigQueryClient, sql: string, location: string | undefined): Promise<unknown> {
  const jobReference = { projectId: client.project, ...(location !== undefined && { location }) };
  const configuration = { dryRun: true, labels: client.labels, query: queryConfiguration(sql) };
  return client.request({
    method: "POST",
    path: jobsPath({ projectId: client.project }),
    body: { jobReference, configuration },
  });
}
