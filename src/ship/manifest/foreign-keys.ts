/** Keys that people write in a manifest and that the platform refuses: where they belong, or what took their place. */

import { durationPattern, durationSeconds } from "../../spec/duration.ts";
import { parseAddress } from "../../spec/egress.ts";
import { textAt } from "./rule.ts";

/** By path, lists as `[]`. */
const cures: Record<string, string> = {
  "spec.permissions": "Move it to `gcp.permissions`.",
  "spec.bigQueryDatasets": "Move it to `gcp.bigQueryDatasets`.",
  "spec.buckets": "Move it to `gcp.buckets`.",
  "spec.sqlInstances": "Move it to `gcp.sqlInstances`.",
  "spec.resources.limit": "Write `limits`, in the plural.",
  "spec.resources.request": "Write `requests`, in the plural.",
  "spec.resources.cpu": "Write it below `limits:` or `requests:`.",
  "spec.resources.memory": "Write it below `limits:` or `requests:`.",
  "spec.secureLogs": "The platform took it away: remove it. Logs on standard output are kept.",
  "spec.logformat": "The platform took it away: remove it, and write JSON lines to standard output.",
  "spec.logtransform": "The platform took it away: remove it, and write JSON lines to standard output.",
  "spec.influx": "The platform took InfluxDB away: remove it.",
  "spec.redis": "The platform took Redis away: use `valkey:`.",
  "spec.elastic": "The platform took Elasticsearch away: use `openSearch:`.",
  "spec.vault.sidecar": "The platform took it away: remove it.",
  "spec.accessPolicy.outbound.external[].ports[].name": "The platform took it away: keep `port` alone.",
  "spec.accessPolicy.outbound.external[].ports[].protocol": "The platform took it away: keep `port` alone.",
  "spec.envFrom[].configMap": "Write `configmap`, in small letters.",
  "spec.filesFrom[].configMap": "Write `configmap`, in small letters.",
  "spec.envFrom[].secretRef": "Write `- secret: NAME`, with the name alone.",
  "spec.envFrom[].configMapRef": "Write `- configmap: NAME`, with the name alone.",
  "metadata.team": "Write `labels: { team: … }`.",
  "spec.name": "Move it to `metadata`.",
  "spec.namespace": "Move it to `metadata`.",
  "spec.labels": "Move it to `metadata`.",
  "spec.annotations": "Move it to `metadata`.",
  "spec.cron": "Write `schedule`.",
  "spec.timezone": "Write `timeZone`.",
};

const naisjobCures: Record<string, string> = {
  ...Object.fromEntries(
    [
      "frontend",
      "idporten",
      "ingresses",
      "leaderElection",
      "login",
      "port",
      "prometheus",
      "redirects",
      "replicas",
      "service",
      "strategy",
      "tokenx",
    ].map((key) => [`spec.${key}`, "Only an Application has it: a job serves nobody. Remove it."]),
  ),
  "spec.prometheus": "Only an Application is scraped: a job pushes its metrics to the Pushgateway. Remove it.",
  "spec.preStopHookPath": "The platform took it away from jobs: write `preStopHook: { http: { path: … } }`.",
};

/** Keys of a spec that stand beside it: the lines below `spec:` have lost their indentation. */
const lostIndentation = "Indent it below `spec:`, by two.";

/** What other manifests take one key of, and these only the whole of: how `envFrom` names it, and people. */
const wholeSources: Record<string, { source: string; noun: string }> = {
  "spec.env[].valueFrom.secretKeyRef": { source: "secret", noun: "secret" },
  "spec.env[].valueFrom.configMapKeyRef": { source: "configmap", noun: "ConfigMap" },
};

function wholeSourceCure({ path, key, whole }: { path: readonly PropertyKey[]; key: string; whole: unknown }): string {
  const { source, noun } = wholeSources[placeOf([...path, key])]!;
  const item = path.slice(0, -1).reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)[part], whole);
  const [name = "NAME", from, variable] = [
    textAt(item, "valueFrom", key, "name"),
    textAt(item, "valueFrom", key, "key"),
    textAt(item, "name"),
  ];
  const becomes = `Remove this item, and write under \`spec\`: \`envFrom: [{ ${source}: ${name} }]\`. Each key of the ${noun} becomes a variable of its name`;
  if (!from || !variable || from === variable) return `${becomes}.`;
  return `${becomes}: rename \`${from}\` to \`${variable}\` in the ${noun}, or read \`${from}\` in the program.`;
}

/** The cure for a key that is not known at a path, where one is known to work. */
export function foreignKeyCure({
  kind,
  path,
  key,
  specKeys,
  whole,
}: {
  kind: string;
  path: readonly PropertyKey[];
  key: string;
  /** What the spec of that kind may have. */
  specKeys: readonly string[];
  /** The resource that the path leads into. */
  whole: unknown;
}): string | undefined {
  const place = placeOf([...path, key]);
  if (Object.hasOwn(wholeSources, place)) return wholeSourceCure({ path, key, whole });
  if (path.length === 0 && specKeys.includes(key)) return lostIndentation;
  return (kind === "Naisjob" ? naisjobCures[place] : undefined) ?? cures[place];
}

const cpu = 'Write it as a text, "1", or in thousandths, 500m.';
const oneEach = "Name one: make an item for each.";

const valueCures: Record<string, (input: unknown) => string | undefined> = {
  "spec.resources.limits.memory": memoryCure,
  "spec.resources.requests.memory": memoryCure,
  "spec.resources.limits.cpu": () => cpu,
  "spec.resources.requests.cpu": () => cpu,
  "spec.accessPolicy.outbound.external[]": () =>
    "Write each as an object: `- host: api.example.com`, without the scheme.",
  "spec.accessPolicy.outbound.external[].host": hostCure,
  "spec.accessPolicy.outbound.external[].ipv4": () => "Name single addresses, or the host.",
  "spec.accessPolicy.outbound.external[].ports": () => "Write `ports: [{ port: 1521 }]`.",
  "spec.accessPolicy.outbound.external[].ports[]": (input) =>
    `Write each port as an object: \`- port: ${typeof input === "number" ? input : 1521}\`.`,
  "spec.envFrom[].secret": () => oneEach,
  "spec.envFrom[].configmap": () => oneEach,
  "spec.activeDeadlineSeconds": secondsCure,
  "spec.ttlSecondsAfterFinished": secondsCure,
  "spec.terminationGracePeriodSeconds": secondsCure,
  "spec.command": (input) =>
    typeof input === "string" ? `Write a list: command: [${input.trim().split(/\s+/).join(", ")}].` : undefined,
  "spec.gcp.bigQueryDatasets[].name": (input) => exampleName(input, "_"),
  "spec.gcp.bigQueryDatasets[].permission": (input) =>
    typeof input === "string" && /^(read\W?)?write/i.test(input)
      ? `Write \`READWRITE\`${/^write/i.test(input) ? ": there is no right to write alone" : ""}.`
      : undefined,
  "spec.ttl": (input) => (typeof input === "number" ? `Write it with its unit: \`${input}h\`.` : undefined),
  "metadata.name": (input) => exampleName(input, "-"),
  "metadata.namespace": (input) => exampleName(input, "-"),
};

/** The cure for a value that does not fit at a path, where more can be said than what would fit. */
export function valueCure(path: readonly PropertyKey[], input: unknown): string | undefined {
  const place = placeOf(path);
  return Object.hasOwn(valueCures, place) ? valueCures[place]!(input) : undefined;
}

/** `nightly-apps` for `Nightly_Apps`. What is wrong in another way, its length, stays without an example. */
function exampleName(input: unknown, mark: "-" | "_"): string | undefined {
  if (typeof input !== "string") return undefined;
  const name = input
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, mark)
    .replaceAll(/^[-_]+|[-_]+$/g, "");
  return name === "" || name === input ? undefined : `For example ${name}.`;
}

/** A number without a unit, or with one that Kubernetes knows and the platform does not. */
function memoryCure(input: unknown): string {
  const [, digits, unit = ""] = /^(\d+)\s*([a-z]*)$/i.exec(String(input)) ?? [];
  if (digits === undefined) return "Write a number and its unit: `512Mi`, `2Gi`.";
  if (unit === "") return `Write it with a unit: \`${digits}Mi\` is megabytes, \`${digits}Gi\` gigabytes.`;
  const letter = /^[kmg]/i.exec(unit)?.[0].toUpperCase();
  return letter ? `\`${unit}\` is not accepted: write \`${digits}${letter}i\`.` : "Write Ki, Mi or Gi: `512Mi`, `2Gi`.";
}

/** The host of an address, and its port where it is not the usual one. */
function hostCure(input: unknown): string | undefined {
  if (typeof input !== "string") return undefined;
  if (input.includes("*")) return "Name each host that is called: a wildcard opens nothing.";
  const endpoint = parseAddress({ text: input });
  if (!("kind" in endpoint)) return undefined;
  const { kind, host, ports } = endpoint;
  const key = kind === "ipv4" ? "ipv4" : "host";
  const opened = ports.length === 1 && ports[0] === 443 ? "" : `, ports: [{ port: ${ports.join(" }, { port: ")} }]`;
  return `Write { ${key}: ${host}${opened} }.`;
}

function secondsCure(input: unknown): string | undefined {
  if (typeof input !== "string" || !durationPattern.test(input)) return undefined;
  return `Write seconds: ${durationSeconds(input)}.`;
}

/** `spec.env[].name`. */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === "number" ? "[]" : `.${String(part)}`));
  return parts.join("").slice(1);
}
