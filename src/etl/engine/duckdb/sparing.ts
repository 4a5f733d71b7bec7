/**
 * A statement that needed more memory than there is, once more: alone, by one thread, what it joins in parts that lie on disk.
 * A join that believes that there is room keeps its rows in memory: what reads and writes files then finds none, and that
 * cannot go to the disk.
 * Source: https://duckdb.org/docs/1.5/guides/performance/how_to_tune_workloads, …/troubleshooting/oom_errors
 */
import { messageOf } from "../../../util/error.ts";
import type { Turns } from "./turns.ts";

/** What a locked engine still lets be changed; see {@link spare}. */
export const sparingConfigs = ["threads", "debug_force_external"];

interface Sparing<T> {
  /** @param spare whether it is to take less, if it can itself */
  act: (spare: boolean) => Promise<T>;
  turns: Turns;
  /** Runs a statement on the connection that `act` uses. */
  set: (sql: string) => Promise<unknown>;
  threads: number;
  /** Called before the second time. */
  onShort?: (() => void) | undefined;
}

/** @returns what `act` gives the first time, or the second. @throws the second time's error */
export async function runSparingly<T>(options: Sparing<T>): Promise<T> {
  const { act, turns, onShort } = options;
  try {
    return await turns.together(() => act(false));
  } catch (error) {
    if (!isShortOfMemory(error)) throw error;
    onShort?.();
    return await turns.alone(() => spare(options));
  }
}

/** Nobody else is at work: what holds for the whole engine can be changed. */
async function spare<T>({ act, set, threads }: Sparing<T>): Promise<T> {
  await set("SET GLOBAL threads = 1; SET debug_force_external = true");
  try {
    return await act(true);
  } finally {
    await set(`SET debug_force_external = false; SET GLOBAL threads = ${threads}`);
  }
}

/** The engine calls a full disk an error of memory, too: it could not put a block there. */
export function isFullDisk(error: unknown): boolean {
  return /No space left on device|max_temp_directory_size|failed to offload data block/i.test(messageOf(error));
}

export function isShortOfMemory(error: unknown): boolean {
  return /Out of Memory Error/.test(messageOf(error)) && !isFullDisk(error);
}
