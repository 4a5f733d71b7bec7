/** What the steps of sampling share. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import type { RunIdentity } from "../identity.ts";
import type { RunValues } from "../values.ts";
import type { Work } from "../work.ts";

export interface SampleOptions {
  pipeline: LoadedPipeline;
  /** Names of sources; all that samples can be made of, where empty. */
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
  identity: RunIdentity;
}
