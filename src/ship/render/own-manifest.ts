/** A team's own Naisjob, where the pipeline that it runs is at hand: whether it gives the pipeline what it needs. */
import { stringify } from "yaml";
import { egressEntries } from "../../spec/egress.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { pushgateway } from "../../spec/metric.ts";
import type { Path } from "../../spec/document.ts";
import type { Problem } from "../../util/error.ts";
import type { Resource } from "../manifest/lint.ts";
import { fieldsAt, itemsAt, textAt, type Fields } from "../manifest/rule.ts";
import { closedEndpoints, rulesFor } from "./access.ts";
import { needsOf, projectResource, type Needs } from "./needs.ts";
import { accessPermission } from "./secrets.ts";

/** @param pipelines the same one with each of its targets: which of them the manifest is for, it does not say */
export function unmetNeeds(job: Resource, pipelines: readonly LoadedPipeline[]): Problem[] {
  const lists = pipelines.map((pipeline) => problemsFor(job, pipeline));
  return lists.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

interface Wanted {
  rule: string;
  severity?: Problem["severity"];
  /** What the pipeline needs, and what the Naisjob does not do for it. */
  what: string;
  /** To be merged into the spec. */
  add: object;
  at: Path;
}

/** What no manifest can give, the pipeline's own problems say. */
function problemsFor(job: Resource, pipeline: LoadedPipeline): Problem[] {
  const spec = fieldsAt(job.value, "spec") ?? {};
  const needs = needsOf(pipeline);
  const wanted = [
    ...egressWanted(needs, spec, textAt(job.value, "metadata", "namespace") ?? ""),
    ...datasetsWanted(needs, spec),
    ...rolesWanted(needs, spec),
    ...secretsWanted(needs, spec),
    ...mountsWanted(needs, spec),
    ...accessWanted(needs, spec),
    ...metricsWanted(spec),
  ];
  return wanted.map(({ rule, severity = "error", what, add, at }) => ({
    severity,
    rule,
    message: `${pipeline.shownFile} needs ${what}`,
    hint: `Add it:\n${stringify(add).trimEnd()}`,
    where: job.where(nearest(spec, at)),
  }));
}

const outbound = ["accessPolicy", "outbound"];

function egressWanted({ endpoints }: Needs, spec: Fields, namespace: string): Wanted[] {
  const closed = closedEndpoints(endpoints, spec, namespace);
  if (closed.length === 0) return [];
  const { rules, external } = rulesFor(closed);
  const opened = { ...(rules.length > 0 && { rules }), ...(external.length > 0 && { external }) };
  const what = `${closed.flatMap(egressEntries).join(", ")}, which this Naisjob does not open`;
  return [{ rule: "egress-missing", what, add: { accessPolicy: { outbound: opened } }, at: outbound }];
}

function datasetsWanted({ datasets }: Needs, spec: Fields): Wanted[] {
  const writable = itemsAt(spec, "gcp", "bigQueryDatasets")
    .filter(({ item }) => textAt(item, "permission") === "READWRITE")
    .map(({ item }) => textAt(item, "name"));
  const missing = datasets.filter((name) => !writable.includes(name));
  if (missing.length === 0) return [];
  const add = { gcp: { bigQueryDatasets: missing.map((name) => ({ name, permission: "READWRITE" })) } };
  const what = `to write to ${missing.join(", ")}, which this Naisjob neither makes nor may write to`;
  return [{ rule: "dataset-missing", what, add, at: ["gcp", "bigQueryDatasets"] }];
}

function rolesWanted({ roles }: Needs, spec: Fields): Wanted[] {
  const held = itemsAt(spec, "gcp", "permissions").map(({ item }) => textAt(item, "role"));
  const missing = roles.filter((role) => !held.includes(role));
  if (missing.length === 0) return [];
  const add = { gcp: { permissions: missing.map((role) => ({ role, resource: projectResource })) } };
  const what = `${missing.join(" and ")} to read from BigQuery, which this Naisjob does not ask for`;
  return [{ rule: "role-missing", what, add, at: ["gcp", "permissions"] }];
}

function secretsWanted({ secrets }: Needs, spec: Fields): Wanted[] {
  const taken = itemsAt(spec, "envFrom").map(({ item }) => textAt(item, "secret"));
  const missing = secrets.filter((secret) => !taken.includes(secret));
  if (missing.length === 0) return [];
  const add = { envFrom: missing.map((secret) => ({ secret })) };
  const what = `the secret ${missing.join(", ")}, which this Naisjob does not take into its environment`;
  return [{ rule: "secret-missing", what, add, at: ["envFrom"] }];
}

function mountsWanted({ mounts }: Needs, spec: Fields): Wanted[] {
  const mounted = itemsAt(spec, "filesFrom").map(
    ({ item }) => `${textAt(item, "secret")} ${textAt(item, "mountPath") ?? "/var/run/secrets"}`,
  );
  const missing = mounts.filter(({ secret, mountPath }) => !mounted.includes(`${secret} ${mountPath}`));
  if (missing.length === 0) return [];
  const names = missing.map(({ secret, mountPath }) => `${secret} in ${mountPath}`);
  const what = `the secret ${names.join(", ")}, which this Naisjob does not mount there`;
  return [{ rule: "secret-missing", what, add: { filesFrom: missing }, at: ["filesFrom"] }];
}

/** Somebody may have given access by hand: then the run works without. */
function accessWanted({ accessed }: Needs, spec: Fields): Wanted[] {
  const held = itemsAt(spec, "gcp", "permissions").map(({ item }) => textAt(item, "resource", "name"));
  const missing = accessed.filter((id) => !held.includes(`secrets/${id}`));
  if (missing.length === 0) return [];
  const add = { gcp: { permissions: missing.map(accessPermission) } };
  const what = `access to ${missing.join(", ")} in Secret Manager, which this Naisjob does not ask for`;
  return [{ rule: "secret-access", severity: "warning", what, add, at: ["gcp", "permissions"] }];
}

/** The run works without: only its metrics, and the alerts on them, are lost. */
function metricsWanted(spec: Fields): Wanted[] {
  const { application, namespace } = pushgateway;
  const rules = itemsAt(spec, ...outbound, "rules");
  if (rules.some(({ item }) => textAt(item, "application") === application)) return [];
  const what = `${application} for its metrics, which this Naisjob does not open`;
  const add = { accessPolicy: { outbound: { rules: [{ application, namespace }] } } };
  return [{ rule: "metrics-closed", severity: "warning", what, add, at: [...outbound, "rules"] }];
}

/** The part of the file at a path in the spec, or the nearest around it that is there. */
function nearest(spec: Fields, path: Path): Path {
  const keys = path.map(String);
  const depth = keys.findIndex((key, i) => fieldsAt(spec, ...keys.slice(0, i))?.[key] === undefined);
  return ["spec", ...(depth < 0 ? path : path.slice(0, depth))];
}
