/**
 * A lock that the operating system gives back when its holder dies, however it dies: the engine's own lock on a small file.
 * No lease to run out while a laptop sleeps, nothing stale to clear away after a kill.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../../util/context.ts";
import { EtlError } from "../../../util/error.ts";
import { attach, detach } from "./attach.ts";
import { createDatabaseFile } from "./create-file.ts";
import { isLockConflict, lockHolder, type Database } from "./duckdb.ts";

/** File locks belong to a process: two takers in one process would both get one. */
const heldHere = new Set<string>();

/** Milliseconds between two tries. */
const pause = 500;

export interface LockOptions {
  file: string;
  /** What is locked, for the message: `pipeline apps`. */
  what: string;
  /** Who takes it, for the message. */
  who?: "run" | "backfill";
  /** Milliseconds to wait for another holder. */
  wait: number;
  /** The engine that holds it, and gives it back when it is closed. */
  db: Database;
  context: Context;
}

export type Release = () => Promise<void>;

/**
 * @returns a function that gives the lock back
 * @throws {EtlError} `locked`, naming the holder, when it is still held after `wait`
 */
export async function takeLock(options: LockOptions): Promise<Release> {
  const { what, who = "run", wait, context } = options;
  const deadline = performance.now() + wait;
  for (let tries = 0; ; tries++) {
    context.signal.throwIfAborted();
    const taken = await context.effect("lock.take", () => tryLock(options));
    if ("release" in taken) return () => context.effect("lock.release", taken.release);
    const rest = deadline - performance.now();
    if (rest <= 0) throw heldError(options, taken.holder);
    if (tries === 0) context.log.info(`  waiting for another ${who} of ${what}${processOf(taken.holder)}`);
    await sleep(Math.min(pause, rest), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function heldError({ file, what, who = "run" }: LockOptions, holder: number | undefined): EtlError {
  return new EtlError({
    code: "locked",
    message: `another ${who} holds the ${what}${processOf(holder)}`,
    hint: "Wait for it with --wait-lock 10m, or stop it.",
    where: { file },
  });
}

function processOf(pid: number | undefined): string {
  return pid === undefined ? "" : ` (process ${pid})`;
}

async function tryLock({
  file,
  db,
  context,
}: LockOptions): Promise<{ release: Release } | { holder: number | undefined }> {
  if (heldHere.has(file)) return { holder: context.host.pid };
  heldHere.add(file);
  try {
    await createDatabaseFile(file, db);
    await attach(db, file, "lock");
    return {
      async release() {
        await detach(db, "lock");
        heldHere.delete(file);
      },
    };
  } catch (error) {
    heldHere.delete(file);
    if (isLockConflict(error)) return { holder: lockHolder(error) };
    throw error;
  }
}
