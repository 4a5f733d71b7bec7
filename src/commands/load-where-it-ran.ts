/** Loads a pipeline for a command that looks back at its runs. */
import { placesOf } from "../etl/places.ts";
import type { FindOptions } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { loadOnTarget } from "./load-pipeline.ts";

/**
 * Where nothing has run on this machine, a cluster is meant.
 * @throws {EtlError} as {@link loadOnTarget}, and `usage` where it is to be said which
 */
export async function loadWhereItRan(
  options: FindOptions & { target?: string | undefined },
  context: Context,
): Promise<LoadedPipeline> {
  const pipeline = await loadOnTarget(options, context);
  const clusters = pipeline.targets.filter((name) => name !== localTarget);
  if (options.target !== undefined || pipeline.target !== localTarget || clusters.length === 0) return pipeline;
  const { store, runs } = placesOf(pipeline, context.env);
  if ((await exists(store)) || (await exists(runs))) return pipeline;
  throw new EtlError({
    code: "usage",
    message: `${pipeline.spec.name} has never run on this machine, and it is not said in which cluster to look`,
    hint: `Give --target: ${clusters.join(", ")}. This machine is meant? Say --target ${localTarget}.`,
  });
}
