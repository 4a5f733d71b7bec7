/** How old the newest row of a source is, asked of BigQuery alone. */
import { randomUUID } from "node:crypto";
import { EtlError } from "../../../util/error.ts";
import type { BigQueryClient } from "./client.ts";
import { explainRefusal } from "./errors.ts";
import { quotePath, trimQuery } from "./googlesql.ts";
import { queryConfiguration, runJob } from "./job.ts";
import { queryParameters } from "./parameters.ts";
import type { ReadSource, TableResource } from "./plan.ts";
import { formatTableName, parseTableName, tablePath } from "./table-name.ts";

export interface NewestQuestion {
  source: ReadSource;
  column: string;
  /** GoogleSQL: the age of `newest`, in seconds. */
  age: string;
}

/** @returns a function that gives the age in seconds, undefined where there is no row; it asks anew only when the table changed */
export function askNewest(question: NewestQuestion, client: BigQueryClient): () => Promise<number | undefined> {
  let known: { modified: string; age: number | undefined } | undefined;
  return async () => {
    try {
      const modified = await modifiedTime(question.source, client);
      if (known && modified !== undefined && known.modified === modified) return known.age;
      const age = await runQuestion(question, client);
      known = modified === undefined ? undefined : { modified, age };
      return age;
    } catch (error) {
      const { name, where } = question.source;
      throw await explainRefusal(error, { action: "query", name, part: `source ${name}`, where: where() }, client);
    }
  };
}

/** Of a table; of what it computes, a view does not know when it changes. */
async function modifiedTime(source: ReadSource, client: BigQueryClient): Promise<string | undefined> {
  if (source.spec.table === undefined) return undefined;
  const { type, lastModifiedTime } = await client.request<TableResource>({ path: tablePath(tableOf(source, client)) });
  return type === "TABLE" ? lastModifiedTime : undefined;
}

function tableOf({ spec, where }: ReadSource, { project }: BigQueryClient) {
  return parseTableName(spec.table!, { project, where: () => where("table") });
}

async function runQuestion(
  { source, column, age }: NewestQuestion,
  client: BigQueryClient,
): Promise<number | undefined> {
  const { table, query, where } = source.spec;
  const from = table === undefined ? `(\n${trimQuery(query!)}\n)` : quotePath(formatTableName(tableOf(source, client)));
  const newest = `SELECT MAX(${quotePath(column)}) AS newest FROM ${from}${where === undefined ? "" : ` WHERE (${where}\n)`}`;
  const sql = `SELECT ${age} AS age FROM (${newest})`;
  const key = query === undefined ? "where" : "query";
  const parameters = queryParameters(sql, { values: source.values, where: () => source.where(key) });
  const { job } = await runJob(client, {
    id: `nais-etl_freshness_${source.name}_${randomUUID()}`,
    effect: "source.look",
    configuration: { query: queryConfiguration(sql, parameters) },
    location: source.spec.location,
    cancelWhenStopped: true,
  });
  const { projectId, jobId, location } = job.jobReference;
  const path = `projects/${encodeURIComponent(projectId)}/queries/${encodeURIComponent(jobId)}`;
  const { rows = [] } = await client.request<{ rows?: { f: { v: string | null }[] }[] }>({ path, query: { location } });
  const value = rows[0]?.f[0]?.v;
  if (value === undefined)
    throw new EtlError({
      code: "failed",
      part: `source ${source.name}`,
      message: "BigQuery gave no answer about its newest row",
    });
  return value === null ? undefined : Number(value);
}
