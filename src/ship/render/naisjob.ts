/** From a pipeline to its Naisjob: what is derived, what is chosen, and `nais:` laid over both. */
import { foundAt } from "../../spec/find.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { timeZoneOf } from "../../spec/next-scheduled.ts";
import type { Pipeline } from "../../spec/pipeline.ts";
import { throwProblems, type Problem } from "../../util/error.ts";
import { fragmentProblems, manifestProblems } from "../manifest/check.ts";
import { naisjobSpec, type Naisjob, type NaisjobSpec } from "../manifest/naisjob.ts";
import type { Comments } from "../manifest/yaml.ts";
import { lostEndpoints, outboundOf } from "./access.ts";
import { mergeSpec } from "./merge.ts";
import { needsOf, projectResource, type Needs } from "./needs.ts";
import { accessPermission } from "./secrets.ts";

export interface RenderNaisjobOptions {
  pipeline: LoadedPipeline;
  /** Image reference. Without it the manifest is a template, and `{{image}}` stands there for the platform to fill in. */
  image?: string | undefined;
  /** What changes with each deploy: a commit. In a template `{{revision}}` unless it is given. */
  revision?: string | undefined;
  /** What no two deploys share: the platform acts on a `spec` that has changed, and on no other. */
  deployment?: string | undefined;
}

export interface RenderedNaisjob {
  manifest: Naisjob;
  comments: Comments;
  /** Whether `{{image}}` stands in it. */
  isTemplate: boolean;
}

/** Changes with each deploy. */
export const deploymentVariable = "NAIS_ETL_DEPLOYMENT";

/** A run that hangs would keep every later one from starting (Forbid): after six hours, retries included, it is ended. */
const deadlineSeconds = 21_600;

/** @throws {EtlError} `invalid`, with every problem, when the pipeline cannot be made into a Naisjob. */
export function renderNaisjob({ pipeline, image, revision, deployment }: RenderNaisjobOptions): RenderedNaisjob {
  const { file, spec, where } = pipeline;
  const isTemplate = image === undefined;
  const { endpoints, datasets, roles, secrets, mounts, accessed, problems } = needsOf(pipeline);
  throwProblems([...teamProblems(pipeline), ...problems, ...overProblems(pipeline)]);
  const derived: NaisjobSpec = {
    image: image ?? "{{image}}",
    ...scheduleOf(spec),
    concurrencyPolicy: "Forbid",
    backoffLimit: 2,
    restartPolicy: "Never",
    activeDeadlineSeconds: deadlineSeconds,
    resources: { limits: { memory: "512Mi" } },
    env: variables({
      NAIS_ETL_PIPELINE: foundAt(file).selected,
      NAIS_ETL_REVISION: revision ?? (isTemplate ? "{{revision}}" : undefined),
      [deploymentVariable]: deployment,
    }),
    envFrom: secrets.map((secret) => ({ secret })),
    filesFrom: mounts,
    gcp: {
      bigQueryDatasets: datasets.map((name) => ({ name, permission: "READWRITE" })),
      permissions: [...roles.map((role) => ({ role, resource: projectResource })), ...accessed.map(accessPermission)],
    },
    accessPolicy: { outbound: outboundOf(endpoints) },
  };
  const merged = withoutEmpty(mergeSpec(derived, escapeOthers(spec.nais ?? {}, isTemplate)));
  const manifest = {
    apiVersion: "nais.io/v1",
    kind: "Naisjob",
    metadata: { name: spec.name, namespace: spec.team, labels: { team: spec.team } },
    spec: inOrder(merged as NaisjobSpec),
  } as Naisjob;
  throwProblems(manifestProblems(manifest, ([, ...path]) => where(["nais", ...path])));
  const place = where(["nais", "accessPolicy", "outbound"]);
  throwProblems(lostEndpoints({ endpoints, spec: manifest.spec, namespace: spec.team!, where: place }));
  return { manifest, comments: commentsFor(spec, { roles, accessed }), isTemplate };
}

function teamProblems({ spec, where }: LoadedPipeline): Problem[] {
  if (spec.team !== undefined) return [];
  const hint = "Add `team: your-team`: it is the namespace that the job runs in.";
  return [
    {
      severity: "error",
      rule: "no-team",
      message: "`team` is missing, and a Naisjob needs it",
      hint,
      where: where([]),
    },
  ];
}

/** `nais:` is checked by itself first, since there each problem has its own place in the file. */
function overProblems({ spec, where }: LoadedPipeline): Problem[] {
  return fragmentProblems(spec.nais ?? {}, where, ["nais"]);
}

function scheduleOf(spec: Pipeline): NaisjobSpec {
  return spec.schedule ? { schedule: spec.schedule.cron, timeZone: timeZoneOf(spec) } : {};
}

function variables(values: Record<string, string | undefined>) {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** In a template, `{{` that is not the platform's to fill in is written `\{{`. */
function escapeOthers(value: unknown, isTemplate: boolean): unknown {
  if (!isTemplate) return value;
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "string" ? item.replaceAll("{{", "\\{{") : item,
  );
  return JSON.parse(text) as unknown;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(kept.filter(([, item]) => !isEmpty(item)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** The order of the schema, which is the order in which one reads. */
function inOrder(spec: NaisjobSpec): NaisjobSpec {
  const keys = Object.keys(naisjobSpec.shape) as (keyof NaisjobSpec)[];
  return Object.fromEntries(keys.filter((key) => key in spec).map((key) => [key, spec[key]]));
}

/** Only where a reader would ask why. */
function commentsFor({ schedule }: Pipeline, { roles, accessed }: Pick<Needs, "roles" | "accessed">): Comments {
  const forRoles = roles.length > 0 ? ["To read from BigQuery: the role that a dataset does not bring with it."] : [];
  const forSecrets = accessed.length > 0 ? ["To read secrets of Secret Manager."] : [];
  return {
    "spec.concurrencyPolicy": "Two runs at once would write the same tables (the platform's default is Allow).",
    "spec.backoffLimit": "Tries after the first (the platform's default is 6).",
    "spec.activeDeadlineSeconds":
      "A run that hangs would keep every later one from starting: it is ended after this, retries included.",
    "spec.gcp.bigQueryDatasets": "Made by the platform in the team's project. Name and permission cannot change later.",
    "spec.gcp.permissions": [...forRoles, ...forSecrets].join(" "),
    "spec.accessPolicy.outbound": "Everything else is closed. The Pushgateway takes the run's metrics.",
    "spec.image": "Filled in by the deploy, as is the revision: an unchanged spec would not be rolled out.",
    ...(schedule
      ? {}
      : { "spec.concurrencyPolicy": "No schedule: the job runs when a deploy changes it, or when it is triggered." }),
  };
}
