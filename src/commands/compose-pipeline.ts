/** One pipeline.yaml of what a script and a Naisjob say. */
import { Document } from "yaml";
import type { ImportedScript } from "../etl/import/import-script.ts";
import type { ImportedJob } from "../ship/import/naisjob.ts";
import type { Problem } from "../util/error.ts";
import { baseAddresses } from "./base-addresses.ts";

export interface ComposePipeline {
  script: ImportedScript;
  job: ImportedJob | undefined;
  /** Where no Naisjob gives one. */
  name: string;
  hasRequirements: boolean;
}

type Json = Record<string, unknown>;

const head = " yaml-language-server: $schema=https://unpkg.com/nais-etl@0/schema/pipeline.schema.json";

export function composePipeline({ script, job, name, hasRequirements }: ComposePipeline): {
  text: string;
  notes: Problem[];
} {
  const urls = Object.values(script.sources).flatMap(({ url }) => (typeof url === "string" ? url : []));
  const { bases, notes } = baseAddresses({ urls, environment: script.environment, job });
  const sources = withBases(script.sources, bases);
  const secrets = secretsOf({ script, job, bases, notes });
  const outputs = mapValues(script.outputs, (output) => placed(output, job));
  const keys = {
    name: job?.name ?? (name === "" ? "my-pipeline" : name),
    team: job?.team,
    schedule: job?.schedule,
    interval: script.interval,
    params: script.params,
    sources: withSecrets(sources, secrets),
    models: mapValues(script.models, (model) => ({
      ...model,
      ...(hasRequirements && { python: { requirements: "requirements.txt" } }),
    })),
    outputs: withSecrets(outputs, secrets),
    secrets,
    egress: egressOf(sources, job),
    nais: job?.nais,
  };
  const document = new Document(withoutEmpty(keys));
  document.commentBefore = head;
  return { text: document.toString({ lineWidth: 120, flowCollectionPadding: true }), notes };
}

function mapValues(values: Record<string, Json>, change: (value: Json) => Json): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** The team's own project needs no name; a dataset that the job does not make is someone else's. */
function placed(output: Json, job: ImportedJob | undefined): Json {
  const { table } = output;
  if (typeof table !== "string") return output;
  const [name = "", dataset = ""] = table.split(".").toReversed();
  const isMade = job === undefined || job.datasets.includes(dataset);
  if (isMade) return { ...output, table: `${dataset}.${name}` };
  return {
    ...output,
    table: table.replace(/^\$\{env:(?:GCP_TEAM_PROJECT_ID|GOOGLE_CLOUD_PROJECT)\}\./, ""),
    dataset: { managed: false },
  };
}

/** Variables that neither the manifest nor the platform sets: keys of the secrets that the job takes. */
const ofPlatform =
  /^(?:NAIS_|GCP_TEAM_PROJECT_ID$|GOOGLE_CLOUD_PROJECT$|GOOGLE_APPLICATION_CREDENTIALS$|HOME$|PATH$|TZ$|KNADA_TEAM_SECRET$)/;

interface SecretsOf {
  script: ImportedScript;
  job: ImportedJob | undefined;
  bases: Map<string, string>;
  notes: Problem[];
}

/** A variable with a default that nothing of the pipeline asks for, is a setting. */
function secretsOf({ script, job, bases, notes }: SecretsOf): Record<string, Json> {
  const { environment, sources, outputs } = script;
  const asked = JSON.stringify([sources, outputs]);
  const wanted = environment.filter(
    ({ name, fallback }) => fallback === undefined || asked.includes(`\${env:${name}}`),
  );
  const names = new Set(wanted.map(({ name }) => name));
  const unset = [...names].filter(
    (name) => !ofPlatform.test(name) && !bases.has(name) && !job?.variables.includes(name),
  );
  const [secret, ...others] = job?.secrets ?? [];
  if (secret !== undefined && others.length > 0 && unset.length > 0)
    notes.push({
      severity: "warning",
      message: `envFrom: which of ${[secret, ...others].join(", ")} holds ${unset.join(", ")}, is not known here`,
      hint: "Look at `secret:` of each under `secrets:`.",
    });
  return Object.fromEntries(
    unset.map((name) => [name, secret === undefined ? { from: "env" } : { from: "nais", secret }]),
  );
}

function withBases(sources: Record<string, Json>, bases: Map<string, string>): Record<string, Json> {
  return mapValues(sources, (source) => {
    const { url } = source;
    if (typeof url !== "string") return source;
    return { ...source, url: url.replace(/^\$\{env:(\w+)\}/, (whole, name: string) => bases.get(name) ?? whole) };
  });
}

/** A secret is read as one, and masked. */
function withSecrets(values: Record<string, Json>, secrets: Record<string, Json>): Record<string, Json> {
  const text = JSON.stringify(values).replaceAll(/\$\{env:(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(secrets, name) ? `\${secret:${name}}` : whole,
  );
  return JSON.parse(text) as Record<string, Json>;
}

/** What the sources imply need not be said. */
function egressOf(sources: Record<string, Json>, job: ImportedJob | undefined): string[] {
  const implied = new Set(
    Object.values(sources).flatMap(({ url }) => (typeof url === "string" ? (URL.parse(url)?.hostname ?? []) : [])),
  );
  return (job?.egress ?? []).filter((host) => !implied.has(host));
}

function withoutEmpty(keys: Json): Json {
  return Object.fromEntries(
    Object.entries(keys).filter(
      ([, value]) =>
        value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0),
    ),
  );
}
