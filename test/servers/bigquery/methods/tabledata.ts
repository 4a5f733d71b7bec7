/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/list */
import { invalid } from "../api-error.ts";
import { getTable } from "../catalog/catalog.ts";
import { showTable } from "../catalog/name.ts";
import { sizeOf } from "../catalog/size.ts";
import { etagOfTable } from "../catalog/table-resource.ts";
import { demand } from "../grants.ts";
import type { Call } from "../http/call.ts";
import type { Field } from "../value/field.ts";
import { pagingOf, readPage } from "./page.ts";

export async function listRows({ state, path, query, principal }: Call): Promise<unknown> {
  const name = { project: path["projectId"]!, dataset: path["datasetId"]!, table: path["tableId"]! };
  demand(state, { principal, permission: "bigquery.tables.getData", on: name });
  const table = getTable(state.catalog, name);
  if (table.query !== undefined || table.kind === "EXTERNAL") {
    throw invalid(`Cannot list a table of type ${table.kind}: ${showTable(table)}.`);
  }
  const fields = selected(table.fields, query.get("selectedFields"));
  const { rows: total } = await sizeOf(state.catalog, table);
  const page = await readPage(state, table, { ...pagingOf(query), fields }, total);
  return { kind: "bigquery#tableDataList", etag: etagOfTable(table), totalRows: String(total), ...page };
}

function selected(fields: Field[], names: string | null): Field[] {
  if (!names) return fields;
  return names.split(",").map((name) => {
    const found = fields.find((it) => it.name.toLowerCase() === name.trim().toLowerCase());
    if (found) return found;
    throw invalid(`Invalid field name: ${name}`);
  });
}
