/** Programs that Go builds from the modules in this folder, kept outside the repository: they take minutes. */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ageOf } from "./alone.ts";

/** Two cores take five, and more when they are busy with other tests. None: what is not built yet is not built. */
const minutes = Number(process.env["NAIS_ETL_BUILD_MINUTES"] ?? 20);
export const buildTimeout = minutes * 60_000;

export interface GoProgram {
  name: string;
  /** Holds go.mod, go.sum and main.go. */
  module: string;
  /** In place of main.go: a program that go.mod names as a tool. */
  tool?: string;
  ldflags?: string;
  /** Environment variable that may name the built program. */
  variable: string;
  /** Environment variable without which it is not built: it takes too long for every run of the tests. */
  onlyWith?: string;
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
  const { name, variable, onlyWith } = program;
  if (onlyWith !== undefined && !process.env[onlyWith])
    return {
      missing: `${name} is not built yet, which takes minutes, once: ${onlyWith}=1 does, or name one in ${variable}`,
    };
  if (minutes === 0) return { missing: `${program.name} is not built yet, and NAIS_ETL_BUILD_MINUTES is 0` };
  mkdirSync(folder, { recursive: true });
  const problem = await withLock(join(folder, "building"), () => buildOnce(program, path));
  return problem === undefined ? { path } : { missing: `${program.name} was not built: ${problem}` };
}

function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nais-etl", "e2e");
}

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).toSorted()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}

/** What one test file could not build, the next one of the same run does not try again. */
async function buildOnce(program: GoProgram, path: string): Promise<string | undefined> {
  const note = `${path}.problem-${process.ppid}`;
  if (existsSync(path)) return undefined;
  if (existsSync(note)) return readFileSync(note, "utf8");
  const problem = await build(program, path);
  if (problem !== undefined) writeFileSync(note, problem);
  return problem;
}

/** @returns what went wrong */
async function build({ module, tool = ".", ldflags = "" }: GoProgram, path: string): Promise<string | undefined> {
  const aside = `${path}.new`;
  const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${ldflags}`, "-o", aside, tool];
  try {
    await promisify(execFile)("go", args, { cwd: module, timeout: buildTimeout });
  } catch (error) {
    const { killed, stderr = "", message } = error as { killed?: boolean; stderr?: string; message: string };
    if (killed) return `it takes more than ${minutes} minutes (NAIS_ETL_BUILD_MINUTES)`;
    return stderr.trim().split("\n").slice(-3).join("; ") || message;
  }
  renameSync(aside, path);
  return undefined;
}

/** Test files run side by side: the second one waits for the first one's build. */
async function withLock<T>(lock: string, act: () => Promise<T>): Promise<T> {
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
    return await act();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
