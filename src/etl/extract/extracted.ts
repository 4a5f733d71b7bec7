/** What extracting is asked, and what it gives. */
import type { EtlError } from "../../util/error.ts";
import type { FileScan } from "../connectors/connector.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import type { Graph } from "../transform/graph.ts";

export interface Extract extends RunState {
  graph: Graph;
  needed: string[];
  /** Outputs of this run: one may publish a source as it is. */
  published: string[];
}

export interface ExtractedSource extends Table {
  /** Files outside the work folder that its rows are read from while models run. */
  files: string[];
  /** An error of the engine, if it comes from reading this source: with file and line. */
  explain(error: unknown): Promise<EtlError | undefined>;
  /** Nothing made of this source may be published before: see {@link FileScan.verified}. */
  verified: FileScan["verified"];
  /** Ends what still reads the source's files. */
  stop: () => void;
}

/** What may have gone wrong with one of them, by the error of whoever read it. */
export function explainBySource(sources: ExtractedSource[]): (error: unknown) => Promise<EtlError | undefined> {
  return async (error) => {
    for (const source of sources) {
      const explained = await source.explain(error);
      if (explained) return explained;
    }
    return undefined;
  };
}

/** Whether an output of this run publishes the source as it is: its rows then have to lie in a file. */
export function isPublishedAsIs(name: string, { published, pipeline }: Extract): boolean {
  return published.some((output) => (pipeline.spec.outputs![output]!.model ?? output) === name);
}
