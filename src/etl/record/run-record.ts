/** What a run leaves behind about itself: the same shape for good and failed runs. No cell value of any column stands in it. */
import { createHash } from "node:crypto";
import type { Context } from "../../util/context.ts";
import type { Problem } from "../../util/error.ts";
import { version } from "../../util/version.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { CheckResult } from "../check/check.ts";
import type { RunIdentity } from "../identity.ts";
import type { ModelNode } from "../transform/graph.ts";
import type { RunValues } from "../values.ts";
import type { Resources } from "./advise-resources.ts";
import type { TableProfile } from "./table-profile.ts";

export type RunStatus = "succeeded" | "skipped" | "failed" | "interrupted";

export interface SourceRecord {
  name: string;
  status: "done" | "failed";
  /** Seconds from the run's start to its own. */
  begins?: number;
  /** Undefined where rows go straight through the models that read them. */
  rows: number | undefined;
  bytes: number | undefined;
  /** That BigQuery bills for reading it. */
  bytes_billed?: number;
  /** Short hash of its columns' names and types: another one is another schema. Missing in records of before. */
  schema_digest?: string;
  seconds: number;
}

export interface ModelRecord {
  name: string;
  status: "done" | "failed" | "skipped";
  kind: "table" | "view" | undefined;
  rows: number | undefined;
  bytes: number | undefined;
  /** Seconds from the run's start to its own; undefined for one that did not run. */
  begins?: number;
  seconds: number;
  /** When the earlier run began whose rows these are; undefined where this run has made them. */
  kept_at?: string;
  /** How often it was tried, where more than once. */
  attempts?: number;
  /** For a skipped model: the one that failed. */
  because?: string;
}

export interface OutputRecord {
  name: string;
  status: "published" | "skipped" | "not_published";
  destination: string;
  write: string;
  rows: number | undefined;
  /** Why it was skipped. */
  reason?: string;
}

/** Who reads whom, by name: what this run was to do, whatever came of it. */
export interface RunGraph {
  /** Model → the sources and models it reads. */
  models: Record<string, string[]>;
  /** Output → the model or source it publishes. */
  outputs: Record<string, string>;
}

export interface RunRecord {
  version: 1;
  /** The version of nais-etl. */
  nais_etl: string;
  pipeline: string;
  target: string;
  run_id: string;
  execution: string;
  generation: number;
  status: RunStatus;
  exit_code: number;
  scheduled_at: string;
  started_at: string;
  finished_at: string;
  seconds: number;
  interval: { start: string; end: string } | undefined;
  params: Record<string, string>;
  graph: RunGraph;
  sources: SourceRecord[];
  models: ModelRecord[];
  checks: Omit<CheckResult, "samples">[];
  outputs: OutputRecord[];
  /** Guarding, staging and publishing all outputs. */
  publishing?: { begins: number; seconds: number };
  /** Rows that checks have set aside, once they are published there. */
  quarantine?: { table: string; rows: number };
  /** Of a rollback: to which state, as `--to` takes it, and the runs whose rows went. */
  rollback?: {
    to: string;
    outputs: { output: string; run_id: string | undefined; from: string; taken_back: string[] }[];
  };
  problems: Problem[];
  /** Counts alone. Of tables that are not here nothing is known. */
  profile?: TableProfile[];
  /** Greatest resident size of the process, in bytes. */
  peak_memory_bytes: number;
  /** That the container allows; missing where it has no limit. */
  memory_limit_bytes?: number;
  /** Processor time, of all cores together; and what to ask the platform for. Only of runs that succeeded on a cluster. */
  cpu_seconds?: number;
  resources?: Resources;
  /** SHA-256 of pipeline.yaml (with its target) and of all models: the same digest, the same code. */
  source_digest: string;
  revision: string | undefined;
  image: string | undefined;
}

function sourceDigest(raw: unknown, models: { name: string; text: string }[]): string {
  const hash = createHash("sha256").update(JSON.stringify(raw));
  for (const { name, text } of models) hash.update(`\0${name}\0${text}`);
  return hash.digest("hex");
}

export function sumRows(parts: { rows: number | undefined }[]): number | undefined {
  const known = parts.flatMap(({ rows }) => (rows === undefined ? [] : [rows]));
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
}

/** The record of a run that begins. */
export function emptyRecord({ pipeline, identity, values, models, outputs, context }: NewRecord): RunRecord {
  const started = context.now().toISOString();
  return {
    version: 1,
    nais_etl: version(),
    pipeline: pipeline.spec.name,
    target: pipeline.target,
    run_id: identity.id,
    execution: identity.execution,
    generation: 0,
    status: "failed",
    exit_code: 0,
    scheduled_at: identity.scheduled.toISOString(),
    started_at: started,
    finished_at: started,
    seconds: 0,
    interval: identity.interval && { start: identity.interval.startValue, end: identity.interval.endValue },
    params: Object.fromEntries(Object.entries(values.params).map(([name, { value }]) => [name, String(value)])),
    graph: {
      models: Object.fromEntries(models.map(({ name, reads }) => [name, reads])),
      outputs: Object.fromEntries(outputs.map((name) => [name, pipeline.spec.outputs![name]!.model ?? name])),
    },
    sources: [],
    models: [],
    checks: [],
    outputs: [],
    problems: [],
    peak_memory_bytes: 0,
    source_digest: sourceDigest(
      pipeline.raw,
      models.map(({ name, file }) => ({ name, text: file.text })),
    ),
    revision: context.env["NAIS_ETL_REVISION"] ?? context.env["GITHUB_SHA"],
    image: context.env["NAIS_APP_IMAGE"],
  };
}

interface NewRecord {
  pipeline: LoadedPipeline;
  identity: RunIdentity;
  values: RunValues;
  models: ModelNode[];
  /** Names of the outputs that it publishes. */
  outputs: string[];
  context: Context;
}

export function secondsInto(record: RunRecord, context: Context): number {
  return (context.now().getTime() - Date.parse(record.started_at)) / 1000;
}

export function finishRecord(record: RunRecord, context: Context): void {
  record.finished_at = context.now().toISOString();
  record.seconds = (Date.parse(record.finished_at) - Date.parse(record.started_at)) / 1000;
  record.peak_memory_bytes = context.peakMemory();
}
