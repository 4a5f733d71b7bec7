/**
 * How much memory, how many threads and how much temporary disk a run may use:
 * what the container allows (cgroup v2, then v1), else what the machine has.
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, …/cgroup-v1/memory.html
 */
import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";

export interface Limits {
  /** Bytes for the engine alone. */
  memory: number;
  threads: number;
  /** Bytes for spilling and staged files. */
  temporary: number;
}

export interface Machine {
  readText: (path: string) => Promise<string>;
  /** Bytes that are free at a path. */
  freeBytes: (path: string) => Promise<number>;
  totalMemory: number;
  cores: number;
}

const mebibyte = 1024 ** 2;
/** What Node, its libraries and the engine's own bookkeeping stand at beside the engine's memory_limit. Measured. */
const besidesEngine = 150 * mebibyte;
/** The same where rows come over the wire: Google's clients, and what is on its way. Measured with 10 M rows. */
const besidesReading = 240 * mebibyte;
/** The engine spills to disk; frames of Python cannot, and need the more of what there is. */
const shareBesideOthers = 1 / 3;
const smallestEngine = 64 * mebibyte;
/** With less, many sorts and joins fail: no run is to have so little only because others run beside it. */
const smallestBeside = 128 * mebibyte;
/** The same for each further run that reads at the same time: libraries are there once. */
const besidesReadingMore = besidesReading - besidesEngine;
/** Without a container's limit, other programs want memory too. */
const shareOfMachine = 0.6;

export const thisMachine: Machine = {
  readText: (path) => readFile(path, "utf8"),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  totalMemory: totalmem(),
  get cores() {
    return availableParallelism();
  },
};

export interface AskLimits {
  /** Whether rows come over the wire. */
  reads?: boolean;
  /** Whether other programs run in the same container: Python models and commands hold rows of their own. */
  shares?: boolean;
  /** So many runs of this process have the machine together: each gets its part. */
  among?: number;
  machine?: Machine;
}

export async function readLimits(folder: string, asked: AskLimits = {}): Promise<Limits> {
  const { among = 1, machine = thisMachine } = asked;
  const [memory, quota, free] = await Promise.all([
    engineMemory({ ...asked, among, machine }),
    cpuQuota(machine),
    machine.freeBytes(folder),
  ]);
  const threads = Math.min(machine.cores, quota === undefined ? machine.cores : Math.ceil(quota));
  return {
    memory: Math.max(smallestEngine, Math.floor(memory)),
    threads: Math.max(1, Math.floor(threads / among)),
    temporary: Math.floor((free * 0.9) / among),
  };
}

/** How many runs the memory is enough for at the same time, up to so many; one is always tried. */
export async function mostAmong(most: number, { machine = thisMachine, ...asked }: AskLimits): Promise<number> {
  for (let among = most; among > 1; among--)
    if ((await engineMemory({ ...asked, among, machine })) >= smallestBeside) return among;
  return 1;
}

/** Bytes for the engine of each of them. */
async function engineMemory(asked: AskLimits & { among: number; machine: Machine }): Promise<number> {
  const { reads = false, shares = false, among, machine } = asked;
  const container = await memoryLimit(machine);
  const besides = (reads ? besidesReading : besidesEngine) + (reads ? besidesReadingMore * (among - 1) : 0);
  const memory =
    container === undefined
      ? machine.totalMemory * shareOfMachine
      : Math.min(container, machine.totalMemory) * 0.9 - besides;
  return (memory * (shares ? shareBesideOthers : 1)) / among;
}

/** Bytes, or undefined where there is no limit. cgroup v1 writes "no limit" as a number near 2^63. */
export async function memoryLimit({ readText, totalMemory }: Machine): Promise<number | undefined> {
  const found = await firstText(readText, ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]);
  const bytes = Number(found);
  return Number.isFinite(bytes) && bytes > 0 && bytes < totalMemory ? bytes : undefined;
}

/** Cores as a fraction, or undefined where there is no quota. */
async function cpuQuota({ readText }: Machine): Promise<number | undefined> {
  const [quota, period] = (await firstText(readText, ["/sys/fs/cgroup/cpu.max"]))?.split(" ").map(Number) ?? [
    Number(await firstText(readText, ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"])),
    Number(await firstText(readText, ["/sys/fs/cgroup/cpu/cpu.cfs_period_us"])),
  ];
  return quota! > 0 && period! > 0 ? quota! / period! : undefined;
}

/** Of the first of these files that can be read. */
export async function firstText(readText: Machine["readText"], paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await readText(path).catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}
