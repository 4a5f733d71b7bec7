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
import { EtlError, throwProblems } from "../util/error.ts";
import { nearest } from "../util/suggest.ts";

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
  refuseMistyped(pipeline, context);
  maskDeclared(pipeline, context);
  throwProblems(googleEndpointProblems(pipeline, context.env));
  return pipeline;
}

/**
 * A cluster needs no entry in `targets:`, so that any name may be one: but hardly `prod` beside `prod-gcp`.
 * Names of clusters that exist differ by more: `prod-fss`, `dev-gcp`.
 */
function refuseMistyped({ target, targets }: LoadedPipeline, { env }: Context): void {
  const isSure = ["", localTarget, env["NAIS_CLUSTER_NAME"], ...targets].includes(target);
  const meant = isSure
    ? undefined
    : (targets.find((name) => name.startsWith(`${target}-`)) ?? nearest(target, targets, 2));
  if (meant === undefined) return;
  throw new EtlError({
    code: "usage",
    message: `there is no target \`${target}\``,
    hint: `Did you mean \`${meant}\`? If it is a cluster of its own, say so in pipeline.yaml: \`targets: { ${target}: {} }\`.`,
  });
}
