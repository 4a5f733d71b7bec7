/** Variables that workflows give the platform's own deploy action: a step that used it deploys the same here. */
import type { Context } from "../util/context.ts";
import type { ManifestOptions } from "./deploy-manifests.ts";

interface Given extends ManifestOptions {
  team?: string | undefined;
}

/**
 * They count where RESOURCE names files and no option does: then `--resource` and what belongs to it follow from them.
 * Source: https://docs.nais.io/build/reference/build-deploy
 */
export function withEnvironment<T extends Given>(options: T, { env }: Pick<Context, "env">): T {
  const { RESOURCE, CLUSTER, VAR, VARS, TEAM, WORKLOAD_IMAGE } = env;
  if (options.resource?.length || !RESOURCE) return options;
  return {
    ...options,
    resource: listOf(RESOURCE),
    target: options.target ?? (CLUSTER || undefined),
    var: options.var ?? listOf(VAR ?? ""),
    varsFile: options.varsFile ?? (VARS || undefined),
    team: options.team ?? (TEAM || undefined),
    image: options.image ?? (WORKLOAD_IMAGE || undefined),
  };
}

/** On commas, before anything else is looked at. */
function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
