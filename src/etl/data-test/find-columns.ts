/** The columns that sources and models have, as far as they can be known without a run: from declarations, samples, and queries bound to both. */
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import type { Graph } from "../transform/graph.ts";
import type { Work } from "../work.ts";
import { createBinder, type BindModels } from "./bind-models.ts";
import { columnsOfSample } from "./read-file.ts";
import { createColumnsOf, type ColumnsOf } from "./relation-types.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";
import { bindNothing } from "./test-values.ts";

export interface FindColumns {
  pipeline: LoadedPipeline;
  graph: Graph;
  work: Work;
  /** A connection that can be used for it. */
  sandbox: Sandbox;
  context: Context;
}

export function findColumns({ pipeline, graph, work, sandbox, context }: FindColumns): {
  bindModels: BindModels;
  columnsOf: ColumnsOf;
} {
  const bindModels = createBinder({ sandbox, pipeline, context });
  const readColumns = (name: string, source: Source) => columnsOfSample(name, source, { pipeline, work, context });
  const bind = bindNothing(pipeline, work.db.dialect);
  return { bindModels, columnsOf: createColumnsOf({ pipeline, graph, bindModels, bind, readColumns }) };
}

/** The same, on a connection of its own. */
export async function withColumns<T>(
  options: Omit<FindColumns, "sandbox">,
  act: (columnsOf: ColumnsOf) => Promise<T>,
): Promise<T> {
  const db = await options.work.db.another();
  try {
    return await act(findColumns({ ...options, sandbox: createSandbox(db) }).columnsOf);
  } finally {
    db.close();
  }
}
