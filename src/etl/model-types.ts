/** The types of a pipeline's TypeScript models, as pipeline.yaml says them now. */
import type { Context } from "../util/context.ts";
import { throwProblems } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { withColumns } from "./data-test/find-columns.ts";
import { buildGraph } from "./transform/graph.ts";
import { readModelFiles } from "./transform/model-file.ts";
import { typesFile, type TypesFile } from "./transform/typescript/types-file.ts";
import { openWork } from "./work.ts";

/**
 * Undefined for a pipeline without TypeScript.
 * @throws {EtlError} `invalid`, where models cannot be loaded
 */
export async function modelTypes(pipeline: LoadedPipeline, context: Context): Promise<TypesFile | undefined> {
  const { files } = await readModelFiles(pipeline);
  if (files.every(({ language }) => language !== "typescript")) return undefined;
  const work = await openWork(context);
  try {
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    throwProblems(graph.problems, "cannot be read");
    const options = { pipeline, graph, work, context };
    return await withColumns(options, (columnsOf) => typesFile({ pipeline, graph, columnsOf }));
  } finally {
    await work.close();
  }
}
