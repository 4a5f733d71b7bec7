/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
import { invalid } from "../api-error.ts";
import { addTable, dropTable, getDataset, getTable, touch, type Table, type TableKind } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import { addedFields, addColumns } from "../catalog/evolve.ts";
import { etagOfTable, listedTable, tableResource } from "../catalog/table-resource.ts";
import { demand, type Permission } from "../grants.ts";
import type { Call } from "../http/call.ts";
import { viewFields } from "../sql/view.ts";
import { normaliseFields, type Field } from "../value/field.ts";
import { demandMatch, mergePatch } from "./patch.ts";

type Json = Record<string, any>;

/** What the server says itself, whatever a client sends. */
const reckoned = /^(kind|etag|id|selfLink|tableReference|schema|num.*|creationTime|lastModifiedTime|type|location)$/;
const own = (body: Json): Json => Object.fromEntries(Object.entries(body).filter(([key]) => !reckoned.test(key)));

function nameOf({ path, body }: Call): TableName {
  const table = path["tableId"] ?? (body as Json)["tableReference"]?.tableId;
  if (!table) throw invalid("Required parameter is missing: tableReference.tableId");
  return { project: path["projectId"]!, dataset: path["datasetId"]!, table };
}

function allow(call: Call, permission: Permission): TableName {
  const name = nameOf(call);
  demand(call.state, { principal: call.principal, permission, on: name });
  return name;
}

export async function insertTable(call: Call): Promise<unknown> {
  const { state, body } = call;
  const name = nameOf(call);
  const on = { project: name.project, dataset: name.dataset };
  demand(state, { principal: call.principal, permission: "bigquery.tables.create", on });
  const view = (body as Json)["view"] ?? (body as Json)["materializedView"];
  if (view?.useLegacySql !== undefined && view.useLegacySql !== false)
    throw invalid("views in legacy SQL are not here");
  const fields = view
    ? await viewFields(state, { query: view.query, project: name.project, principal: call.principal })
    : normaliseFields((body as Json)["schema"]?.fields as Field[] | undefined);
  checkPartitioning(body, fields);
  const query = view && { query: view.query as string };
  const table = await addTable(state.catalog, { name, fields, kind: kindOf(body), ...query, resource: own(body) });
  return tableResource(state.catalog, table);
}

function kindOf(body: Json): TableKind {
  if (body["view"]) return "VIEW";
  if (body["materializedView"]) return "MATERIALIZED_VIEW";
  return body["externalDataConfiguration"] ? "EXTERNAL" : "TABLE";
}

/** https://cloud.google.com/bigquery/docs/partitioned-tables#date_timestamp_partitioned_tables */
export function checkPartitioning(body: Json, fields: Field[]): void {
  const { timePartitioning, clustering } = body as { timePartitioning?: Json; clustering?: { fields?: string[] } };
  const find = (name: string) => fields.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (timePartitioning?.["field"] !== undefined) {
    const field = find(timePartitioning["field"] as string);
    if (!field) throw invalid(`The field specified for partitioning cannot be found in the schema`);
    const allowed = timePartitioning["type"] === "HOUR" ? /^(TIMESTAMP|DATETIME)$/ : /^(DATE|TIMESTAMP|DATETIME)$/;
    if (!allowed.test(field.type) || field.mode === "REPEATED") {
      throw invalid(
        `The field specified for time partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: ${field.type}.`,
      );
    }
  }
  const missing = clustering?.fields?.find((name) => !find(name));
  if (missing !== undefined)
    throw invalid(`The field specified for clustering cannot be found in the schema. Invalid field: ${missing}.`);
  if ((clustering?.fields?.length ?? 0) > 4) throw invalid("Too many clustering fields specified: the limit is 4.");
}

export async function getTableMethod(call: Call): Promise<unknown> {
  const name = allow(call, "bigquery.tables.get");
  return tableResource(call.state.catalog, getTable(call.state.catalog, name));
}

export async function listTables({ state, path, query, principal }: Call): Promise<unknown> {
  const [project, dataset] = [path["projectId"]!, path["datasetId"]!];
  demand(state, { principal, permission: "bigquery.tables.list", on: { project, dataset } });
  const all = [...getDataset(state.catalog, project, dataset).tables.values()];
  const sorted = all.toSorted((a, b) => (a.table < b.table ? -1 : 1));
  const from = Number(query.get("pageToken") ?? 0);
  const end = from + Number(query.get("maxResults") ?? 50);
  const tables = sorted.slice(from, end).map(listedTable);
  return {
    kind: "bigquery#tableList",
    etag: String(sorted.length),
    totalItems: sorted.length,
    ...(tables.length > 0 && { tables }),
    ...(end < sorted.length && { nextPageToken: String(end) }),
  };
}

export async function patchTable(call: Call): Promise<unknown> {
  return change(call, (table) => mergePatch(table.resource, own(call.body)));
}

export async function updateTable(call: Call): Promise<unknown> {
  return change(call, () => own(call.body));
}

async function change(call: Call, resourceOf: (table: Table) => Json): Promise<unknown> {
  const { state, body, headers } = call;
  const table = getTable(state.catalog, allow(call, "bigquery.tables.update"));
  demandMatch(headers, etagOfTable(table));
  const wanted = (body as Json)["schema"]?.fields as Field[] | undefined;
  const resource = resourceOf(table);
  const fields = wanted && normaliseFields(wanted);
  if (fields) addedFields(table, fields);
  // Nothing was awaited since the etag was read: of two patches with the same If-Match, one gets 412.
  table.resource = resource;
  touch(table);
  if (fields) await addColumns(state, table, fields);
  return tableResource(state.catalog, table);
}

export async function deleteTable(call: Call): Promise<undefined> {
  const name = allow(call, "bigquery.tables.delete");
  const table = getTable(call.state.catalog, name);
  if (table.kind === "SNAPSHOT") allow(call, "bigquery.tables.deleteSnapshot");
  demandMatch(call.headers, etagOfTable(table));
  await dropTable(call.state.catalog, table);
  return undefined;
}
