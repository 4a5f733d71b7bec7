import type { Context } from "./context.ts";

/** Every container of Kubernetes has the second. Source: https://kubernetes.io/docs/concepts/containers/container-environment */
export function isPod(env: Context["env"]): boolean {
  return env["NAIS_CLUSTER_NAME"] !== undefined || env["KUBERNETES_SERVICE_HOST"] !== undefined;
}
