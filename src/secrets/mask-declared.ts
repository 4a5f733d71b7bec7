/** Secrets that stand in the environment, for commands that read none. */
import type { LoadedPipeline } from "../spec/load.ts";
import type { Context } from "../util/context.ts";
import { variableOf } from "./here.ts";
import { maskSecret } from "./mask-secret.ts";

/** What stands in the environment already is masked at once, whether it is needed or not. */
export function maskDeclared(pipeline: LoadedPipeline, context: Context): void {
  const { env, log } = context;
  for (const [name, secret] of Object.entries(pipeline.spec.secrets ?? {}))
    for (const variable of new Set([name, variableOf({ name, secret })]))
      if (env[variable]) maskSecret(env[variable], log);
}
