/**
 * Staging tables of a pipeline, and large results of its sources, of this run and of those before it that were killed: removed
 * when they are of no more use. What is read ahead removes its results itself: only those that are forgotten go here.
 */
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { aheadSourcePrefix, stagedSourcePrefix } from "../../connectors/bigquery/read.ts";
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, type TableName } from "../../connectors/bigquery/table-name.ts";
import type { DatasetName } from "../../state-dataset.ts";
import { stagingPrefix } from "./stage.ts";

interface Table {
  tableReference: { tableId: string };
  /** Milliseconds since 1970. */
  creationTime?: string;
}

interface Listed {
  tables?: Table[];
  nextPageToken?: string;
}

/** Milliseconds after which nobody reads a result any more. */
const forgottenAfter = 24 * 3_600_000;

interface Staging {
  pipeline: string;
  /** Some may be named twice. */
  datasets: DatasetName[];
}

export async function clearStaging(client: BigQueryClient, { pipeline, datasets }: Staging): Promise<void> {
  const paths = new Map(datasets.map((dataset) => [datasetPath(dataset), dataset]));
  for (const { project, dataset } of paths.values())
    for (const table of await stagingTables(client, { project, dataset }, pipeline))
      await removeTable(client, { project, dataset, table });
}

async function stagingTables(client: BigQueryClient, dataset: DatasetName, pipeline: string): Promise<string[]> {
  const prefixes = [stagingPrefix(pipeline), stagedSourcePrefix(pipeline)];
  const forgotten = client.context.now().getTime() - forgottenAfter;
  const isOver = ({ tableReference: { tableId }, creationTime }: Table) =>
    prefixes.some((prefix) => tableId.startsWith(prefix)) ||
    (tableId.startsWith(aheadSourcePrefix(pipeline)) && Number(creationTime) < forgotten);
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const query = { maxResults: 1000, pageToken };
    const page = await client.request<Listed>({ path: `${datasetPath(dataset)}/tables`, query });
    found.push(...(page.tables ?? []).filter(isOver).map(({ tableReference }) => tableReference.tableId));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
}

async function removeTable(client: BigQueryClient, name: TableName): Promise<void> {
  const request = { method: "DELETE", path: tablePath(name) } as const;
  await unlessRefused(404, () => client.context.effect("bigquery.clear", () => client.send(request)));
}
