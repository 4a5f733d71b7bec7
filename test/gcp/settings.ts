/** Which project the tests of Google's own BigQuery may use: environment variables, and nothing else. */
import { fileURLToPath } from "node:url";

export interface Settings {
  project: string;
  location: string;
  /** Datasets are named with this in front, and something random behind. */
  prefix: string;
  /** `projects/P/secrets/NAME`, where Secret Manager is to be tried too. */
  secret: string | undefined;
  /** Another server in Google's place, and with it no credentials: how this is tried itself. */
  endpoints: { api: string; storage: string; secrets: string | undefined } | undefined;
  /** Where `test/facts/google.json` and `docs/conformance.md` are written. */
  root: string;
}

/** Undefined where nobody names a project. */
export function readSettings(env: NodeJS.ProcessEnv): Settings | undefined {
  const project = env["NAIS_ETL_GCP_PROJECT"];
  if (!project) return undefined;
  const [api, storage] = [env["NAIS_ETL_GCP_API"], env["NAIS_ETL_GCP_STORAGE"]];
  return {
    project,
    location: env["NAIS_ETL_GCP_LOCATION"] ?? "europe-north1",
    prefix: env["NAIS_ETL_GCP_PREFIX"] ?? "nais_etl_test",
    secret: env["NAIS_ETL_GCP_SECRET"],
    endpoints: api && storage ? { api, storage, secrets: env["NAIS_ETL_GCP_SECRETS"] } : undefined,
    root: env["NAIS_ETL_GCP_ROOT"] ?? fileURLToPath(new URL("../..", import.meta.url)),
  };
}
