/**
 * Loads a pipeline for a command. Secrets of it that stand in the environment are masked from then on, whatever the
 * command does; who must not have our Google token is refused before anything is asked.
 */
import { maskDeclared } from "../secrets/mask-declared.ts";
import { googleEndpointProblems } from "../spec/google-endpoint-problems.ts";
import { loadPipeline as load, type LoadedPipeline } from "../spec/load.ts";
import type { Context } from "../util/context.ts";
import { throwProblems } from "../util/error.ts";

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
  throwProblems(googleEndpointProblems(pipeline, context.env));
  return pipeline;
}
