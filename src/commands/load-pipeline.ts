/** Loads a pipeline for a command. Secrets of it that stand in the environment are masked from then on, whatever the command does. */
import { maskDeclared } from "../secrets/mask-declared.ts";
import { loadPipeline as load, type LoadedPipeline } from "../spec/load.ts";
import type { Context } from "../util/context.ts";

export interface LoadPipeline {
  /** Absolute path of pipeline.yaml. */
  file: string;
  /** `local` by default. */
  target?: string | undefined;
}

/** @throws {EtlError} `invalid`, with every problem of the file and of each of its targets. */
export async function loadPipeline({ file, target }: LoadPipeline, context: Context): Promise<LoadedPipeline> {
  const pipeline = await load({ file, cwd: context.cwd, ...(target !== undefined && { target }) });
  maskDeclared(pipeline, context);
  return pipeline;
}
