/** Small questions to BigQuery: a query that changes nothing, and all its rows in one answer. */
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { refusalOfJob, type ErrorProto } from "../../connectors/bigquery/refusal.ts";

interface Answer {
  jobComplete: boolean;
  jobReference: { projectId: string; jobId: string; location?: string };
  schema?: { fields: { name: string }[] };
  rows?: { f: { v: string | null }[] }[];
  errors?: ErrorProto[];
}

interface Ask {
  client: BigQueryClient;
  location: string;
  sql: string;
}

/** Milliseconds that the server may keep us waiting for an answer. */
const timeoutMs = 10_000;

/**
 * @returns rows by column; every value is a text, or null
 * @throws {Refusal}
 */
export async function ask({ client, location, sql }: Ask): Promise<Record<string, string | null>[]> {
  const { project, labels, context } = client;
  // Who has been told to stop may still ask what there is to tidy up.
  const evenIfStopped = context.signal.aborted;
  const path = `projects/${encodeURIComponent(project)}/queries`;
  const body = { query: sql, useLegacySql: false, location, labels, timeoutMs };
  let answer = await client.request<Answer>({ method: "POST", path, body, evenIfStopped });
  while (!answer.jobComplete) {
    const { jobId } = answer.jobReference;
    const query = { location, timeoutMs };
    answer = await client.request<Answer>({ path: `${path}/${encodeURIComponent(jobId)}`, query, evenIfStopped });
  }
  const [error] = answer.errors ?? [];
  if (error && !answer.schema) throw refusalOfJob(error);
  const names = answer.schema?.fields.map(({ name }) => name) ?? [];
  return (answer.rows ?? []).map(({ f }) => Object.fromEntries(names.map((name, i) => [name, f[i]!.v])));
}
