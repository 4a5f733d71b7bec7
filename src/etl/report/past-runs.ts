/** The runs of a pipeline that are known: from records on disk, or from its dataset in BigQuery. Nothing is changed. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import { livesInBigQuery } from "../find-home.ts";
import { onlooker } from "../onlooker.ts";
import { placesOf } from "../places.ts";
import { readPastRuns } from "../publish/bigquery/past-runs.ts";
import type { RunRecord } from "../record/run-record.ts";
import { readableRecord, readRecords, type KeptRun } from "./history.ts";

/** The newest that are read. */
const mostRuns = 200;

/** Oldest first. */
export async function findRuns(pipeline: LoadedPipeline, context: Context, most = mostRuns): Promise<KeptRun[]> {
  if (livesInBigQuery(pipeline)) return runsInBigQuery(pipeline, context, most);
  const { runs: folder } = placesOf(pipeline, context.env);
  return readRecords({ folder, pipeline: pipeline.spec.name, target: pipeline.target });
}

async function runsInBigQuery(pipeline: LoadedPipeline, context: Context, most: number): Promise<KeptRun[]> {
  const rows = await readPastRuns(onlooker(pipeline, context), most);
  return rows.toReversed().map(({ status, record }) => ({
    record: readableRecord(JSON.parse(record) as RunRecord),
    status: status as KeptRun["status"],
  }));
}
