/**
 * Programs of Debian packages, unpacked into a folder of ours: nothing is installed, and no root is needed.
 * What stands on PATH, or is named in the environment, goes first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alone } from "./alone.ts";

const cache = fileURLToPath(new URL("../../../node_modules/.cache/nais-etl-debian/", import.meta.url));

/** A minute, on a machine that has nothing else to do. */
const installTimeout = 5 * 60_000;

export interface Program {
  name: string;
  /** The Debian package that it comes in. */
  package: string;
  /** Environment variable that may name it. */
  variable: string;
}

export const promtool: Program = { name: "promtool", package: "prometheus", variable: "PROMTOOL" };
export const pushgateway: Program = {
  name: "prometheus-pushgateway",
  package: "prometheus-pushgateway",
  variable: "PUSHGATEWAY",
};

/** The path of a program that runs here, or why there is none. */
export function findProgram(program: Program): { path: string } | { missing: string } {
  const unpacked = join(cache, program.package, "usr/bin", program.name);
  const known = [process.env[program.variable], program.name, existsSync(unpacked) ? unpacked : undefined];
  const found = known.find((path) => path !== undefined && runs(path));
  if (found) return { path: found };
  const problem = unpack(program.package);
  if (problem === undefined && runs(unpacked)) return { path: unpacked };
  const how = `install ${program.package}, or name the program in ${program.variable}`;
  return { missing: `there is no ${program.name} (${problem ?? "it does not run here"}): ${how}` };
}

/**
 * Packages with all that they depend on, which only root can install.
 * @returns why they are not there
 */
export function installPackages(programs: readonly string[], packages: readonly string[]): string | undefined {
  const missing = () => programs.filter((name) => !runs(name));
  if (missing().length === 0) return undefined;
  const how = `there is no ${missing().join(", ")}: install ${packages.join(", ")}`;
  if (process.getuid?.() !== 0) return how;
  const install = () => trial("apt-get", ["install", "--yes", "--no-install-recommends", ...packages]);
  const problem = byApt(() => install() && (trial("apt-get", ["update"]) ?? install()));
  return missing().length === 0 ? undefined : `${how} (${problem ?? "they do not run here"})`;
}

/** Whoever comes while apt is at work is turned away by it. */
function byApt<T>(act: () => T): T {
  return alone({ lock: join(tmpdir(), "nais-etl-apt.lock"), patience: 4 * installTimeout }, act);
}

function runs(path: string): boolean {
  return spawnSync(path, ["--version"]).status === 0;
}

/** @returns what went wrong */
function unpack(name: string): string | undefined {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${name}-`));
  try {
    const problem = byApt(() => download(name, folder));
    if (problem !== undefined) return problem;
    const [deb] = readdirSync(folder).filter((file) => file.endsWith(".deb"));
    if (deb === undefined) return "nothing was downloaded";
    const tree = join(folder, "tree");
    const failed = trial("dpkg-deb", ["-x", join(folder, deb), tree]);
    // Another test file may have been faster.
    if (failed === undefined && !existsSync(join(cache, name))) renameSync(tree, join(cache, name));
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without lists of packages there is nothing to choose from; only root may fetch them. */
function download(name: string, cwd: string): string | undefined {
  const first = trial("apt-get", ["download", name], cwd);
  if (first === undefined || process.getuid?.() !== 0) return first;
  return trial("apt-get", ["update"]) ?? trial("apt-get", ["download", name], cwd);
}

function trial(command: string, args: string[], cwd?: string): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: installTimeout });
  if (status === 0) return undefined;
  return error ? error.message : `${command}: ${stderr.trim().split("\n").at(-1)}`;
}
