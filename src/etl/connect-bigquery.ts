/** The one client of BigQuery that a run has, made when something first asks for it. */
import type { Context } from "../util/context.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { BigQueryClient } from "./connectors/bigquery/client.ts";
import type { RunIdentity } from "./identity.ts";
import { resolveReferences, type RunValues } from "./values.ts";

interface Connect {
  pipeline: LoadedPipeline;
  values: RunValues;
  identity: RunIdentity;
  context: Context;
}

export function connectBigQuery({ pipeline, values, identity, context }: Connect): () => Promise<BigQueryClient> {
  let client: Promise<BigQueryClient> | undefined;
  const open = async () => {
    const { openBigQuery } = await import("./connectors/bigquery/client.ts");
    const settings = resolveReferences(pipeline.spec.bigquery ?? {}, { values, pipeline, context, path: ["bigquery"] });
    const labels = { pipeline: pipeline.spec.name, run: identity.id };
    return openBigQuery({ settings, context, labels, where: (key) => pipeline.where(["bigquery", key]) });
  };
  return () => (client ??= open());
}
