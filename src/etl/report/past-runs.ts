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

/** The newest of this id or execution; by default the newest of all. */
export function pickRun<Run extends KeptRun>(runs: Run[], asked: string | undefined): Run | undefined {
  return runs.findLast(({ record }) => asked === undefined || [record.run_id, record.execution].includes(asked));
}

const namedRuns = 10;

/** `The last: 2022-01-21, 2022-01-20.`, where the one asked for is not among them. @param ids oldest first */
export function nameLast(ids: string[]): string {
  return `The last: ${[...new Set(ids)].slice(-namedRuns).toReversed().join(", ")}.`;
}
