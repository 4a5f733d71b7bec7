/** Python packages in an environment of their own, kept outside the repository: made once, by pip. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { alone } from "./alone.ts";

/** A wheel is fetched, and the largest of them has 100 MB. */
const installTimeout = 10 * 60_000;

/** The folder of the environment, whose programs are in `bin`; or why there is none. */
export function pythonWith(requirements: string[]): { path: string } | { missing: string } {
  const digest = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 12);
  const path = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nais-etl", "e2e", `python-${digest}`);
  if (existsSync(join(path, "complete"))) return { path };
  const problem = alone({ lock: `${path}.lock`, patience: 2 * installTimeout }, () =>
    existsSync(join(path, "complete")) ? undefined : install(path, requirements),
  );
  return problem === undefined ? { path } : { missing: `no Python with ${requirements.join(", ")}: ${problem}` };
}

/** @returns what went wrong */
function install(path: string, requirements: string[]): string | undefined {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  const problem =
    trial("python3", ["-m", "venv", path]) ??
    trial(join(path, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", ...requirements]);
  if (problem === undefined) mkdirSync(join(path, "complete"));
  else rmSync(path, { recursive: true, force: true });
  return problem;
}

function trial(command: string, args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: installTimeout });
  if (status === 0) return undefined;
  return error ? error.message : `${command}: ${stderr.trim().split("\n").at(-1)}`;
}
