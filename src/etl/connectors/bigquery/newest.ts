/** How old the newest row of a source is, asked of BigQuery alone. */
import { randomUUID } from "node:crypto";
import { EtlError } from "../../../util/error.ts";
import type { BigQueryClient } from "./client.ts";
import { explainRefusal } from "./errors.ts";
import { quotePath, trimQuery } from "./googlesql.ts";
import { queryConfiguration, runJob } from "./job.ts";
import { dryRun, type ReadSource, type TableResource } from "./plan.ts";
import { formatTableName, parseTableName, tablePath } from "./table-name.ts";

export interface NewestQuestion {
  source: ReadSource;
  column: string;
  /** GoogleSQL: the age of `newest`, in seconds. */
  age: string;
}

/** @returns a function that gives the age in seconds, undefined where there is no row; it asks anew only when the table changed */
export function askNewest(question: NewestQuestion, client: BigQueryClient): () => Promise<number | undefined> {
  const { name, spec, where } = question.source;
  let known: { modified: string; age: number | undefined } | undefined;
  let planned: Planned | undefined;
  return async () => {
    try {
      const table = spec.table === undefined ? undefined : await lookAtTable(question.source, client);
      const modified = table?.type === "TABLE" ? table.lastModifiedTime : undefined;
      if (known && modified !== undefined && known.modified === modified) return known.age;
      planned ??= await planQuestion(question, table?.location, client);
      const age = await runQuestion(question.source, planned, client);
      known = modified === undefined ? undefined : { modified, age };
      return age;
    } catch (error) {
      const attempted = { action: "query" as const, name, part: `source ${name}`, where: where() };
      throw await explainRefusal(error, { ...attempted, isAnalysed: planned !== undefined }, client);
    }
  };
}

/** Of what it computes, a view does not know when it changes. */
function lookAtTable(source: ReadSource, client: BigQueryClient): Promise<TableResource> {
  return client.request<TableResource>({ path: tablePath(tableOf(source, client)) });
}

function tableOf({ spec, where }: ReadSource, { project }: BigQueryClient) {
  return parseTableName(spec.table!, { project, where: () => where("table") });
}

/** Found right, and placed: outside US and EU, a job is found again only by who says where it runs. */
function planQuestion(
  { source, column, age }: NewestQuestion,
  location: string | undefined,
  client: BigQueryClient,
): Promise<Planned> {
  const { table, query, where, location: written } = source.spec;
  const from = table === undefined ? `(\n${trimQuery(query!)}\n)` : quotePath(formatTableName(tableOf(source, client)));
  const newest = `SELECT MAX(${quotePath(column)}) AS newest FROM ${from}${where === undefined ? "" : ` WHERE (${where}\n)`}`;
  const sql = `SELECT ${age} AS age FROM (${newest})`;
  return dryRun({ sql, source, client, location: location ?? written ?? client.location });
}

type Planned = Pick<Awaited<ReturnType<typeof dryRun>>, "route" | "location">;

async function runQuestion(
  { name }: ReadSource,
  { route: { sql, parameters }, location }: Planned,
  client: BigQueryClient,
): Promise<number | undefined> {
  const { job } = await runJob(client, {
    id: `nais-etl_freshness_${name}_${randomUUID()}`,
    effect: "source.look",
    configuration: { query: queryConfiguration(sql, parameters) },
    location,
    cancelWhenStopped: true,
  });
  const { projectId, jobId, location: ran } = job.jobReference;
  const path = `projects/${encodeURIComponent(projectId)}/queries/${encodeURIComponent(jobId)}`;
  const answer = await client.request<{ rows?: { f: { v: string | null }[] }[] }>({ path, query: { location: ran } });
  const value = answer.rows?.[0]?.f[0]?.v;
  if (value === undefined)
    throw new EtlError({
      code: "failed",
      part: `source ${name}`,
      message: "BigQuery gave no answer about its newest row",
    });
  return value === null ? undefined : Number(value);
}
