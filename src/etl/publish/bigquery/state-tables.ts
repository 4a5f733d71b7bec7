/** The tables of state, in the dataset of the first output: made when they are missing, and shared by all pipelines there. */
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, tableReference, type TableName } from "../../connectors/bigquery/table-name.ts";
import type { DatasetName } from "../../state-dataset.ts";

export interface StateTables {
  /** What is published. Rows are only ever added, so that pipelines do not get in each other's way. */
  publishes: TableName;
  /** How far sources were read. Rows are only ever added. */
  cursors: TableName;
  /** One row for each start of a pipeline. */
  runs: TableName;
  /** One row with the token of whoever may publish this pipeline. */
  fence: TableName;
  /** Files that stand aside: for pipelines that write files, too. */
  files: TableName | undefined;
}

export function stateTables({ project, dataset }: DatasetName, pipeline: string, hasFiles: boolean): StateTables {
  const table = (name: string): TableName => ({ project, dataset, table: `_nais_etl_${name}` });
  return {
    publishes: table("publishes"),
    cursors: table("cursors"),
    runs: table("runs"),
    fence: table(`fence_${pipeline}`),
    files: hasFiles ? table(`files_${pipeline}`) : undefined,
  };
}

interface Layout {
  description: string;
  /** Name → type. */
  columns: Record<string, string>;
  cluster?: string[];
}

export const layouts: Record<"publishes" | "cursors" | "runs" | "files", Layout> = {
  publishes: {
    description: "nais-etl: what each run of each pipeline has published. A run id is appended once.",
    columns: {
      pipeline: "STRING",
      output: "STRING",
      run_id: "STRING",
      execution: "STRING",
      generation: "INT64",
      write_mode: "STRING",
      rows: "INT64",
      published_at: "TIMESTAMP",
    },
    cluster: ["pipeline", "run_id"],
  },
  cursors: {
    description: "nais-etl: how far the sources with a cursor were read",
    columns: {
      pipeline: "STRING",
      source: "STRING",
      mark: "STRING",
      run_id: "STRING",
      execution: "STRING",
      marked_at: "TIMESTAMP",
    },
    cluster: ["pipeline"],
  },
  runs: {
    description: "nais-etl: every run of every pipeline, failed and killed ones too",
    columns: {
      pipeline: "STRING",
      run_id: "STRING",
      execution: "STRING",
      generation: "INT64",
      target: "STRING",
      status: "STRING",
      exit_code: "INT64",
      started_at: "TIMESTAMP",
      finished_at: "TIMESTAMP",
      rows_read: "INT64",
      rows_written: "INT64",
      checks_failed: "INT64",
      error: "STRING",
      revision: "STRING",
      image: "STRING",
      source_digest: "STRING",
      record: "JSON",
    },
    cluster: ["pipeline", "execution"],
  },
  files: {
    description: "nais-etl: files that were written aside and wait for their names",
    columns: { output: "STRING", aside: "STRING", path: "STRING", committed: "BOOL" },
  },
};

/** Makes those that are missing, but for the fence, which needs a row. @returns whether the fence is there */
export async function ensureStateTables(client: BigQueryClient, tables: StateTables): Promise<boolean> {
  const { fence, files, ...shared } = tables;
  const needed = Object.entries({ ...shared, ...(files && { files }) }) as [keyof typeof layouts, TableName][];
  const create = async ([kind, name]: [keyof typeof layouts, TableName]) => {
    if (!(await exists(client, name))) await createTable(client, name, layouts[kind]);
  };
  const [hasFence] = await Promise.all([exists(client, fence), ...needed.map(create)]);
  return hasFence;
}

async function exists(client: BigQueryClient, name: TableName): Promise<boolean> {
  const request = { path: tablePath(name), query: { fields: "tableReference" } };
  return (await unlessRefused(404, () => client.request(request))) !== undefined;
}

async function createTable(client: BigQueryClient, name: TableName, layout: Layout): Promise<void> {
  const { description, columns, cluster } = layout;
  const fields = Object.entries(columns).map(([column, type]) => ({ name: column, type }));
  const body = {
    tableReference: tableReference(name),
    description,
    schema: { fields },
    ...(cluster && { clustering: { fields: cluster } }),
  };
  const request = { method: "POST", path: `${datasetPath(name)}/tables`, body } as const;
  // 409: another pipeline was quicker, or our own answer was lost.
  await unlessRefused(409, () => client.context.effect("bigquery.state", () => client.send(request)));
}
