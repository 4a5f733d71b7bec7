/** Destination tables: made where they are missing, and given the columns, descriptions and settings that the file says. */
import { EtlError, type Where } from "../../../util/error.ts";
import { shortHash } from "../../../util/short-hash.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { queryConfiguration, runJob } from "../../connectors/bigquery/job.ts";
import { Refusal } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, formatTableName, tablePath, type TableName } from "../../connectors/bigquery/table-name.ts";
import { partOf } from "../quarantine.ts";
import type { NewTable } from "../store.ts";
import { partitionWarning } from "./partition-warning.ts";
import { changeOf, newTable, type TableChange } from "./table-change.ts";
import type { TableResource } from "./table-resource.ts";

export interface FitTable {
  client: BigQueryClient;
  name: TableName;
  location: string;
  table: NewTable;
  allowed: boolean;
  /** Where pipeline.yaml says it. */
  where: Where;
}

/** So often somebody else may change the table while we do. */
const mostTries = 5;

/**
 * Warns of partitions that nobody can change.
 * @returns whether the table is there
 * @throws {EtlError} where its rows could not be published to the table as it stands; nothing is changed
 */
export async function checkFit({ client, name, table, allowed, where }: FitTable): Promise<boolean> {
  const existing = await getTable(client, name);
  if (!existing) {
    newTable(name, table);
    return false;
  }
  changeOf(name, { existing, table, allowed });
  const warning = partitionWarning(name, { existing, spec: table.spec, where });
  if (warning) client.context.log.problem(warning);
  return true;
}

/** @throws {EtlError} as {@link checkFit}, {Refusal} */
export async function fitTable(fit: FitTable, nameJob: (step: string) => string): Promise<void> {
  const { client, name, table, allowed } = fit;
  for (let tries = 0; tries < mostTries; tries++) {
    const existing = await getTable(client, name);
    const change = existing && changeOf(name, { existing, table, allowed });
    if (change && change.alter.length === 0 && !change.patch) return;
    await apply(fit, { existing, change, nameJob }).catch((error: unknown) => {
      // Made (409) or changed (412) meanwhile: by somebody else, or by ourselves, when the answer was lost.
      if (!(error instanceof Refusal && [409, 412].includes(error.status))) throw error;
    });
  }
  throw new EtlError({
    code: "failed",
    part: partOf(table.output),
    message: `${formatTableName(name)} is changed by somebody else again and again`,
    hint: "Does another program set its columns, its description or its labels to something else?",
  });
}

interface Apply {
  existing: TableResource | undefined;
  change: TableChange | undefined;
  /** The id of the job that does a step of this publish. */
  nameJob: (step: string) => string;
}

async function apply(fit: FitTable, { existing, change, nameJob }: Apply): Promise<void> {
  if (!existing || !change) await create(fit);
  else if (change.alter.length > 0) await alter(fit, change.alter, nameJob);
  else await patch(fit, existing, change.patch!);
}

export async function getTable(client: BigQueryClient, name: TableName): Promise<TableResource | undefined> {
  try {
    return await client.request<TableResource>({ path: tablePath(name) });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404 && !error.says(/dataset/i)) return undefined;
    throw error;
  }
}

async function create({ client, name, table }: FitTable): Promise<void> {
  const body = newTable(name, table);
  await client.context.effect("bigquery.create", () =>
    client.send({ method: "POST", path: `${datasetPath(name)}/tables`, body }),
  );
}

async function patch({ client, name }: FitTable, { etag }: TableResource, body: object): Promise<void> {
  const headers = { "if-match": etag };
  await client.context.effect("bigquery.fit", () =>
    client.send({ method: "PATCH", path: tablePath(name), headers, body }),
  );
}

async function alter(
  { client, location, table }: FitTable,
  statements: string[],
  nameJob: Apply["nameJob"],
): Promise<void> {
  const query = statements.join(";\n");
  await runJob(client, {
    id: nameJob(`alter_${table.output}_${shortHash(query)}`),
    effect: "bigquery.alter",
    location,
    configuration: { query: queryConfiguration(query) },
  });
}
