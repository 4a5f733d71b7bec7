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
import { backfillHolder } from "../../identity.ts";
import { keepLease } from "./lease.ts";
import { labelOf } from "../../connectors/bigquery/client.ts";
import { readHolder, type Holder } from "./lock-labels.ts";
import { changeLock, makeLock, newHolder, readLock, usualPace, type LockOptions, type Pace } from "./lock-table.ts";

/** Who waits, waits for a holder that has died without a word, and for the one who then was quicker. */
const leasesToWait = 2;

/** A backfill gives the lock back after its interval, which may take its time. */
const patienceWithBackfill = 3_600_000;

function usualWait({ execution }: Holder, { lease }: Pace): number {
  return execution.startsWith(backfillHolder) ? patienceWithBackfill : leasesToWait * lease;
}

/**
 * @returns a function that gives the lock back
 * @throws {EtlError} `locked`, naming the holder, when it is still held after `wait`
 */
export async function takeLock(options: LockOptions): Promise<() => Promise<void>> {
  const { client, pipeline, who = "run", pace = usualPace } = options;
  const { log, signal } = client.context;
  let waited = 0;
  for (;;) {
    const taken = await tryTake(options);
    if ("etag" in taken) return keepLease(options, taken.etag);
    const { wait = usualWait(taken.holder, pace) } = options;
    const rest = wait - waited;
    if (rest <= 0) throw heldError(options, taken.holder);
    if (waited === 0) log.info(`  waiting for another ${who} of pipeline ${pipeline}: ${taken.holder.execution}`);
    const pause = Math.min(pace.pollEvery, rest);
    await sleep(pause, signal);
    waited += pause;
  }
}

function heldError({ pipeline, name, who = "run" }: LockOptions, { execution, host, until }: Holder): EtlError {
  return new EtlError({
    code: "locked",
    part: "bigquery",
    message: `another ${who} holds the pipeline ${pipeline}: ${execution} on ${host}, until ${new Date(until).toISOString()} at least`,
    hint: `Wait for it with --wait-lock 10m, or stop it. The lock is the table ${name.dataset}.${name.table}.`,
  });
}

async function tryTake(options: LockOptions): Promise<{ etag: string } | { holder: Holder }> {
  const own = await newHolder(options);
  const made = await makeLock(options, own);
  if (made) return made;
  const seen = await readLock(options);
  // It expired in between.
  if (!seen) return tryTake(options);
  const holder = readHolder(seen.labels);
  if (!(await mayTake(holder, options))) return { holder };
  const taken = await changeLock(options, { etag: seen.etag, holder: own, effect: "lease.take" });
  return taken ?? tryTake(options);
}

/** Its own, when the answer was lost; one that has been given back or has run out; or a dead one's. */
async function mayTake(holder: Holder, { client, session, execution }: LockOptions): Promise<boolean> {
  const { now, host } = client.context;
  if (holder.session === session || holder.until <= now().getTime()) return true;
  // A Job has one pod at a time: the one before this has ended.
  if (holder.execution === labelOf(execution)) return true;
  return isDead(holder, host.name);
}

/** Whether it was a process of this machine, and is none any more. */
export async function isDead(holder: Holder, host: string): Promise<boolean> {
  if (holder.host !== labelOf(host)) return false;
  const start = await processStart(holder.pid);
  return start === "none" || (start !== undefined && holder.start !== undefined && start !== holder.start);
}
