/** All intervals that readers lack: those that runs have begun, and those that none has. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { PastPublish } from "../publish/past-publish.ts";
import type { KeptRun } from "../report/history.ts";
import { gapsOf } from "./gaps.ts";
import type { ReadersSee } from "./readers.ts";

interface Known {
  pipeline: LoadedPipeline;
  runs: KeptRun[];
  publishes: PastPublish[];
  readers: Pick<ReadersSee, "missing">[];
}

/** Their labels, oldest first. */
export function missingIntervals({ pipeline, runs, publishes, readers }: Known): string[] {
  const begun = gapsOf(pipeline, runs, publishes);
  return [...new Set([...begun, ...readers.flatMap(({ missing = [] }) => missing)])].toSorted();
}
