/** One after the other, whichever test file they are in: what two must not do to the same folder or packages at once. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Alone {
  /** A file that is there as long as somebody is at it, and names the process. */
  lock: string;
  /** Milliseconds after which whoever made it is taken for dead. */
  patience: number;
}

export function alone<T>({ lock, patience }: Alone, act: () => T): T {
  mkdirSync(dirname(lock), { recursive: true });
  while (!isMade(lock)) {
    if (isLeftBehind(lock) || ageOf(lock) > patience) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    return act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isMade(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** By a process that was killed. */
function isLeftBehind(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // Not written yet.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

export function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
