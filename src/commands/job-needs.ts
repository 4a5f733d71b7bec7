/**
 * Why a pipeline may work here and not in the cluster: there it runs as another account. What that account needs,
 * as far as the manifest does not give it.
 */
import { good, note, type Finding } from "../etl/doctor/finding.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Pipeline } from "../spec/pipeline.ts";
import { serviceAccountName } from "../ship/manifest/service-account.ts";
import { needsOf } from "../ship/render/needs.ts";

/** @param email whose credentials are used here */
export function jobNeeds(pipeline: LoadedPipeline, email: string | undefined): Finding[] {
  const { spec } = pipeline;
  if (spec.team === undefined)
    return [note("account", "which it is follows from the team", "Write `team:` in pipeline.yaml.")];
  const account = `${serviceAccountName({ name: spec.name, namespace: spec.team })}@CLUSTER-PROJECT.iam.gserviceaccount.com`;
  return [
    note(
      "account",
      `the job runs as ${account}${email === undefined ? "" : `, not as ${email}`}`,
      "What you may do, it may do only if it is granted to that account too. CLUSTER-PROJECT is the cluster's own: Nais Console shows the whole name, and so does `nais-etl doctor` in the pod.",
    ),
    ...fromManifest(pipeline),
    ...grants(spec, account),
    ...network(pipeline),
  ];
}

/** What the manifest brings, once it is deployed. */
function fromManifest(pipeline: LoadedPipeline): Finding[] {
  const { datasets, roles, secrets, mounts, accessed } = needsOf(pipeline);
  const names = [...secrets, ...mounts.map(({ secret }) => secret)];
  return [
    ...datasets.map((name) => good(`dataset ${name}`, "the manifest makes it, and lets the job write to it")),
    ...roles.map((role) => good(role, "the manifest asks for it, on the team's project")),
    ...accessed.map((name) => good(`secret ${name}`, "the manifest asks for access to it")),
    ...[...new Set(names)].map((name) => good(`secret ${name}`, "the manifest gives it to the pod")),
  ];
}

function grants(spec: Pipeline, account: string): Finding[] {
  const member = `"serviceAccount:${account}"`;
  const sources = Object.entries(spec.sources ?? {}).flatMap(([name, source]): Finding[] => {
    if (source.type !== "bigquery") return [];
    const table = source.table;
    if (table === undefined)
      return [note(`source ${name}`, "the owners of the tables in its query grant roles/bigquery.dataViewer on each")];
    if (table.split(".").length < 3) return [];
    return [note(`source ${name}`, "the owner of the data grants, once:", tableGrant(table, member))];
  });
  const outputs = Object.entries(spec.outputs ?? {}).flatMap(([name, output]): Finding[] => {
    if (output.type !== "bigquery" || output.dataset?.managed !== false) return [];
    const dataset = output.table.split(".").slice(0, -1).join(".");
    const grant = `GRANT \`roles/bigquery.dataEditor\` ON SCHEMA \`${dataset}\` TO ${member};`;
    return [note(`output ${name}`, "the owner of the dataset grants, once:", grant)];
  });
  return [...sources, ...outputs, ...secretGrants(spec, account)];
}

/** The dataset's metadata too: without it nobody finds the table. */
function tableGrant(table: string, member: string): string {
  const dataset = table.split(".").slice(0, -1).join(".");
  return [
    `GRANT \`roles/bigquery.dataViewer\` ON TABLE \`${table}\` TO ${member}; -- of a view: ON VIEW`,
    `GRANT \`roles/bigquery.metadataViewer\` ON SCHEMA \`${dataset}\` TO ${member};`,
    "In the data marketplace it is asked for; an open data product needs nothing.",
  ].join("\n");
}

/** Those of a project that is named: of the team's own, the manifest asks for access. */
function secretGrants({ secrets }: Pipeline, account: string): Finding[] {
  return Object.entries(secrets ?? {}).flatMap(([name, secret]): Finding[] => {
    if (secret.from !== "google-secret-manager") return [];
    const [, project, id] = /^projects\/([^/]+)\/(?:locations\/[^/]+\/)?secrets\/([^/]+)/.exec(secret.name ?? "") ?? [];
    if (id === undefined) return [];
    const command = `gcloud secrets add-iam-policy-binding ${id} --project=${project} --member=serviceAccount:${account} --role=roles/secretmanager.secretAccessor`;
    return [note(`secret ${name}`, "its owner grants, once:", command)];
  });
}

function network(pipeline: LoadedPipeline): Finding[] {
  const { endpoints } = needsOf(pipeline);
  const hosts = [...new Set(endpoints.map(({ host }) => host))];
  if (hosts.length === 0) return [];
  return [note("network", `only these hosts may be reached, besides Google's: ${hosts.join(", ")}`)];
}
