/** The pipelines that a command is for: one, or all of a repository. */
import { join, resolve } from "node:path";
import {
  findPipeline,
  findPipelines,
  foundAt,
  pipelineFile,
  type FindOptions,
  type FoundPipeline,
} from "../spec/find.ts";
import type { Context } from "../util/context.ts";

/** The pipeline that is named, or every one in the folder. Where there is none, the place where one should be. */
export async function choosePipelines({ dir, pipeline }: FindOptions, context: Context): Promise<FoundPipeline[]> {
  const folder = resolve(context.cwd, dir ?? ".");
  const files = pipeline === undefined ? await findPipelines(folder) : [await findPipeline({ dir, pipeline }, context)];
  return (files.length > 0 ? files : [join(folder, pipelineFile)]).map(foundAt);
}
