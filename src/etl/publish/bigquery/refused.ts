/** Why a store's work failed, in words that help. */
import { EtlError, type Where } from "../../../util/error.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { explainRefusal } from "../../connectors/bigquery/errors.ts";
import { Refusal } from "../../connectors/bigquery/refusal.ts";
import { partOf } from "../quarantine.ts";
import { appendedMark, fencedMark } from "./scripts.ts";

interface Subject {
  client: BigQueryClient;
  pipeline: string;
  /** The table, or the dataset of the state. */
  name: string;
  output?: string;
  where?: Where;
}

/** An error to show; what is none of BigQuery's is given back as it is. */
export async function explainStoreError(error: unknown, subject: Subject): Promise<unknown> {
  if (!(error instanceof Refusal)) return error;
  const { client, pipeline, name, output, where } = subject;
  if (error.says(new RegExp(fencedMark)))
    return new EtlError({
      code: "locked",
      part: "publish",
      message: `another run of ${pipeline} has begun meanwhile: this one publishes nothing`,
      hint: "This run was paused, or its lock had run out. What the other one publishes stands.",
      cause: error,
    });
  if (error.says(new RegExp(appendedMark)))
    return new EtlError({
      code: "failed",
      part: "publish",
      message: "this run id was appended meanwhile by another execution: nothing was appended twice",
      hint: "See _nais_etl_publishes. To append it again in place of what is there: --force.",
      cause: error,
    });
  // Their author is this program, not the pipeline's: what such a script refuses is a value, or our mistake.
  if (error.reason === "invalidQuery")
    return new EtlError({
      code: "failed",
      part: output === undefined ? "publish" : partOf(output),
      message: `cannot publish to ${name}: ${error.message}`,
      hint: "Nothing was published. The job stands in the project's query history, with all it says.",
      where,
      cause: error,
    });
  const part = output === undefined ? "publish" : partOf(output);
  return explainRefusal(error, { action: "publish", name, part, where }, client);
}
