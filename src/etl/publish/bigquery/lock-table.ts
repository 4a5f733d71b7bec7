/** The table that is the lock: made, looked at, and changed by who has seen its last change. */
import { processStart } from "../../../util/process-start.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, tableReference, type TableName } from "../../connectors/bigquery/table-name.ts";
import { writeHolder, type Holder } from "./lock-labels.ts";

/** Milliseconds. */
export interface Pace {
  lease: number;
  renewEvery: number;
  /** Between two looks at a lock that another run holds. */
  pollEvery: number;
}

export const usualPace: Pace = { lease: 60_000, renewEvery: 20_000, pollEvery: 2000 };

/** Only to tidy up: BigQuery does not promise when an expired table goes. */
const expireMilliseconds = 24 * 3_600_000;

export interface LockOptions {
  client: BigQueryClient;
  /** In the dataset of the state. */
  name: TableName;
  pipeline: string;
  /** The Kubernetes Job; elsewhere something of its own for each start. */
  execution: string;
  /** Tells this process from all others. */
  session: string;
  /** Milliseconds. */
  wait: number | undefined;
  onLost: (reason: Error) => void;
  /** Who takes it, for people. */
  who?: "run" | "backfill";
  /** Given by tests, so that they need not wait. */
  pace?: Pace;
}

export interface SeenLock {
  etag: string;
  labels?: Record<string, string>;
}

/** This process, from now on for the length of a lease. */
export async function newHolder({ client, execution, session, pace = usualPace }: LockOptions): Promise<Holder> {
  const { now, host } = client.context;
  const start = await processStart(host.pid);
  return {
    execution,
    session,
    host: host.name,
    pid: host.pid,
    start: typeof start === "number" ? start : undefined,
    until: now().getTime() + pace.lease,
  };
}

/** Undefined where it is there already. */
export function makeLock(
  { client, name, pipeline, who = "run" }: LockOptions,
  holder: Holder,
): Promise<SeenLock | undefined> {
  const body = {
    tableReference: tableReference(name),
    description: `nais-etl: held while a ${who} of ${pipeline} works. Its labels say by whom, and until when.`,
    ...lockBody(holder, client),
  };
  const request = { method: "POST", path: `${datasetPath(name)}/tables`, body } as const;
  return unlessRefused(409, () => client.context.effect("lease.make", () => client.request<SeenLock>(request)));
}

/** Undefined where it is gone. */
export function readLock({ client, name }: LockOptions): Promise<SeenLock | undefined> {
  const request = { path: tablePath(name), evenIfStopped: client.context.signal.aborted };
  return unlessRefused(404, () => client.request<SeenLock>(request));
}

interface Change {
  /** Of the last change that was seen. */
  etag: string;
  holder: Holder;
  effect: "lease.take" | "lease.renew" | "lease.release";
}

/** Undefined where somebody else has changed it since. */
export function changeLock(
  { client, name, pace = usualPace }: LockOptions,
  { etag, holder, effect }: Change,
): Promise<SeenLock | undefined> {
  const body = lockBody(holder, client);
  // Within one renewal: what takes longer is no answer any more.
  const bounds = { timeout: 10_000, patience: pace.renewEvery, evenIfStopped: true };
  const request = { method: "PATCH", path: tablePath(name), headers: { "if-match": etag }, body, ...bounds } as const;
  return unlessRefused(412, () => client.context.effect(effect, () => client.request<SeenLock>(request)));
}

function lockBody(holder: Holder, { context }: BigQueryClient) {
  // How much memory a process had before it was killed, is known from nowhere else.
  const peak = { peak_mib: String(Math.round(context.peakMemory() / 1024 ** 2)) };
  return {
    labels: { ...writeHolder(holder), ...peak },
    expirationTime: String(context.now().getTime() + expireMilliseconds),
  };
}
