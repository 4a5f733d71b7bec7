/** Keys that people write in a manifest and that the platform refuses: where they belong, or what took their place. */

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
  "spec.env[].valueFrom.secretKeyRef":
    "Only `fieldRef` exists here: take the whole secret with `envFrom: [{ secret: … }]`.",
  "spec.env[].valueFrom.configMapKeyRef":
    "Only `fieldRef` exists here: take the whole ConfigMap with `envFrom: [{ configmap: … }]`.",
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

/** The cure for a key that is not known at a path, where one is known to work. */
export function foreignKeyCure({
  kind,
  path,
  key,
}: {
  kind: string;
  path: readonly PropertyKey[];
  key: string;
}): string | undefined {
  const place = placeOf([...path, key]);
  return (kind === "Naisjob" ? naisjobCures[place] : undefined) ?? cures[place];
}

const memory = "Write it with a unit: 512Mi, 2Gi.";
const cpu = 'Write it as a text, "1", or in thousandths, 500m.';

const valueCures: Record<string, string> = {
  "spec.resources.limits.memory": memory,
  "spec.resources.requests.memory": memory,
  "spec.resources.limits.cpu": cpu,
  "spec.resources.requests.cpu": cpu,
  "spec.accessPolicy.outbound.external[]": "Write each as an object: `- host: api.example.com`, without the scheme.",
  "spec.accessPolicy.outbound.external[].ports": "Write `ports: [{ port: 1521 }]`.",
  "spec.envFrom[].secret": "Name one: make an item for each.",
  "spec.envFrom[].configmap": "Name one: make an item for each.",
  "spec.accessPolicy.outbound.external[].ports[]": "Write each port as an object: `- port: 1521`.",
};

/** The cure for a value of the wrong type at a path, where quotes would not do. */
export function valueCure(path: readonly PropertyKey[]): string | undefined {
  return valueCures[placeOf(path)];
}

/** `spec.env[].name`. */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === "number" ? "[]" : `.${String(part)}`));
  return parts.join("").slice(1);
}
