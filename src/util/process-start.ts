/** When a process started: with its id, that tells it from a later process of the same id. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** `starttime` stands 20th after the command's name, which may itself hold spaces and parentheses. Source: proc(5). */
const startField = 19;

/**
 * A number that only this process has: clock ticks since boot on Linux, milliseconds since 1970 elsewhere.
 * @returns "none" where no such process runs, undefined where this system does not tell
 */
export async function processStart(pid: number): Promise<number | "none" | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text !== undefined) return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[startField]);
  return (await hasProc()) ? "none" : startByPs(pid);
}

async function hasProc(): Promise<boolean> {
  return readFile("/proc/self/stat").then(
    () => true,
    () => false,
  );
}

/** macOS has no /proc. `ps` ends with 1 where there is no such process. */
async function startByPs(pid: number): Promise<number | "none" | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
    return Date.parse(stdout.trim()) || undefined;
  } catch (error) {
    return (error as { code?: unknown }).code === 1 ? "none" : undefined;
  }
}
