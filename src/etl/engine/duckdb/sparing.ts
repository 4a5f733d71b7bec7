/**
 * A statement that needed more memory than there is, once more: alone, by one thread, what it joins in parts that lie on disk.
 * A join that believes that there is room keeps its rows in memory: what reads and writes files then finds none, and that
 * cannot go to the disk.
 * Source: https://duckdb.org/docs/1.5/guides/performance/how_to_tune_workloads, …/troubleshooting/oom_errors
 */
import { messageOf } from "../../../util/error.ts";
import type { Limits } from "../limits.ts";
import type { Turns } from "./turns.ts";

/** What a locked engine still lets be changed; see {@link spare}. */
export const sparingConfigs = ["threads", "debug_force_external", "memory_limit"];

/**
 * Beside its limit, the engine has buffers for each statement that reads or writes files, some 50 MB: where memory is short,
 * few at a time leave enough for these. Each has all threads. Measured with 1.2 M rows.
 */
const memoryOfOne = 256 * 1024 ** 2;

/** How many statements that take much memory run at the same time. */
export function mostTogether({ memory }: Pick<Limits, "memory">): number {
  return Math.max(1, Math.floor(memory / memoryOfOne));
}

interface Sparing<T> {
  /** @param spare whether it is to take less, if it can itself */
  act: (spare: boolean) => Promise<T>;
  turns: Turns;
  /** Runs a statement on the connection that `act` uses. */
  set: (sql: string) => Promise<unknown>;
  limits: Pick<Limits, "memory" | "threads">;
  /** Called before the second time. */
  onShort?: (() => void) | undefined;
}

/** @returns what `act` gives the first time, or the second. @throws the second time's error */
export async function runSparingly<T>(options: Sparing<T>): Promise<T> {
  const { act, turns, limits, onShort } = options;
  try {
    return await turns.together(async () => {
      if (mostTogether(limits) === 1) await giveBack(options);
      return act(false);
    });
  } catch (error) {
    if (!isShortOfMemory(error)) throw error;
    onShort?.();
    return await turns.alone(() => spare(options));
  }
}

/** Nobody else is at work: what holds for the whole engine can be changed. */
async function spare<T>(options: Sparing<T>): Promise<T> {
  const { act, set, limits } = options;
  await giveBack(options);
  await set("SET GLOBAL threads = 1; SET debug_force_external = true");
  try {
    return await act(true);
  } finally {
    await set(`SET debug_force_external = false; SET GLOBAL threads = ${limits.threads}`);
  }
}

/**
 * The memory of an earlier statement is free for a second before its allocator gives it back to the machine, which counts it
 * beside what the next one takes. When its limit is set, the engine gives it back. Measured: 400 MB, then 25.
 */
async function giveBack({ set, limits }: Pick<Sparing<unknown>, "set" | "limits">): Promise<void> {
  // Where others hold it at the moment, the engine refuses.
  await set(`SET GLOBAL memory_limit = '${memorySetting(limits.memory)}'`).catch(() => undefined);
}

/** What a statement has left in memory, files that it has read among it, goes: another engine of this process is at work next. */
export async function empty(options: Pick<Sparing<unknown>, "set" | "limits">): Promise<void> {
  if (mostTogether(options.limits) > 1) return;
  await giveBack({ ...options, limits: { ...options.limits, memory: leastMemory } });
  await giveBack(options);
}

const leastMemory = 32 * 1024 ** 2;

/** @param bytes as {@link Limits} has them */
export function memorySetting(bytes: number): string {
  return `${Math.floor(bytes / 1024)}KiB`;
}

/** The engine calls a full disk an error of memory, too: it could not put a block there. */
export function isFullDisk(error: unknown): boolean {
  return /No space left on device|max_temp_directory_size|failed to offload data block/i.test(messageOf(error));
}

export function isShortOfMemory(error: unknown): boolean {
  return /Out of Memory Error/.test(messageOf(error)) && !isFullDisk(error);
}
