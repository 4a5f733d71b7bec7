/** Datasets: where they lie, and waiting for one that is about to be made. */
import { EtlError, type Where } from "../../../util/error.ts";
import { sleep } from "../../../util/retry.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { explainRefusal } from "../../connectors/bigquery/errors.ts";
import { Refusal } from "../../connectors/bigquery/refusal.ts";
import { datasetPath } from "../../connectors/bigquery/table-name.ts";
import type { DatasetName } from "../../state-dataset.ts";

export interface Dataset extends DatasetName {
  /** Jobs that touch its tables run here. */
  location: string;
}

/** It is not there, or not any more. */
export class DatasetMissing extends EtlError {
  readonly dataset: DatasetName;
  constructor({ code, message, hint, where, cause }: EtlError, dataset: DatasetName) {
    super({ code, message, hint, where, cause });
    this.dataset = dataset;
  }
}

interface FindDataset {
  client: BigQueryClient;
  name: DatasetName;
  /** Milliseconds to wait for one that is not there. */
  patience: number;
  /** Where pipeline.yaml names it. */
  where: Where;
}

const firstPause = 1000;
const longestPause = 15_000;

/** @throws {DatasetMissing} when it is still not there; {EtlError} `failed` where it may not be seen */
export async function findDataset({ client, name, patience, where }: FindDataset): Promise<Dataset> {
  const { signal, log } = client.context;
  const shown = `${name.project}.${name.dataset}`;
  let waited = 0;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      const { location } = await client.request<{ location: string }>({ path: datasetPath(name) });
      return { ...name, location };
    } catch (error) {
      const isMissing = error instanceof Refusal && error.status === 404;
      if (!isMissing || waited + pause > patience) {
        const told = await explainRefusal(error, { action: "publish", name: shown, part: "bigquery", where }, client);
        throw isMissing && told instanceof EtlError ? new DatasetMissing(told, name) : told;
      }
    }
    if (waited === 0)
      log.info(`  waiting up to ${patience / 60_000} min for the dataset ${shown}: it is not provisioned yet`);
    await sleep(pause, signal);
    waited += pause;
  }
}
