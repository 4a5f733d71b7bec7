/** GoogleSQL past jobs, grants, requests and faults: how tests fill tables and look into them. */
import { randomUUID } from "node:crypto";
import { invalidQuery } from "../api-error.ts";
import { sizeOf } from "../catalog/size.ts";
import { superuser } from "../grants.ts";
import { addJob, makeJobs, startJob } from "../job/job.ts";
import { prepareQuery, queryLocation } from "../job/query.ts";
import { readPage } from "../methods/page.ts";
import type { State } from "../state.ts";
import type { Row } from "../value/rest.ts";
import { typeOfField, type Field } from "../value/field.ts";
import type { SqlType } from "../value/type.ts";

/** @returns rows of the last query: objects of texts as the API has them, lists and objects for what is nested, null for NULL */
export async function runDirectly(state: State, text: string): Promise<Record<string, unknown>[]> {
  const { project } = state.options;
  const query = { query: text, useLegacySql: false };
  // Its jobs are kept in a list of their own, which nobody sees.
  const aside: State = { ...state, jobs: makeJobs() };
  const job = addJob(aside.jobs, {
    project,
    id: randomUUID(),
    principal: superuser,
    location: queryLocation(state, query, project),
    configuration: { query },
  });
  const work = await prepareQuery(aside, job);
  startJob(job, work);
  await job.done;
  if (job.error) throw invalidQuery(job.error.message);
  if (!job.result) return [];
  const { rows: total } = await sizeOf(state.catalog, job.result);
  const { rows } = await readPage(
    state,
    job.result,
    { start: 0, timestamps: "ISO8601_STRING", maxResults: 1_000_000 },
    total,
  );
  return rows.map((row) => plainRow(job.result!.fields, row));
}

const plainRow = (fields: Field[], { f }: Row) =>
  Object.fromEntries(fields.map((field, i) => [field.name, plain(typeOfField(field), f[i]!.v)]));

function plain(type: SqlType, value: unknown): unknown {
  if (value === null) return null;
  if (type.kind === "ARRAY") return (value as { v: unknown }[]).map(({ v }) => plain(type.element, v));
  if (type.kind !== "STRUCT") return value;
  const { f } = value as Row;
  return Object.fromEntries(type.fields.map(({ name, type: of }, i) => [name, plain(of, f[i]!.v)]));
}
