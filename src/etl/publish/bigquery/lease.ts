/** A lock that is held: for a minute, again and again, until it is given back. */
import { EtlError } from "../../../util/error.ts";
import { sleep } from "../../../util/retry.ts";
import { readHolder } from "./lock-labels.ts";
import { changeLock, newHolder, readLock, usualPace, type LockOptions } from "./lock-table.ts";

interface Lease {
  etag: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** @returns what gives it back. Where it is lost before, `onLost` is told. */
export function keepLease(options: LockOptions, etag: string): () => Promise<void> {
  const { client, onLost, pace = usualPace } = options;
  const stop = new AbortController();
  const lease: Lease = { etag, until: client.context.now().getTime() + pace.lease };
  let isLost = false;
  const renewing = renewOften(options, lease, stop.signal).catch((error: unknown) => {
    isLost = true;
    onLost(error as Error);
  });
  return async () => {
    stop.abort();
    await renewing;
    if (!isLost) await giveBack(options, lease);
  };
}

async function renewOften(options: LockOptions, lease: Lease, stop: AbortSignal): Promise<void> {
  const { client, pace = usualPace } = options;
  const { now, log } = client.context;
  for (;;) {
    await sleep(pace.renewEvery, stop).catch(() => undefined);
    if (stop.aborted) return;
    try {
      await renew(options, lease);
    } catch (error) {
      if (error instanceof EtlError) throw error;
      if (now().getTime() > lease.until) throw lostError(options, error);
      log.debug(`the lock could not be renewed: ${String(error)}`);
    }
  }
}

async function renew(options: LockOptions, lease: Lease): Promise<void> {
  const holder = await newHolder(options);
  const renewed = await changeLock(options, { etag: lease.etag, holder, effect: "lease.renew" });
  // Ours still, where the answer was lost.
  const seen = renewed ?? (await readLock(options));
  const { session, until } = readHolder(seen?.labels);
  if (!seen || session !== options.session) throw lostError(options);
  Object.assign(lease, { etag: seen.etag, until });
}

function lostError({ pipeline }: LockOptions, cause?: unknown): EtlError {
  return new EtlError({
    code: "locked",
    part: "bigquery",
    message: `another run has taken over the pipeline ${pipeline}`,
    hint: "This one was not heard of for a minute: it was paused, or could not reach BigQuery. It publishes nothing.",
    cause,
  });
}

/** What is not given back runs out. */
async function giveBack(options: LockOptions, { etag }: Lease): Promise<void> {
  const { log } = options.client.context;
  const holder = { ...(await newHolder(options)), until: 0 };
  await changeLock(options, { etag, holder, effect: "lease.release" }).catch((error: unknown) =>
    log.debug(`the lock was not given back: ${String(error)}`),
  );
}
