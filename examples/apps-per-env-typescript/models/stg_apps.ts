import type { Apps, StgApps } from "./types.d.ts";

/** An app in production is one whose cluster's name begins with prod: `nonprod-gcp` merely contains the word. */
export function row(app: Apps): StgApps {
  const { cluster } = app;
  if (cluster === null) return { ...app, env: null, datacenter: null };
  return {
    ...app,
    env: cluster.startsWith("prod-") ? "prod" : "dev",
    datacenter: cluster.endsWith("-gcp") ? "gcp" : "on_prem",
  };
}
