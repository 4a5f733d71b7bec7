/** What the steps of sampling share. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import type { Reading } from "../connectors/bigquery/plan.ts";
import type { RunValues } from "../values.ts";
import type { Work } from "../work.ts";

export interface SampleOptions {
  pipeline: LoadedPipeline;
  /** Names of sources; all of BigQuery where empty. */
  sources: string[];
  /** Rows of each, at most. */
  rows: number;
  key: string | undefined;
  interval: string | undefined;
  params: Record<string, string>;
  force: boolean;
}

export interface Sampling extends SampleOptions {
  context: Context;
  values: RunValues;
  work: Work;
  reading: Reading;
  /** Of the jobs that read. */
  purpose: { pipeline: string; runId: string; execution: string; generation: number };
}
