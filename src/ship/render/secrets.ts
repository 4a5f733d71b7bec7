/** What the secrets of a pipeline ask of its Naisjob. */
import type { Pipeline } from "../../spec/pipeline.ts";
import type { Secret } from "../../spec/secret.ts";
import { isPlainObject } from "../../spec/value.ts";

export interface SecretNeeds {
  /** Secrets of the namespace whose keys it reads from its environment. */
  secrets: string[];
  /** Those whose keys it reads as files, and where. */
  mounts: { secret: string; mountPath: string }[];
  /** Secret Manager's, by id, in the team's own project: there the Naisjob can ask for access itself. */
  accessed: string[];
}

export function secretNeedsOf(spec: Pipeline): SecretNeeds {
  const nais = Object.values(spec.secrets ?? {}).filter((secret) => secret.from === "nais");
  const google = Object.values(spec.secrets ?? {}).filter((secret) => secret.from === "google-secret-manager");
  const mounted = mountedBy(spec);
  const mounts = nais.flatMap(({ secret, mount }) => (mount === undefined ? [] : [{ secret, mountPath: mount }]));
  return {
    secrets: unique(
      nais.filter(({ mount, secret }) => mount === undefined && !mounted.has(secret)).map(({ secret }) => secret),
    ),
    mounts: [...new Map(mounts.map((item) => [`${item.secret} ${item.mountPath}`, item])).values()],
    // Of a longer name, nobody can tell here whether the project is the team's.
    accessed: unique(
      google.flatMap(({ name = "" }) => (spec.bigquery?.project === undefined && isShort(name) ? [name] : [])),
    ),
  };
}

function isShort(name: string): boolean {
  return name !== "" && !name.includes("/") && !name.includes("${");
}

/** Secrets that `nais:` mounts: a run reads the files. */
function mountedBy({ nais }: Pipeline): ReadonlySet<unknown> {
  const items: unknown = nais?.["filesFrom"];
  return new Set(Array.isArray(items) ? items.filter(isPlainObject).map((item) => item["secret"]) : []);
}

/** Where each secret's value comes from, by its name: nothing that the value could be told from. */
export function explainSecrets(spec: Pipeline): { name: string; value: string }[] {
  const { accessed } = secretNeedsOf(spec);
  return Object.entries(spec.secrets ?? {}).map(([name, secret]) => ({
    name,
    value: originOf(name, secret, accessed),
  }));
}

function originOf(name: string, secret: Secret, accessed: string[]): string {
  if (secret.from === "env") return `the variable ${secret.name ?? name}`;
  if (secret.from === "nais") {
    const key = secret.key ?? name;
    const place = secret.mount === undefined ? `the variable ${key}` : `the file ${secret.mount}/${key}`;
    return `${place}, of Secret ${secret.secret}`;
  }
  const { name: id = "the secret that KNADA_TEAM_SECRET names", key, version = "latest" } = secret;
  const part = key === undefined ? "" : `the value of ${key} in `;
  const isOwn = accessed.includes(id);
  const access = isOwn
    ? "in the team's project, to which this job asks for access"
    : "whose owner gives this job roles/secretmanager.secretAccessor";
  return `${part}version ${version} of ${id} in Secret Manager, ${access}`;
}

function unique(names: string[]): string[] {
  return [...new Set(names)].toSorted();
}

/**
 * Access to one secret of the team's project. The platform puts the project in front of the name.
 * Source: https://github.com/nais/naiserator, pkg/resourcecreator/google/iam/policymember.go;
 * https://cloud.google.com/config-connector/docs/reference/resource-docs/iam/iampolicymember
 */
export function accessPermission(id: string) {
  return {
    role: "roles/secretmanager.secretAccessor",
    resource: {
      apiVersion: "secretmanager.cnrm.cloud.google.com/v1beta1",
      kind: "SecretManagerSecret",
      name: `secrets/${id}`,
    },
  };
}
