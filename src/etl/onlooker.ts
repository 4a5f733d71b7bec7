/** Who looks into a pipeline's home in BigQuery without running it. */
import { openSecrets } from "../secrets/secrets.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Context } from "../util/context.ts";
import { connectBigQuery } from "./connect-bigquery.ts";
import { identifyRun } from "./identity.ts";
import type { BigQueryHome } from "./publish/bigquery/home.ts";
import { resolveParams } from "./values.ts";

export type Onlooker = Omit<BigQueryHome, "work">;

/** @param given parameters of the command line: a dataset's name may hold one */
export function onlooker(pipeline: LoadedPipeline, context: Context, given: Record<string, string> = {}): Onlooker {
  const identity = identifyRun({ pipeline, label: undefined, context });
  const params = resolveParams({ pipeline, given, context });
  const values = { params, interval: identity.interval, secrets: openSecrets({ pipeline, context }) };
  return { pipeline, values, context, bigquery: connectBigQuery({ pipeline, values, identity, context }) };
}
