/** What the sources may be read with, found out as a run finds it out, without reading a row. */
import { formatBytes } from "../../util/bytes.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { explainRefusal } from "../connectors/bigquery/errors.ts";
import { heldPermissions } from "../connectors/bigquery/permissions.ts";
import { planRead, type ReadPlan, type ReadSource } from "../connectors/bigquery/plan.ts";
import { Refusal } from "../connectors/bigquery/refusal.ts";
import type { TableName } from "../connectors/bigquery/table-name.ts";
import type { StorageReader } from "../connectors/bigquery/storage.ts";
import { lazyStorage } from "../extract/bigquery.ts";
import { boundValues } from "../extract/bound-values.ts";
import { resolveReferences, type RunValues } from "../values.ts";
import { bad, good, look, note, type Finding } from "./finding.ts";

export interface Patient {
  pipeline: LoadedPipeline;
  values: RunValues;
  context: Context;
}

/** Of type bigquery. */
export async function lookAtSources(patient: Patient, client: BigQueryClient): Promise<Finding[]> {
  const storage = lazyStorage(client);
  try {
    const names = Object.entries(patient.pipeline.spec.sources ?? {}).flatMap(([name, { type }]) =>
      type === "bigquery" ? [name] : [],
    );
    const looks = names.map((name) =>
      look(`source ${name}`, () => lookAtSource(sourceOf(name, patient), { client, storage: storage.open })),
    );
    return (await Promise.all(looks)).flat();
  } finally {
    await storage.close();
  }
}

function sourceOf(name: string, { pipeline, values, context }: Patient): ReadSource {
  const path = ["sources", name];
  const spec = resolveReferences(pipeline.spec.sources![name]!, { values, pipeline, context, path });
  if (spec.type !== "bigquery") throw new TypeError(`${name} is no source of BigQuery`);
  const where = (...inner: string[]) => pipeline.where([...path, ...inner]);
  return { name, spec, columns: spec.columns, values: boundValues(values), limit: undefined, since: undefined, where };
}

interface Reading {
  client: BigQueryClient;
  storage: () => Promise<StorageReader | undefined>;
}

async function lookAtSource(source: ReadSource, reading: Reading): Promise<Finding[]> {
  const plan = await planRead(source, reading);
  const name = `source ${source.name}`;
  const where = plan.location === undefined ? "" : ` in ${plan.location}`;
  const found = good(name, `${plan.shown}${where}: ${ways[plan.route.kind]}${costOf(plan)}`);
  if (plan.route.kind !== "pages") return [found];
  const { table } = plan.route;
  const denied = await deniedData(source, table, reading.client);
  return denied ? [denied] : [found, ...(await sessionNote(name, table, reading))];
}

const ways = {
  session: "may be read over the Storage Read API",
  pages: "may be read",
  query: "may be queried",
};

function costOf({ billed }: ReadPlan): string {
  return billed > 0 ? `, about ${formatBytes(billed)} at a time` : "";
}

/** What tells of the table alone, says nothing of its rows. */
async function deniedData(source: ReadSource, table: TableName, client: BigQueryClient): Promise<Finding | undefined> {
  const permission = "bigquery.tables.getData";
  const held = await heldPermissions(client, table, [permission]).catch(() => [permission]);
  if (held.includes(permission)) return undefined;
  const shown = `${table.project}:${table.dataset}.${table.table}`;
  const message = `Access Denied: Table ${shown}: Permission ${permission} denied on table ${shown}`;
  const error = new Refusal({ status: 403, reason: "accessDenied", message });
  const attempted = {
    action: "read" as const,
    name: `${table.project}.${table.dataset}.${table.table}`,
    part: "doctor",
  };
  const { message: text, hint } = (await explainRefusal(error, attempted, client)) as Error & { hint?: string };
  return bad(`source ${source.name}`, text.replace(/^\[doctor\] /, ""), hint);
}

/** A session reads nothing until it is asked for rows. */
async function sessionNote(name: string, table: TableName, { client, storage }: Reading): Promise<Finding[]> {
  const reader = await storage();
  const refusal = await reader?.openSession({ table, fields: undefined, restriction: undefined }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(refusal instanceof Refusal) || refusal.status !== 403) return [];
  const who = (await client.account.email()) ?? "this account";
  return [
    note(
      name,
      "may not be read over the Storage Read API, so many rows come in pages, which is slower",
      `Ask for roles/bigquery.readSessionUser on project ${client.project}, for ${who}. On nais it goes under gcp.permissions, as \`nais-etl render\` prints it.`,
    ),
  ];
}
