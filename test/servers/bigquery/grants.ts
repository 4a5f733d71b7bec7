/** Who is asking, and whether they may. */
import { ApiError, denied } from "./api-error.ts";
import type { TableName } from "./catalog/name.ts";
import type { Grant, Role } from "./options.ts";
import type { State } from "./state.ts";

export type Permission = `bigquery.${"datasets" | "jobs" | "readsessions" | "tables"}.${string}`;

/** https://cloud.google.com/bigquery/docs/access-control#bigquery-roles, as far as the server asks for them. */
const metadata = ["bigquery.datasets.get", "bigquery.tables.get", "bigquery.tables.list"];
const viewer = [...metadata, "bigquery.tables.getData", "bigquery.tables.createSnapshot"];
const editor = [
  ...viewer,
  "bigquery.datasets.create",
  "bigquery.tables.create",
  "bigquery.tables.update",
  "bigquery.tables.updateData",
  "bigquery.tables.delete",
  "bigquery.tables.restoreSnapshot",
];
const readSession = ["bigquery.readsessions.create", "bigquery.readsessions.getData"];
const roles: Record<Role, string[]> = {
  "roles/bigquery.metadataViewer": metadata,
  "roles/bigquery.dataViewer": viewer,
  "roles/bigquery.dataEditor": editor,
  // Editors make snapshots, and may neither delete them nor make them with an end: …/docs/table-snapshots-create
  "roles/bigquery.dataOwner": [
    ...editor,
    "bigquery.tables.deleteSnapshot",
    "bigquery.datasets.update",
    "bigquery.datasets.delete",
  ],
  "roles/bigquery.jobUser": ["bigquery.jobs.create"],
  "roles/bigquery.user": [
    "bigquery.jobs.create",
    "bigquery.datasets.create",
    "bigquery.datasets.get",
    "bigquery.tables.list",
    ...readSession,
  ],
  "roles/bigquery.readSessionUser": readSession,
  "roles/bigquery.admin": ["*"],
};

/** @throws ApiError 401 */
export function principalOf({ options }: State, authorization: string | undefined): string {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined && !options.requireToken) return "anonymous";
  if (token !== undefined && !options.tokens) return "anonymous";
  const principal = options.tokens?.[token ?? ""];
  if (principal !== undefined) return principal;
  throw new ApiError({
    reason: "authError",
    message:
      token === undefined
        ? "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential."
        : "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
  });
}

export interface Asked {
  principal: string;
  permission: Permission;
  on: { project: string; dataset?: string; table?: string };
}

/** Whom tests are when they look in past all requests. */
export const superuser = "the test itself";

export function isAllowed({ options, catalog }: State, { principal, permission, on }: Asked): boolean {
  if (!options.grants || principal === superuser) return true;
  // Results of queries belong to whoever ran them; nobody is granted anything on them.
  if (on.dataset && catalog.datasets.get(`${on.project}:${on.dataset}`)?.isHidden) return true;
  return options.grants.some((grant) => gives(grant, { principal, permission, on }));
}

function gives(grant: Grant, { principal, permission, on }: Asked): boolean {
  if (grant.without?.includes(permission)) return false;
  const given = roles[grant.role] ?? [];
  if (grant.member !== principal || !(given.includes(permission) || given.includes("*"))) return false;
  if (grant.on === undefined) return true;
  const target = [on.project, on.dataset, on.table].filter((it) => it !== undefined).join(".");
  return target === grant.on || target.startsWith(`${grant.on}.`);
}

/** @throws ApiError 403, which also hides whether the thing is there. */
export function demand(state: State, asked: Asked): void {
  if (isAllowed(state, asked)) return;
  const { permission, on } = asked;
  if (on.dataset === undefined) {
    throw denied(`Project ${on.project}: User does not have ${permission} permission in project ${on.project}.`);
  }
  const [kind, name] =
    on.table === undefined
      ? ["dataset", `${on.project}:${on.dataset}`]
      : ["table", `${on.project}:${on.dataset}.${on.table}`];
  const Kind = kind === "table" ? "Table" : "Dataset";
  throw denied(`${Kind} ${name}: Permission ${permission} denied on ${kind} ${name} (or it may not exist).`);
}

/** @throws ApiError 403 as queries and Storage Read word it. */
export function demandData(state: State, principal: string, table: TableName): void {
  if (isAllowed(state, { principal, permission: "bigquery.tables.getData", on: table })) return;
  const name = `${table.project}:${table.dataset}.${table.table}`;
  throw denied(`Table ${name}: User does not have permission to query table ${name}, or perhaps it does not exist.`);
}
