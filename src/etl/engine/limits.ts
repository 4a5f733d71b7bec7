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
/** Without a container's limit, other programs want memory too. */
const shareOfMachine = 0.6;

export const thisMachine: Machine = {
  readText: (path) => readFile(path, "utf8"),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  totalMemory: totalmem(),
  cores: availableParallelism(),
};

/**
 * @param reads whether rows come over the wire
 * @param shares whether other programs run in the same container: Python models and commands hold rows of their own
 */
export async function readLimits(
  folder: string,
  {
    reads = false,
    shares = false,
    machine = thisMachine,
  }: { reads?: boolean; shares?: boolean; machine?: Machine } = {},
): Promise<Limits> {
  const [container, quota, free] = await Promise.all([
    memoryLimit(machine),
    cpuQuota(machine),
    machine.freeBytes(folder),
  ]);
  const memory =
    container === undefined
      ? machine.totalMemory * shareOfMachine
      : Math.min(container, machine.totalMemory) * 0.9 - (reads ? besidesReading : besidesEngine);
  return {
    memory: Math.max(smallestEngine, Math.floor(memory * (shares ? shareBesideOthers : 1))),
    threads: Math.max(1, Math.min(machine.cores, quota === undefined ? machine.cores : Math.ceil(quota))),
    temporary: Math.floor(free * 0.9),
  };
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
