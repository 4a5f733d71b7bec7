/**
 * A group of processes with a limit of memory and no swap, as a pod is: in version 2 of cgroups, or 1, whichever the machine
 * has. Inside, the limit stands where a pod finds it.
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, …/cgroup-v1/memory.html
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Version {
  /** Where the machine's groups lie, and where a pod finds its own. */
  root: string;
  limits: (bytes: number) => Record<string, string>;
  /** The greatest use, the page cache included, which goes when there is need of memory. */
  peak: string;
  /** In memory.stat: what does not go. */
  kept: string;
}

const versions: Version[] = [
  {
    root: "/sys/fs/cgroup",
    limits: (bytes) => ({ "memory.max": String(bytes), "memory.swap.max": "0" }),
    peak: "memory.peak",
    kept: "anon",
  },
  {
    root: "/sys/fs/cgroup/memory",
    limits: (bytes) => ({
      "memory.limit_in_bytes": String(bytes),
      // Memory and swap together.
      "memory.memsw.limit_in_bytes": String(bytes),
    }),
    peak: "memory.max_usage_in_bytes",
    kept: "total_rss",
  },
];

export interface Limited {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  /** Bytes: with the page cache, where the kernel tells, and without it, looked at often. */
  peak: number | undefined;
  peakKept: number;
}

export interface Command {
  command: string[];
  env: Record<string, string>;
  cwd: string;
}

/** Why there can be no such group here; undefined where there can. */
export function whyNoCgroup(): string | undefined {
  try {
    const group = makeGroup(64 * 1024 ** 2);
    const { status, stderr, error } = spawnSync("unshare", enterArgs(group, ["true"]), { encoding: "utf8" });
    group.remove();
    return status === 0 ? undefined : `no mount namespace: ${error?.message ?? stderr.trim()}`;
  } catch (error) {
    return `no cgroup can be made: ${(error as Error).message}`;
  }
}

/** Runs a command that may use so many bytes, and is killed when it wants more. */
export async function runWithin(bytes: number, { command, env, cwd }: Command): Promise<Limited> {
  const group = makeGroup(bytes);
  const child = spawn("unshare", enterArgs(group, command), { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  let peakKept = 0;
  const looking = setInterval(() => (peakKept = Math.max(peakKept, group.kept())), 20);
  const ended = await new Promise<Pick<Limited, "code" | "signal">>((resolve, reject) => {
    child.on("error", reject).on("close", (code, signal) => resolve({ code, signal }));
  });
  clearInterval(looking);
  const peak = group.peak();
  group.remove();
  return { ...ended, output, peak, peakKept };
}

/** The same for who starts the command, and says when it has ended. */
export function within(bytes: number, command: string[]): { command: string[]; release: () => void } {
  const group = makeGroup(bytes);
  return { command: ["unshare", ...enterArgs(group, command)], release: () => group.remove() };
}

interface Group {
  version: Version;
  folder: string;
  peak(): number | undefined;
  kept(): number;
  remove(): void;
}

let made = 0;

function makeGroup(bytes: number): Group {
  const version = versions.find(({ root }) => isMemory(root));
  if (!version) throw new Error("the machine has no memory controller");
  const folder = join(version.root, `nais-etl-test-${process.pid}-${made++}`);
  mkdirSync(folder);
  for (const [name, value] of Object.entries(version.limits(bytes))) {
    // A kernel without swap has no file for it.
    if (existsSync(join(folder, name))) writeFileSync(join(folder, name), value);
  }
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return {
    version,
    folder,
    peak: () => (existsSync(join(folder, version.peak)) ? Number(read(version.peak)) : undefined),
    kept: () => Number(new RegExp(`^${version.kept} (\\d+)$`, "m").exec(read("memory.stat"))?.[1] ?? 0),
    remove: () => rmdirSync(folder),
  };
}

function isMemory(root: string): boolean {
  const controllers = join(root, "cgroup.subtree_control");
  if (existsSync(controllers)) return /\bmemory\b/.test(readFileSync(controllers, "utf8"));
  return existsSync(join(root, "memory.limit_in_bytes"));
}

/** In a mount namespace of its own, the group is all that is seen of groups. */
function enterArgs({ version, folder }: Group, command: string[]): string[] {
  const script = `echo $$ > "$0/cgroup.procs" && mount --bind "$0" ${version.root} && exec "$@"`;
  return ["--mount", "--propagation", "private", "sh", "-c", script, folder, ...command];
}
