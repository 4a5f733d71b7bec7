/**
 * A lock that the operating system gives back when its holder dies, however it dies: the engine's own lock on a small file.
 * No lease to run out while a laptop sleeps, nothing stale to clear away after a kill.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../../util/context.ts";
import { EtlError } from "../../../util/error.ts";
import { isLockConflict, lockHolder, openDuckdb } from "./duckdb.ts";

/** File locks belong to a process: two takers in one process would both get one. */
const heldHere = new Set<string>();

export interface LockOptions {
  file: string;
  /** What is locked, for the message: `pipeline apps`. */
  what: string;
  /** Milliseconds to wait for another holder. */
  wait: number;
  temporaryFolder: string;
  context: Context;
}

/**
 * @returns a function that gives the lock back
 * @throws {EtlError} `locked`, naming the holder, when it is still held after `wait`
 */
export async function takeLock(options: LockOptions): Promise<() => void> {
  const { file, what, wait, context } = options;
  const deadline = context.now().getTime() + wait;
  for (;;) {
    const taken = await tryLock(options);
    if ("release" in taken) return taken.release;
    if (context.now().getTime() >= deadline) {
      throw new EtlError({
        code: "locked",
        message: `another run holds the ${what}${taken.holder === undefined ? "" : ` (process ${taken.holder})`}`,
        hint: "Wait for it with --wait-lock 10m, or stop it.",
        where: { file },
      });
    }
    context.log.debug(`waiting for the ${what}`);
    await sleep(Math.min(500, wait), undefined, { signal: context.signal });
  }
}

async function tryLock({
  file,
  temporaryFolder,
  context,
}: LockOptions): Promise<{ release: () => void } | { holder: number | undefined }> {
  if (heldHere.has(file)) return { holder: context.host.pid };
  heldHere.add(file);
  try {
    const db = await openDuckdb({
      file,
      temporaryFolder,
      limits: { memory: 64 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 },
    });
    return {
      release() {
        db.close();
        heldHere.delete(file);
      },
    };
  } catch (error) {
    heldHere.delete(file);
    if (isLockConflict(error)) return { holder: lockHolder(error) };
    throw error;
  }
}
