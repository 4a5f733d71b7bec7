/** Where a query's rows go: an anonymous table of the asker's own, or the table that the job names. */
import { createHash, randomUUID } from "node:crypto";
import { ApiError } from "../api-error.ts";
import { addDataset, addTable, dropTable, findDataset, getTable, type Table } from "../catalog/catalog.ts";
import { dropPhysical } from "../catalog/physical.ts";
import { measure } from "../catalog/size.ts";
import type { TableName } from "../catalog/name.ts";
import type { Session } from "../database.ts";
import { demand } from "../grants.ts";
import type { Plan } from "../sql/plan.ts";
import type { State } from "../state.ts";
import { assign } from "../value/assign.ts";
import { duckType, quote } from "../value/type.ts";
import { typeOfField } from "../value/field.ts";
import type { Job } from "./job.ts";
import { place } from "./place.ts";

type Json = Record<string, any>;

interface Keep {
  state: State;
  job: Job;
  session: Session;
  result: NonNullable<Plan["result"]>;
}

export async function keepResult({ state, job, session, result }: Keep): Promise<void> {
  const { fields, sql } = result;
  const physical = state.catalog.nextPhysical();
  const columns = fields.map(
    (field, i) => `CAST(${assign(field, `q.c${i + 1}`)} AS ${duckType(typeOfField(field))}) AS ${quote(field.name)}`,
  );
  await session.run(`CREATE TABLE ${physical} AS SELECT ${columns.join(", ")} FROM (${sql}) AS q`);
  const options = job.configuration["query"] as Json;
  const given = options["destinationTable"] as Json | undefined;
  if (given && job.parent === undefined) {
    await keepInTable({ state, job, options, staged: physical, fields, given });
  } else {
    await demandSmall({ state, session, physical, fields });
    job.result = await addTable(state.catalog, {
      name: anonymousName(state, job),
      fields,
      physical,
      resource: expiring(),
    });
    options["destinationTable"] = referenceTo(job.result);
    await forgetOldest(state, job.result);
  }
}

interface Aside {
  state: State;
  session: Session;
  physical: string;
  fields: Keep["result"]["fields"];
}

/** https://cloud.google.com/bigquery/docs/writing-results#large-results */
async function demandSmall({ state, session, physical, fields }: Aside): Promise<void> {
  const { largestResult } = state.options;
  if (largestResult === undefined || (await measure(session, physical, fields)).bytes <= largestResult) return;
  await dropPhysical(state.catalog, physical);
  const message = "Response too large to return. Consider specifying a destination table in your job configuration.";
  throw new ApiError({ reason: "responseTooLarge", message });
}

/** BigQuery keeps results for a day; a soak test makes more than fit into memory. */
const kept = 1000;

async function forgetOldest(state: State, result: Table): Promise<void> {
  state.results.push(result);
  const oldest = state.results.length > kept ? state.results.shift() : undefined;
  if (oldest) await dropTable(state.catalog, oldest);
}

/** Results are kept for a day. */
const expiring = () => ({ expirationTime: String(Date.now() + 86_400_000) });

const referenceTo = ({ project, dataset, table }: TableName) => ({
  projectId: project,
  datasetId: dataset,
  tableId: table,
});

function anonymousName(state: State, { project, principal, location }: Job): TableName {
  const dataset = `_${createHash("sha1").update(`${principal}:${location}`).digest("hex")}`;
  if (!findDataset(state.catalog, project, dataset)) {
    addDataset(state.catalog, { project, id: dataset, location, resource: {}, isHidden: true });
  }
  return { project, dataset, table: `anon${randomUUID().replaceAll("-", "")}` };
}

interface Given {
  state: State;
  job: Job;
  options: Json;
  staged: string;
  fields: Parameters<typeof place>[0]["fields"];
  given: Json;
}

async function keepInTable({ state, job, options, staged, fields, given }: Given): Promise<void> {
  const name: TableName = { project: given["projectId"], dataset: given["datasetId"], table: given["tableId"] };
  demand(state, { principal: job.principal, permission: "bigquery.tables.updateData", on: name });
  try {
    await place({ state, job, name, options, staged, fields, standard: "WRITE_EMPTY" });
  } finally {
    await dropPhysical(state.catalog, staged);
  }
  job.result = getTable(state.catalog, name);
}
