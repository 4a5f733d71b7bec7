/** What the parts of the store share: who asks, through what, and where everything lies. */
import type { Where } from "../../../util/error.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { jobName } from "../../connectors/bigquery/job.ts";
import type { TableName } from "../../connectors/bigquery/table-name.ts";
import type { Work } from "../../work.ts";
import type { PublishId } from "../store.ts";
import type { Dataset } from "./dataset.ts";
import type { StateTables } from "./state-tables.ts";

export interface Destination {
  name: TableName;
  dataset: Dataset;
  /** Where pipeline.yaml says it. */
  where: Where;
}

export interface Place {
  client: BigQueryClient;
  pipeline: string;
  /** The pipeline's folder: paths of files are kept relative to it. */
  folder: string;
  /** Tells this process from all others. */
  session: string;
  /** The dataset of the state. */
  home: Dataset;
  tables: StateTables;
  /** By output. */
  destinations: ReadonlyMap<string, Destination>;
  work: Work;
}

/** The id of the job that does a step of a publish. The same pipeline in another dataset is another one. */
export function nameJob({ pipeline, home: { project, dataset } }: Place, id: PublishId, step: string): string {
  return jobName({ ...id, pipeline: `${pipeline}_${project}_${dataset}`, step });
}
