/** What of a Naisjob a pipeline says itself, and what is kept under `nais:`. */
import { isMap, LineCounter, parseAllDocuments, type Document } from "yaml";
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";

type Json = Record<string, unknown>;

export interface ImportedJob {
  name: string | undefined;
  team: string | undefined;
  schedule: { cron: string; timeZone: string } | undefined;
  egress: string[];
  /** Datasets that the platform makes for it. */
  datasets: string[];
  /** Names of the variables that it sets. */
  variables: string[];
  /** Secrets of the namespace whose keys are variables. */
  secrets: string[];
  /** What has no key of its own. */
  nais: Json;
  notes: Problem[];
}

interface Reading {
  document: Document;
  lines: LineCounter;
  file: string;
  text: string;
  notes: Problem[];
}

/** Keys that follow from the pipeline. */
const derived = new Set(["image", "schedule", "timeZone", "envFrom", "env", "gcp", "accessPolicy"]);

export function importNaisjob({ text, file }: { text: string; file: string }): ImportedJob | undefined {
  const lines = new LineCounter();
  // A template's `{{image}}` alone is a map to YAML.
  const quoted = text.replaceAll(/^(\s*(?:- )?[\w.-]+:\s*)(\{\{[^}\n]*\}\}[^\n"']*?)\s*$/gm, '$1"$2"');
  const documents = parseAllDocuments(quoted, { lineCounter: lines }) as Document[];
  const notes: Problem[] = [];
  let job: Reading | undefined;
  for (const document of documents) {
    const reading = { document, lines, file, text: quoted, notes };
    if (document.get("kind") === "Naisjob" && !job) job = reading;
    else if (isMap(document.contents)) notes.push(otherKind(reading));
  }
  return job && readJob(job);
}

function otherKind(reading: Reading): Problem {
  const value = reading.document.get("kind");
  const kind = typeof value === "string" ? value : "a document";
  const todo = /Rule|Alert/.test(kind)
    ? "Alerts follow from the pipeline: `nais-etl render` prints them. Keep this file for those that do not."
    : "Keep the file, and deploy it as before.";
  return noteAt([], reading, `kind: ${kind}`, "it is no Naisjob", todo);
}

function readJob(reading: Reading): ImportedJob {
  const { metadata = {}, spec = {} } = reading.document.toJS() as { metadata?: Json; spec?: Json };
  const labels = isPlainObject(metadata["labels"]) ? metadata["labels"] : {};
  const others = Object.entries(spec).filter(([key]) => !derived.has(key));
  const { gcp, datasets } = readGcp(spec["gcp"], reading);
  const { accessPolicy, egress } = readAccess(spec["accessPolicy"]);
  const environment = readEnvironment(spec, reading);
  const nais = { ...Object.fromEntries(others), ...environment.nais, ...gcp, ...accessPolicy };
  checkDefaults(spec, reading);
  tellTemplates(nais, ["spec"], reading);
  return {
    name: plainText(metadata["name"], ["metadata", "name"], reading),
    team: plainText(labels["team"] ?? metadata["namespace"], ["metadata", "namespace"], reading),
    schedule: readSchedule(spec, reading),
    egress,
    datasets,
    variables: environment.variables,
    secrets: environment.secrets,
    nais: withoutTemplates(nais) as Json,
    notes: reading.notes,
  };
}

function plainText(value: unknown, path: string[], reading: Reading): string | undefined {
  if (typeof value !== "string") return undefined;
  if (!value.includes("{{")) return value;
  reading.notes.push(
    noteAt(
      path,
      reading,
      value,
      "it is filled in at the deploy",
      "Write it in pipeline.yaml; what differs by cluster stands under `targets:`.",
    ),
  );
  return undefined;
}

/** Without a time zone the platform's is UTC, and a pipeline's Europe/Oslo. */
function readSchedule(spec: Json, reading: Reading): ImportedJob["schedule"] {
  const cron = plainText(spec["schedule"], ["spec", "schedule"], reading);
  if (cron === undefined) return undefined;
  if (typeof spec["timeZone"] === "string") return { cron, timeZone: spec["timeZone"] };
  reading.notes.push(
    noteAt(
      ["spec", "schedule"],
      reading,
      `schedule: "${cron}"`,
      "without timeZone it is in UTC, as before",
      "Write `timeZone: Europe/Oslo`, and the hours of Oslo.",
    ),
  );
  return { cron, timeZone: "UTC" };
}

function readEnvironment(spec: Json, reading: Reading) {
  const env = listOf(spec["env"]);
  const from = listOf(spec["envFrom"]);
  const secrets = from.flatMap((item) => (typeof item["secret"] === "string" ? [item["secret"]] : []));
  const others = from.filter((item) => typeof item["secret"] !== "string");
  const nais = { ...(env.length > 0 && { env }), ...(others.length > 0 && { envFrom: others }) };
  for (const [i, { name }] of env.entries())
    if (name === "PYTHONUNBUFFERED" || name === "PRG_NAME")
      reading.notes.push(
        noteAt(
          ["spec", "env", i],
          reading,
          `env ${name}`,
          "a pipeline has no use for it",
          "Remove it under `nais: { env: … }`.",
        ),
      );
  return { nais, secrets, variables: env.flatMap(({ name }) => (typeof name === "string" ? [name] : [])) };
}

/** Datasets with no more than name and permission follow from the outputs. */
function readGcp(value: unknown, reading: Reading): { gcp: Json; datasets: string[] } {
  if (!isPlainObject(value)) return { gcp: {}, datasets: [] };
  const { bigQueryDatasets, ...others } = value as Json;
  const datasets = listOf(bigQueryDatasets);
  const names = datasets.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  // Their description and permission cannot change later.
  const kept = datasets.filter(({ permission, ...more }) => permission !== "READWRITE" || Object.keys(more).length > 1);
  for (const [i, { name, permission }] of datasets.entries())
    if (permission === "READ")
      reading.notes.push(
        noteAt(
          ["spec", "gcp", "bigQueryDatasets", i],
          reading,
          `dataset ${String(name)}`,
          "a permission cannot change later, and READ is not enough to publish",
          "Delete the dataset with its job first, or write to another one.",
        ),
      );
  const gcp = { ...others, ...(kept.length > 0 && { bigQueryDatasets: kept }) };
  return { gcp: Object.keys(gcp).length > 0 ? { gcp } : {}, datasets: names };
}

/** Hosts become `egress`; the rest stays as it is. */
function readAccess(value: unknown): { accessPolicy: Json; egress: string[] } {
  if (!isPlainObject(value)) return { accessPolicy: {}, egress: [] };
  const { outbound, ...others } = value as Json;
  const { external, ...rules } = isPlainObject(outbound) ? (outbound as Json) : {};
  const hosts = listOf(external);
  const egress = hosts.flatMap((item) => hostsOf(item));
  const kept = hosts.filter((item) => hostsOf(item).length === 0);
  const open = { ...rules, ...(kept.length > 0 && { external: kept }) };
  const accessPolicy = { ...others, ...(Object.keys(open).length > 0 && { outbound: open }) };
  return { accessPolicy: Object.keys(accessPolicy).length > 0 ? { accessPolicy } : {}, egress };
}

function hostsOf({ host, ports, ...more }: Json): string[] {
  if (typeof host !== "string" || host.includes("{{") || Object.keys(more).length > 0) return [];
  const numbers = listOf(ports).flatMap(({ port }) => (typeof port === "number" ? [port] : []));
  return numbers.length === 0 ? [host] : numbers.map((port) => (port === 443 ? host : `${host}:${port}`));
}

const defaults = [
  ["concurrencyPolicy", "Allow", "Forbid: the next run waits for none, and is left out while one goes on"],
  ["backoffLimit", "6", "2"],
] as const;

function checkDefaults(spec: Json, reading: Reading): void {
  for (const [key, platform, ours] of defaults)
    if (spec[key] === undefined)
      reading.notes.push(
        noteAt(
          ["spec"],
          reading,
          key,
          `it was left to the platform (${platform}); a pipeline's is ${ours}`,
          `To keep it: nais: { ${key}: ${platform} }.`,
        ),
      );
}

function tellTemplates(value: unknown, path: (string | number)[], reading: Reading): void {
  if (typeof value === "string" && value.includes("{{"))
    reading.notes.push(
      noteAt(
        path,
        reading,
        `${path.slice(1).join(".")}: ${value}`,
        "it is filled in at the deploy",
        "Write the value under `nais:`; what differs by cluster stands under `targets:`.",
      ),
    );
  if (Array.isArray(value)) for (const [i, item] of value.entries()) tellTemplates(item, [...path, i], reading);
  else if (isPlainObject(value))
    for (const [key, item] of Object.entries(value)) tellTemplates(item, [...path, key], reading);
}

/** What a template's variable stands in, is left out. */
function withoutTemplates(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !holdsTemplate(item)).map(withoutTemplates);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => !(typeof item === "string" && item.includes("{{")));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutTemplates(item)]));
}

function holdsTemplate(value: unknown): boolean {
  return JSON.stringify(value).includes("{{");
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isPlainObject) : [];
}

function noteAt(
  path: (string | number)[],
  { document, lines, file }: Reading,
  text: string,
  why: string,
  hint: string,
): Problem {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const range = (node as { range?: [number, number, number] } | undefined)?.range;
  const line = range ? lines.linePos(range[0]).line : 1;
  return { severity: "warning", message: `${text}: ${why}`, hint, where: { file, line } };
}
