/** Programs that Go builds from the modules in this folder, kept outside the repository: they take minutes. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const minute = 60_000;
/** Two cores take five; two that are busy take more. */
export const buildTimeout = 25 * minute;

export interface GoProgram {
  name: string;
  /** Holds go.mod, go.sum and main.go. */
  module: string;
  ldflags?: string;
  /** Environment variable that may name the built program. */
  variable: string;
}

/** The path of the program, built where it was not built before; or why there is none. */
export async function buildProgram(program: GoProgram): Promise<{ path: string } | { missing: string }> {
  const named = process.env[program.variable];
  if (named) return { path: named };
  const folder = join(cacheFolder(), `${program.name}-${digestOf(program.module)}`);
  const path = join(folder, program.name);
  if (existsSync(path)) return { path };
  if (spawnSync("go", ["version"]).status !== 0)
    return { missing: `there is no Go to build ${program.name} with: install it, or name one in ${program.variable}` };
  mkdirSync(folder, { recursive: true });
  const problem = await withLock(join(folder, "building"), () => (existsSync(path) ? undefined : build(program, path)));
  return problem === undefined ? { path } : { missing: `${program.name} was not built: ${problem}` };
}

function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "nais-etl", "e2e");
}

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).toSorted()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}

/** @returns what went wrong */
function build({ module, ldflags = "" }: GoProgram, path: string): string | undefined {
  const aside = `${path}.new`;
  const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${ldflags}`, "-o", aside, "."];
  const { status, error, stderr } = spawnSync("go", args, { cwd: module, encoding: "utf8", timeout: buildTimeout });
  if (status !== 0) return error?.message ?? stderr.trim().split("\n").slice(-3).join("; ");
  renameSync(aside, path);
  return undefined;
}

/** Test files run side by side: the second one waits for the first one's build. */
async function withLock<T>(lock: string, act: () => T): Promise<T> {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (ageOf(lock) > buildTimeout) rmSync(lock, { recursive: true, force: true });
      await sleep(500);
    }
  }
  try {
    return act();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
