import { itemsAt, textAt, type Rule } from "../rule.ts";

/** Roles with which queries can be run; the platform gives the first to a workload that has a dataset. */
const canQuery = ["roles/bigquery.jobUser", "roles/bigquery.user", "roles/bigquery.admin"];

const resource =
  "    resource:\n        apiVersion: resourcemanager.cnrm.cloud.google.com/v1beta1\n        kind: Project";
const permission = (role: string) => `    - role: ${role}\n  ${resource}`;

export const queryRole: Rule = {
  name: "query-role",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "It may read from BigQuery, but not query",
  why: "To run a query one needs a role of its own, in the team's project. A workload with a dataset under `gcp.bigQueryDatasets` gets it from the platform; one that reads other people's tables only does not, and its first query is refused.",
  cure: "Add `roles/bigquery.jobUser` on the team's Project to `gcp.permissions`.",
  bad: `gcp:\n  permissions:\n${permission("roles/bigquery.readSessionUser")}`,
  good: `gcp:\n  permissions:\n${permission("roles/bigquery.jobUser")}\n${permission("roles/bigquery.readSessionUser")}`,
  *check({ spec }) {
    const permissions = itemsAt(spec, "gcp", "permissions");
    const roles = permissions.map(({ item }) => textAt(item, "role") ?? "");
    const first = roles.findIndex((role) => role.startsWith("roles/bigquery."));
    if (first < 0 || roles.some((role) => canQuery.includes(role))) return;
    if (itemsAt(spec, "gcp", "bigQueryDatasets").length > 0) return;
    yield {
      path: ["spec", "gcp", "permissions", permissions[first]!.i, "role"],
      message: `with \`${roles[first]}\` alone no query can be run`,
    };
  },
};
