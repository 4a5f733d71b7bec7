/**
 * A lock that needs nothing but a dataset: a table without columns, whose labels say who holds it and until when. Making it
 * and changing it are each done by one only: `tables.insert` refuses the second (409), `If-Match` who has not seen the last
 * change (412). Nobody deletes it, since a deletion cannot be made to depend on what one has seen: it expires.
 * It only saves work. That nothing is published twice is the fence's business: see scripts.ts.
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables
 */
import { EtlError } from "../../../util/error.ts";
import { processStart } from "../../../util/process-start.ts";
import { sleep } from "../../../util/retry.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { Refusal } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, tablePath, tableReference, type TableName } from "../../connectors/bigquery/table-name.ts";
import { labelText, type Holder, readHolder, writeHolder } from "./lock-labels.ts";

/** Milliseconds. */
export interface Pace {
  lease: number;
  renewEvery: number;
  /** Between two looks at a lock that another run holds. */
  pollEvery: number;
}

const usualPace: Pace = { lease: 60_000, renewEvery: 20_000, pollEvery: 2000 };
/** Who waits, waits for a holder that has died without a word, and for the one who then was quicker. */
const leasesToWait = 2;
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
  /** Given by tests, so that they need not wait. */
  pace?: Pace;
}

interface Seen {
  etag: string;
  labels?: Record<string, string>;
}

/**
 * @returns a function that gives the lock back
 * @throws {EtlError} `locked`, naming the holder, when it is still held after `wait`
 */
export async function takeLease(options: LockOptions): Promise<() => Promise<void>> {
  const { client, pipeline, pace = usualPace } = options;
  const { wait = leasesToWait * pace.lease } = options;
  const { log, signal } = client.context;
  let waited = 0;
  for (;;) {
    const taken = await tryTake(options);
    if ("etag" in taken) return keepLease(options, taken.etag);
    const rest = wait - waited;
    if (rest <= 0) throw heldError(options, taken.holder);
    if (waited === 0) log.info(`  waiting for another run of pipeline ${pipeline}: ${taken.holder.execution}`);
    const pause = Math.min(pace.pollEvery, rest);
    await sleep(pause, signal);
    waited += pause;
  }
}

function heldError({ pipeline, name }: LockOptions, { execution, host, until }: Holder): EtlError {
  return new EtlError({
    code: "locked",
    part: "bigquery",
    message: `another run holds the pipeline ${pipeline}: ${execution} on ${host}, until ${new Date(until).toISOString()} at least`,
    hint: `Wait for it with --wait-lock 10m, or stop it. The lock is the table ${name.dataset}.${name.table}.`,
  });
}

async function tryTake(options: LockOptions): Promise<{ etag: string } | { holder: Holder }> {
  const { client, name } = options;
  const own = await newHolder(options);
  const made = await unlessRefused(409, () => insert(options, own));
  if (made) return made;
  const seen = await unlessRefused(404, () => client.request<Seen>({ path: tablePath(name) }));
  // It expired in between.
  if (!seen) return tryTake(options);
  const holder = readHolder(seen.labels);
  if (!(await mayTake(holder, options))) return { holder };
  const taken = await unlessRefused(412, () => change(options, "lease.take", { etag: seen.etag, holder: own }));
  return taken ?? tryTake(options);
}

/** Its own, when the answer was lost; one that has been given back or has run out; or a dead one's. */
async function mayTake(holder: Holder, { client, session, execution }: LockOptions): Promise<boolean> {
  const { context } = client;
  if (holder.session === session || holder.until <= context.now().getTime()) return true;
  // A Job has one pod at a time: the one before this has ended.
  if (holder.execution === labelText(execution)) return true;
  if (holder.host !== labelText(context.host.name)) return false;
  const start = await processStart(holder.pid);
  return start === "none" || (start !== undefined && holder.start !== undefined && start !== holder.start);
}

async function newHolder({ client, execution, session, pace = usualPace }: LockOptions): Promise<Holder> {
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

function insert({ client, name, pipeline }: LockOptions, own: Holder): Promise<Seen> {
  const body = {
    tableReference: tableReference(name),
    description: `nais-etl: held while a run of ${pipeline} works. Its labels say by whom, and until when.`,
    ...lockBody(own, client),
  };
  return client.context.effect("lease.make", () =>
    client.request<Seen>({ method: "POST", path: `${datasetPath(name)}/tables`, body }),
  );
}

function lockBody(holder: Holder, { context }: BigQueryClient) {
  return {
    labels: writeHolder(holder),
    expirationTime: String(context.now().getTime() + expireMilliseconds),
  };
}

interface Change {
  etag: string;
  holder: Holder;
}

function change(
  { client, name, pace = usualPace }: LockOptions,
  effect: string,
  { etag, holder }: Change,
): Promise<Seen> {
  const body = lockBody(holder, client);
  const headers = { "if-match": etag };
  // Within one renewal: what takes longer is no answer any more.
  const request = { method: "PATCH", path: tablePath(name), headers, body, timeout: 10_000 } as const;
  return client.context.effect(effect, () =>
    client.request<Seen>({ ...request, evenIfStopped: true, patience: pace.renewEvery }),
  );
}

async function unlessRefused<T>(status: number, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal && error.status === status) return undefined;
    throw error;
  }
}

/** Renews the lease until it is given back. */
function keepLease(options: LockOptions, etag: string): () => Promise<void> {
  const { client, onLost, pace = usualPace } = options;
  const stop = new AbortController();
  const lease = { etag, until: client.context.now().getTime() + pace.lease, isLost: false };
  const renewing = renewOften(options, lease, stop.signal).catch((error: unknown) => {
    lease.isLost = true;
    onLost(error as Error);
  });
  return async () => {
    stop.abort();
    await renewing;
    if (!lease.isLost) await giveBack(options, lease.etag);
  };
}

interface Lease {
  etag: string;
  until: number;
}

async function renewOften(options: LockOptions, lease: Lease, stop: AbortSignal): Promise<void> {
  const { client, pace = usualPace } = options;
  const { now, log } = client.context;
  while (!stop.aborted) {
    await sleep(pace.renewEvery, stop).catch(() => undefined);
    if (stop.aborted) return;
    try {
      await renew(options, lease);
    } catch (error) {
      if (error instanceof EtlError || now().getTime() > lease.until) throw lostError(options, error);
      log.debug(`the lock could not be renewed: ${String(error)}`);
    }
  }
}

async function renew(options: LockOptions, lease: Lease): Promise<void> {
  const { client, name, session } = options;
  const holder = await newHolder(options);
  let renewed = await unlessRefused(412, () => change(options, "lease.renew", { etag: lease.etag, holder }));
  if (!renewed) {
    // Ours still, where the answer was lost.
    renewed = await client.request<Seen>({ path: tablePath(name), evenIfStopped: true });
    if (readHolder(renewed.labels).session !== session) throw lostError(options);
  }
  Object.assign(lease, { etag: renewed.etag, until: readHolder(renewed.labels).until });
}

function lostError({ pipeline }: LockOptions, cause?: unknown): EtlError {
  if (cause instanceof EtlError) return cause;
  return new EtlError({
    code: "locked",
    part: "bigquery",
    message: `another run has taken over the pipeline ${pipeline}`,
    hint: "This one was not heard of for a minute: it was paused, or could not reach BigQuery. It publishes nothing.",
    cause,
  });
}

/** What is not given back runs out. */
async function giveBack(options: LockOptions, etag: string): Promise<void> {
  const { log } = options.client.context;
  const holder = { ...(await newHolder(options)), until: 0 };
  await change(options, "lease.release", { etag, holder }).catch((error: unknown) =>
    log.debug(`the lock was not given back: ${String(error)}`),
  );
}
