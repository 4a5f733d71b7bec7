/** What the steps of a run share: what was asked for, what is open, and what has been noted so far. */
import type { Context } from "../util/context.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { BigQueryClient } from "./connectors/bigquery/client.ts";
import type { RunIdentity } from "./identity.ts";
import type { RowsAside } from "./check/set-aside.ts";
import type { Home } from "./home.ts";
import type { PastPublish } from "./publish/past-publish.ts";
import type { Published, Store } from "./publish/store.ts";
import type { RunRecord } from "./record/run-record.ts";
import type { Table } from "./table.ts";
import type { RunValues } from "./values.ts";
import type { Work } from "./work.ts";

export interface RunOptions {
  pipeline: LoadedPipeline;
  params: Record<string, string>;
  /** The interval asked for, by its label. */
  interval: string | undefined;
  /** Which run it is, where that has been found already. */
  identity?: RunIdentity;
  /** Models to run, with all they read; outputs of others are left alone. All where empty. */
  select: string[];
  /** Read at most so many rows of each source. */
  limit: number | undefined;
  /** Publish again what is published already. */
  force: boolean;
  rerun: boolean;
  /** Milliseconds to wait for another run of this pipeline; undefined where nobody has said. */
  waitLock: number | undefined;
  allowSchemaChange: boolean;
  /** Whether it is one of several intervals that one start runs. */
  backfill?: boolean;
  /** So many of them have the machine together. */
  among?: number;
  /** Where it does its work before its turn. */
  ahead?: Ahead;
}

/**
 * A run that waits for others may read, transform and check before it has the lock, since none of that is seen by anybody.
 * What it tells others comes in its turn: it takes the lock, begins, publishes, and is recorded, whatever came of its work.
 */
export interface Ahead {
  /** What of its id was published when that was asked. Where something else is in its turn, its work is of no use any more. */
  published: Published[];
  /** Resolves when it is its turn. Rejects where it is to stop. */
  turn: () => Promise<void>;
}

/** A run of which nothing is noted yet. */
export function newState(known: Omit<RunState, "marks" | "aside" | "quarantined">): RunState {
  return { ...known, marks: {}, aside: [], quarantined: false };
}

export interface RunState {
  options: RunOptions;
  pipeline: LoadedPipeline;
  context: Context;
  home: Home;
  identity: RunIdentity;
  values: RunValues;
  work: Work;
  record: RunRecord;
  /** Made when it is first asked for: most local runs have no use for it. */
  bigquery: () => Promise<BigQueryClient>;
  /** How far each source with a `cursor` was read: kept when the run publishes. */
  marks: Record<string, string>;
  /** Rows that checks have set aside: kept when the run publishes. */
  aside: RowsAside[];
  /** Whether an earlier run of this id has published such. */
  quarantined: boolean;
  /** What this run has made so far, by name; also of one that failed. */
  tables?: ReadonlyMap<string, Table>;
  /** All that have been, this run's among them, where its report tells of them. */
  publishes?: PastPublish[];
  /** The store, while it is open: see publish/open-store.ts. */
  store?: Store | undefined;
}
