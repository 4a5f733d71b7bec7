/** Staging tables of a pipeline, and large results of its sources, of this run and of those before it that were killed: removed when they are of no more use. */
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { stagedSourcePrefix } from "../../connectors/bigquery/read.ts";
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, type TableName } from "../../connectors/bigquery/table-name.ts";
import type { DatasetName } from "../../state-dataset.ts";
import { stagingPrefix } from "./stage.ts";

interface Listed {
  tables?: { tableReference: { tableId: string } }[];
  nextPageToken?: string;
}

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
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const query = { maxResults: 1000, pageToken };
    const page = await client.request<Listed>({ path: `${datasetPath(dataset)}/tables`, query });
    const names = (page.tables ?? []).map(({ tableReference }) => tableReference.tableId);
    found.push(...names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix))));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
}

async function removeTable(client: BigQueryClient, name: TableName): Promise<void> {
  const request = { method: "DELETE", path: tablePath(name) } as const;
  await unlessRefused(404, () => client.context.effect("bigquery.clear", () => client.send(request)));
}
