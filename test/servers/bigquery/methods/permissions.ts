/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/testIamPermissions */
import { invalid } from "../api-error.ts";
import { getTable } from "../catalog/catalog.ts";
import { isAllowed, type Permission } from "../grants.ts";
import type { Call } from "../http/call.ts";

/** Those of the permissions asked for that the caller has; whoever has none is told so, and not refused. */
export async function testTablePermissions({ state, path, body, principal }: Call): Promise<unknown> {
  const [, project = "", dataset = "", table = ""] =
    /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(path["resource"]!) ?? [];
  const asked = (body["permissions"] ?? []) as Permission[];
  const wild = asked.find((permission) => permission.includes("*"));
  if (wild !== undefined) throw invalid(`Permission ${wild} is not valid for this resource.`);
  getTable(state.catalog, { project, dataset, table });
  const on = { project, dataset, table };
  const held = asked.filter((permission) => isAllowed(state, { principal, permission, on }));
  return held.length > 0 ? { permissions: held } : {};
}
