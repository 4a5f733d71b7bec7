/** What a plan says: the form of `plan --json`, which the Action reads. */
import type { Problem } from "../util/error.ts";
import type { ModelChange } from "../etl/plan/data-diff.ts";
import type { SchemaChange } from "../etl/plan/schema-change.ts";
import type { ManifestChange } from "../ship/render/manifest-diff.ts";
import type { Commit } from "./old-tree.ts";

export interface Plan {
  pipeline: string;
  /** Empty for the file itself. */
  target: string;
  /** Whether no server was asked. */
  offline: boolean;
  /** What it was compared with; undefined where there is no commit. */
  against: Commit | undefined;
  schema: SchemaChange[];
  queries: QueryPlan[];
  /** Undefined where nothing is known of what a run would be billed. */
  budget: { run_bytes: number; limit: number | undefined } | undefined;
  /** Bytes billed, from run records and by the schedule; undefined as `budget`. */
  month: MonthPlan | undefined;
  manifest: ManifestChange[];
  /** Where the team has written its Naisjob by hand: what would change, were the rendered one deployed in its place. */
  own_manifest?: OwnManifestPlan;
  /** What the models make of the samples: only tables of which something has changed, and counts alone. */
  data: ModelChange[];
  /** How many tables were compared for that; undefined where none were. */
  compared: number | undefined;
  models_added: string[];
  models_removed: string[];
  /** What is not known, and why. */
  notes: string[];
  problems: Problem[];
}

export interface OwnManifestPlan {
  /** From the repository's folder. */
  file: string;
  changes: ManifestChange[];
}

export interface MonthPlan {
  past_runs: number;
  past_bytes: number;
  next_runs: number;
  next_bytes: number;
}

export interface QueryPlan {
  /** The source. */
  name: string;
  /** As far as is known before it is read. */
  rows: number | undefined;
  /** That BigQuery would bill. */
  bytes: number | undefined;
  /** Bytes that a run may be billed for. */
  budget: number | undefined;
}
