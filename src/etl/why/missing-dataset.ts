/** A dataset that is not there: no run can begin, and so none leaves a record that says so. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { livesInBigQuery } from "../find-home.ts";
import { onlooker } from "../onlooker.ts";
import { DatasetMissing } from "../publish/bigquery/dataset.ts";
import { findPlace } from "../publish/bigquery/home.ts";
import { outputTables, stateDataset } from "../state-dataset.ts";

export interface MissingDataset {
  project: string;
  dataset: string;
  /** Whether records and publishes lie in it. */
  isHome: boolean;
  /** Whether the pipeline's manifest makes it. */
  isManaged: boolean;
  /** What a run would throw. */
  error: DatasetMissing;
}

/** The first of them; undefined where all are there. */
export async function findMissingDataset(
  pipeline: LoadedPipeline,
  context: Context,
): Promise<MissingDataset | undefined> {
  if (!livesInBigQuery(pipeline)) return undefined;
  const looker = onlooker(pipeline, context);
  try {
    await findPlace(looker);
    return undefined;
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    // Of anything else that is wrong, runs have told, or who reads their records is.
    if (!(error instanceof DatasetMissing)) return undefined;
    const { project: own } = await looker.bigquery();
    const { project, dataset } = error.dataset;
    const isSame = (name: { project: string; dataset: string }) => name.project === project && name.dataset === dataset;
    const others = outputTables(looker, own).filter(([, table]) => isSame(table));
    const isForeign = others.some(([output]) => isUnmanaged(output, pipeline));
    return {
      project,
      dataset,
      isHome: isSame(stateDataset(looker, own)!),
      isManaged: project === own && !isForeign,
      error,
    };
  }
}

function isUnmanaged(name: string, { spec }: LoadedPipeline): boolean {
  const output = spec.outputs?.[name];
  return output?.type === "bigquery" && output.dataset?.managed === false;
}
