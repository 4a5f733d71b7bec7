/**
 * What the runtime image is built on where no public registry can be reached: a small Debian with Python, and this Node with
 * npm where Node's own images have them. The Debian is unpacked once, and kept outside the repository.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { alone } from "./alone.ts";
import { installPackages } from "./debian.ts";

const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nais-etl", "e2e");
const debian = join(cache, "debian-bookworm-1.tar");
const packages = ["python3", "python3-venv", "ca-certificates"];
const patience = 10 * 60_000;

/** Of buildah: no namespace is asked for, which is seldom there in a container. */
export const builderEnv = { BUILDAH_ISOLATION: "chroot" };

/** Its name, in the store of buildah and Podman; or why there is none. */
export function baseImage(): { name: string } | { missing: string } {
  const tools = ["buildah", "podman", "skopeo", "docker-registry", "debootstrap"];
  const missing =
    process.getuid?.() === 0
      ? (installPackages(tools, [...tools, "runc"]) ?? unpackDebian())
      : "only root can build images here without a user namespace";
  if (missing !== undefined) return { missing };
  const name = `localhost/nais-etl-e2e-base:${versionOfBase()}`;
  const isMissing = trial("buildah", ["inspect", "--type", "image", name]) !== undefined;
  const problem = (isMissing ? makeImage(name) : undefined) ?? cannotRun(name);
  return problem === undefined ? { name } : { missing: problem };
}

function versionOfBase(): string {
  const npm = readFileSync(join(npmFolder(), "package.json"), "utf8");
  return createHash("sha256").update(debian).update(process.version).update(npm).digest("hex").slice(0, 12);
}

function npmFolder(): string {
  const { stdout } = spawnSync("sh", ["-c", "command -v npm"], { encoding: "utf8" });
  return dirname(dirname(realpathSync(stdout.trim())));
}

/** Podman asks the machine for more than a builder does: a network of its own, a limit of memory. */
function cannotRun(name: string): string | undefined {
  const limits = [
    "--network",
    "none",
    "--memory",
    "512m",
    "--ulimit",
    "nofile=1024:1024",
    "--ulimit",
    "nproc=1024:1024",
  ];
  return trial("podman", ["run", "--rm", "--pull", "never", ...limits, name, "node", "--version"]);
}

/** @returns what went wrong */
function unpackDebian(): string | undefined {
  if (existsSync(debian)) return undefined;
  return alone({ lock: `${debian}.lock`, patience: 2 * patience }, unpackOnce);
}

function unpackOnce(): string | undefined {
  if (existsSync(debian)) return undefined;
  const folder = `${debian}.${process.pid}`;
  const problem =
    trial("debootstrap", ["--variant=minbase", `--include=${packages.join()}`, "bookworm", folder]) ??
    trial("tar", [
      "--exclude=./var/cache/apt/*",
      "--exclude=./var/lib/apt/lists/*",
      "-C",
      folder,
      "-cf",
      `${folder}.tar`,
      ".",
    ]);
  rmSync(folder, { recursive: true, force: true });
  if (problem === undefined) renameSync(`${folder}.tar`, debian);
  return problem;
}

/** @returns what went wrong */
function makeImage(name: string): string | undefined {
  const made = spawnSync("buildah", ["from", "scratch"], { encoding: "utf8" });
  const container = made.stdout.trim();
  if (made.status !== 0) return `buildah does not work here: ${made.stderr.trim()}`;
  const root = spawnSync("buildah", ["mount", container], { encoding: "utf8" }).stdout.trim();
  const problem =
    trial("tar", ["-C", root, "-xf", debian]) ??
    addNode(root) ??
    trial("buildah", ["config", ...environment(), "--cmd", "node", container]) ??
    trial("buildah", ["commit", "--quiet", container, name]);
  trial("buildah", ["rm", container]);
  return problem;
}

function addNode(root: string): undefined {
  cpSync(process.execPath, join(root, "usr/local/bin/node"), { dereference: true });
  cpSync(npmFolder(), join(root, "usr/local/lib/node_modules/npm"), { recursive: true, dereference: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
  const trusted = process.env["NODE_EXTRA_CA_CERTS"];
  if (trusted) cpSync(trusted, join(root, certificates), { dereference: true });
  return undefined;
}

const certificates = "etc/ssl/certs/ca-certificates.crt";

/** Where this machine trusts authorities of its own, npm and pip in the image have to, too. */
function environment(): string[] {
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const trusted = [`NODE_EXTRA_CA_CERTS=/${certificates}`, `PIP_CERT=/${certificates}`];
  return [path, ...(process.env["NODE_EXTRA_CA_CERTS"] ? trusted : [])].flatMap((line) => ["--env", line]);
}

function trial(command: string, args: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: patience,
    env: { ...process.env, ...builderEnv },
  });
  if (status === 0) return undefined;
  return error ? error.message : `${command}: ${stderr.trim().split("\n").at(-1)}`;
}
