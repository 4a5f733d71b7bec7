/** The pipelines that a command is for: one, or all of a repository. */
import { basename, dirname, join, resolve } from "node:path";
import { findPipeline, findPipelines, pipelineFile, type FindOptions } from "../spec/find.ts";
import type { Context } from "../util/context.ts";

export interface FoundPipeline {
  /** Absolute path of pipeline.yaml. */
  file: string;
  /** The repository's folder. */
  root: string;
  /** Which one it is, where the repository holds several. */
  selected?: string;
}

/** The pipeline that is named, or every one in the folder. Where there is none, the place where one should be. */
export async function choosePipelines({ dir, pipeline }: FindOptions, context: Context): Promise<FoundPipeline[]> {
  const folder = resolve(context.cwd, dir ?? ".");
  const files = pipeline === undefined ? await findPipelines(folder) : [await findPipeline({ dir, pipeline }, context)];
  return (files.length > 0 ? files : [join(folder, pipelineFile)]).map(foundAt);
}

/** A pipeline of several stands in `pipelines/NAME/`, below the repository's folder. */
export function foundAt(file: string): FoundPipeline {
  const folder = dirname(file);
  const above = dirname(folder);
  if (basename(above) !== "pipelines") return { file, root: folder };
  return { file, root: dirname(above), selected: basename(folder) };
}
