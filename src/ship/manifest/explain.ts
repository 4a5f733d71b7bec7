/** What the platform will make of a Naisjob: nothing that the manifest says is repeated, all that follows from it is. */
import type { ScheduleReport } from "../schedule.ts";
import { fieldsAt, itemsAt, numberAt, textAt, type Fields } from "./rule.ts";
import { effectiveResource } from "../../spec/resources.ts";
import { serviceAccountName } from "./service-account.ts";

export interface Explanation {
  name: string;
  namespace: string;
  runs: string[];
  resources: Row[];
  pod: Row[];
  /** Variables by name; what only the cluster knows stands in words. */
  environment: Row[];
  /** What is mounted, by folder. */
  files: Row[];
  egress: Row[];
  serviceAccount: { name: string; roles: string[] };
  defaults: Row[];
}

export interface Row {
  name: string;
  value: string;
}

export interface ExplainOptions {
  name: string;
  namespace: string;
  spec: Fields;
  schedule: ScheduleReport | undefined;
}

export function explainNaisjob(options: ExplainOptions): Explanation {
  const { name, namespace, spec } = options;
  return {
    name,
    namespace,
    runs: runsOf(options),
    resources: resourcesOf(options),
    pod: podOf(spec),
    environment: environmentOf(options),
    files: filesOf(spec),
    egress: egressOf(spec),
    serviceAccount: { name: serviceAccountName({ name, namespace }), roles: rolesOf(spec) },
    defaults: defaultsOf(spec),
  };
}

function runsOf({ spec, schedule }: ExplainOptions): string[] {
  const when = schedule
    ? [`${schedule.words} (${schedule.timeZone}), next ${schedule.nextRuns[0]?.local ?? "never"}`]
    : [
        "Once at each deploy that changes the manifest, and when triggered: the CronJob is suspended. An unchanged deploy starts no run.",
      ];
  const policy = textAt(spec, "concurrencyPolicy") ?? "Allow";
  const overlap = {
    Forbid: "A run that is due while the last one goes on is left out.",
    Replace: "A run that is due while the last one goes on takes its place: the last one is killed.",
    Allow: "A run that is due while the last one goes on starts beside it.",
  }[policy];
  const tries = (numberAt(spec, "backoffLimit") ?? 6) + 1;
  const deadline = numberAt(spec, "activeDeadlineSeconds");
  const end =
    deadline === undefined
      ? "A run that hangs goes on for ever."
      : `A run is ended after ${deadline} s, its retries included.`;
  return [
    ...when,
    overlap ?? "",
    `A run that fails is tried ${tries === 1 ? "once" : `up to ${tries} times`}.`,
    end,
  ].filter(Boolean);
}

/** What is made, by kind and name. */
function resourcesOf({ name, namespace, spec }: ExplainOptions): Row[] {
  const external = itemsAt(spec, "accessPolicy", "outbound", "external").filter(
    ({ item }) => textAt(item, "host") && !textAt(item, "ipv4"),
  );
  const datasets = itemsAt(spec, "gcp", "bigQueryDatasets").map(({ item }) => textAt(item, "name") ?? "");
  const buckets = itemsAt(spec, "gcp", "buckets").map(({ item }) => textAt(item, "name") ?? "");
  const rows: [string, string][] = [
    ["CronJob", `${name}, whose Jobs are ${name}-<number> and their pods ${name}-<number>-<5 letters>`],
    [
      "ServiceAccount",
      `${name} in ${namespace}, which acts as ${serviceAccountName({ name, namespace })} in Google Cloud`,
    ],
    ["NetworkPolicy", name],
    ...(external.length > 0 ? [["FQDNNetworkPolicy", `${name}-fqdn`] as [string, string]] : []),
    ...datasets.map((dataset): [string, string] => [
      "BigQuery dataset",
      `${dataset} in the team's project, europe-north1; an empty one is deleted with the job`,
    ]),
    ...buckets.map((bucket): [string, string] => ["bucket", `${bucket} in the team's project, europe-north1`]),
  ];
  return rows.map(([kind, value]) => ({ name: kind, value }));
}

function podOf(spec: Fields): Row[] {
  const memory = `${effectiveResource(spec, "requests", "memory")} asked for, killed above ${effectiveResource(spec, "limits", "memory")}`;
  const limit = effectiveResource(spec, "limits", "cpu");
  const cpu = `${effectiveResource(spec, "requests", "cpu")} asked for, ${limit === undefined ? "no limit" : `at most ${limit}`}`;
  return [
    { name: "memory", value: memory },
    { name: "CPU", value: cpu },
    { name: "user", value: "1069, never root, without capabilities" },
    { name: "disk", value: `read-only but for ${["/tmp", ...emptyDirs(spec)].join(", ")}` },
    { name: "stop", value: `killed ${numberAt(spec, "terminationGracePeriodSeconds") ?? 30} s after SIGTERM` },
  ];
}

function emptyDirs(spec: Fields): string[] {
  return itemsAt(spec, "filesFrom").flatMap(({ item }) =>
    item["emptyDir"] === undefined ? [] : (textAt(item, "mountPath") ?? []),
  );
}

function environmentOf({ name, namespace, spec }: ExplainOptions): Row[] {
  const own = itemsAt(spec, "env").map(({ item }) => ({
    name: textAt(item, "name") ?? "",
    value: textAt(item, "value") ?? `(${textAt(item, "valueFrom", "fieldRef", "fieldPath") ?? "empty"})`,
  }));
  const platform: Row[] = [
    { name: "NAIS_APP_NAME", value: name },
    { name: "NAIS_NAMESPACE", value: namespace },
    { name: "NAIS_APP_IMAGE", value: textAt(spec, "image") ?? "(of the Image resource)" },
    { name: "NAIS_CLUSTER_NAME", value: "(the cluster)" },
    { name: "NAIS_CLIENT_ID", value: `(the cluster):${namespace}:${name}` },
    { name: "NAIS_POD_NAME", value: "(the pod)" },
    { name: "GOOGLE_CLOUD_PROJECT", value: "(the team's project)" },
    { name: "GCP_TEAM_PROJECT_ID", value: "(the team's project)" },
  ];
  const names = new Set(own.map((row) => row.name));
  const from = itemsAt(spec, "envFrom").map(({ item }) => {
    const configmap = textAt(item, "configmap");
    return {
      name: "…",
      value: configmap
        ? `every key of ConfigMap ${configmap}`
        : `every key of Secret ${textAt(item, "secret") ?? "?"}; without it the pod waits`,
    };
  });
  return [...platform.filter((row) => !names.has(row.name)), ...own, ...from];
}

/** The platform takes one thing from each item, in this order. Source: the descriptions of `filesFrom` in its own schema */
function filesOf(spec: Fields): Row[] {
  return itemsAt(spec, "filesFrom").flatMap(({ item }): Row[] => {
    const [configmap, secret, claim] = ["configmap", "secret", "persistentVolumeClaim"].map((key) => textAt(item, key));
    const at = (folder: string, value: string) => [{ name: textAt(item, "mountPath") ?? folder, value }];
    if (configmap) return at(`/var/run/configmaps/${configmap}`, `a file for each key of ConfigMap ${configmap}`);
    if (secret) return at("/var/run/secrets", `a file for each key of Secret ${secret}; without it the pod waits`);
    return claim ? at(`/var/run/pvc/${claim}`, `the disk ${claim}`) : [];
  });
}

function egressOf(spec: Fields): Row[] {
  const open = [
    "DNS",
    "the metadata server",
    "*.googleapis.com:443",
    "login.microsoftonline.com:443",
    "graph.microsoft.com:443",
    "*.aivencloud.com",
  ];
  const external = itemsAt(spec, "accessPolicy", "outbound", "external").flatMap(({ item }): Row[] => {
    const [host, ipv4] = [textAt(item, "host"), textAt(item, "ipv4")];
    const ports = itemsAt(item, "ports").map(({ item: port }) => numberAt(port, "port"));
    if (host && ipv4) return [];
    if (host) return [{ name: host, value: ports.length > 0 ? ports.join(", ") : "443" }];
    return ipv4 ? [{ name: ipv4, value: ports.length > 0 ? ports.join(", ") : "every port" }] : [];
  });
  const rules = itemsAt(spec, "accessPolicy", "outbound", "rules").flatMap(({ item }): Row[] => {
    const application = textAt(item, "application");
    if (!application || application === "*") return [];
    return [
      {
        name: `${application}${textAt(item, "namespace") ? ` in ${textAt(item, "namespace")}` : ""}`,
        value: "every port, if it lets this job in",
      },
    ];
  });
  return [...open.map((name) => ({ name, value: "open to every job" })), ...rules, ...external];
}

/** What the account may do because of the manifest. */
function rolesOf(spec: Fields): string[] {
  const datasets = itemsAt(spec, "gcp", "bigQueryDatasets").map(
    ({ item }) => `${textAt(item, "permission") ?? "?"} in dataset ${textAt(item, "name") ?? "?"}`,
  );
  const granted = itemsAt(spec, "gcp", "permissions").map(
    ({ item }) =>
      `${textAt(item, "role") ?? "?"} on ${textAt(item, "resource", "kind") ?? "?"} ${textAt(item, "resource", "name") ?? "of the team"}`,
  );
  const jobUser = datasets.length > 0 ? ["roles/bigquery.jobUser in the team's project"] : [];
  return [...datasets, ...jobUser, ...granted];
}

/** What the platform takes where a Naisjob says nothing. */
function platformDefaults(spec: Fields): Fields {
  return {
    ...(spec["schedule"] !== undefined && { timeZone: "UTC" }),
    concurrencyPolicy: "Allow",
    backoffLimit: 6,
    restartPolicy: "Never",
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  };
}

const amounts = (["requests", "limits"] as const).flatMap((part) =>
  (["cpu", "memory"] as const).map((key) => [part, key] as const),
);

/** The spec, with what the platform takes where it says nothing. */
export function withDefaults(spec: Fields): Fields {
  const resources: Record<string, Record<string, string>> = {};
  for (const [part, key] of amounts) {
    const value = effectiveResource(spec, part, key);
    if (value !== undefined) resources[part] = { ...resources[part], [key]: value };
  }
  return { ...platformDefaults(spec), ...spec, resources };
}

/** Settings that the manifest leaves to the platform, and what it takes. */
function defaultsOf(spec: Fields): Row[] {
  const top = Object.entries(platformDefaults(spec))
    .filter(([key]) => spec[key] === undefined)
    .map(([key, value]): [string, string] => [key, String(value)]);
  const resources = amounts.flatMap(([part, key]): [string, string][] => {
    const value = effectiveResource(spec, part, key);
    return value === undefined || textAt(fieldsAt(spec, "resources", part), key) !== undefined
      ? []
      : [[`resources.${part}.${key}`, value]];
  });
  return [...top, ...resources].map(([name, value]) => ({ name, value }));
}
