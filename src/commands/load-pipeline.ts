/**
 * Loads a pipeline for a command. Secrets of it that stand in the environment are masked from then on, whatever the
 * command does; who must not have our Google token is refused before anything is asked.
 */
import { maskDeclared } from "../secrets/mask-declared.ts";
import { googleEndpointProblems } from "../spec/google-endpoint-problems.ts";
import { findPipeline, type FindOptions } from "../spec/find.ts";
import { loadPipeline as load, type LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { throwProblems } from "../util/error.ts";

export interface LoadPipeline {
  /** Absolute path of pipeline.yaml. */
  file: string;
  /** `local` by default. */
  target?: string | undefined;
}

/** Where a command works where nobody says it: in a pod in its cluster, elsewhere here. */
export function targetOf({ target }: { target?: string | undefined }, { env }: Pick<Context, "env">): string {
  return target ?? env["NAIS_CLUSTER_NAME"] ?? localTarget;
}

/** The pipeline that a command is about, on its target. @throws {EtlError} as {@link loadPipeline} */
export async function loadOnTarget(
  options: FindOptions & { target?: string | undefined },
  context: Context,
): Promise<LoadedPipeline> {
  return loadPipeline({ file: await findPipeline(options, context), target: targetOf(options, context) }, context);
}

/** @throws {EtlError} `invalid`, with every problem of the file and of each of its targets. */
export async function loadPipeline({ file, target }: LoadPipeline, context: Context): Promise<LoadedPipeline> {
  const pipeline = await load({ file, cwd: context.cwd, ...(target !== undefined && { target }) });
  maskDeclared(pipeline, context);
  throwProblems(googleEndpointProblems(pipeline, context.env));
  return pipeline;
}
