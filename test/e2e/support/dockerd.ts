/** Docker's daemon, as a server of its own: with a socket, images, a network and settings of the client that nobody else has. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { installPackages } from "./debian.ts";
import { buildProgram } from "./go.ts";

export interface Dockerd {
  /** Of a client: which daemon it asks, and where its logins are. */
  env: { DOCKER_HOST: string; DOCKER_CONFIG: string };
  /** Whether what an image is built with may run: it wants a network. */
  hasNetwork: boolean;
  stop(): Promise<void>;
}

/** Three seconds, on a machine that has nothing else to do. */
const patience = 60_000;

/** A daemon that runs, with the client's plugin to build by; or why there is none. */
export async function startDockerd(): Promise<Dockerd | { missing: string }> {
  if (process.getuid?.() !== 0) return { missing: "only root can start a Docker of its own" };
  const programs =
    installPackages(["dockerd"], ["docker.io", "iproute2"]) ?? installPackages(["docker"], ["docker-cli"]);
  if (programs !== undefined) return { missing: programs };
  const buildx = await findBuildx();
  if ("missing" in buildx) return buildx;
  const folder = mkdtempSync(join(tmpdir(), "nais-etl-docker-"));
  const env = { DOCKER_HOST: `unix://${folder}/docker.sock`, DOCKER_CONFIG: join(folder, "config") };
  mkdirSync(join(folder, "config/cli-plugins"), { recursive: true });
  symlinkSync(buildx.path, join(folder, "config/cli-plugins/docker-buildx"));
  const bridge = makeBridge();
  const daemon = spawnDaemon(folder, bridge);
  const stop = async () => {
    await end(daemon.process);
    if (bridge !== undefined) spawnSync("ip", ["link", "delete", bridge]);
    rmSync(folder, { recursive: true, force: true });
  };
  const answers = () => spawnSync("docker", ["version"], { env: { ...process.env, ...env } }).status === 0;
  for (const until = Date.now() + patience; Date.now() < until && daemon.process.exitCode === null; await sleep(200))
    if (answers()) return { env, hasNetwork: bridge !== undefined, stop };
  await stop();
  return { missing: `dockerd does not start here: ${daemon.said().trim().split("\n").at(-1)}` };
}

/** In Debian's package, in Docker's own, or built from its source. */
async function findBuildx(): Promise<{ path: string } | { missing: string }> {
  const folders = ["/usr/libexec/docker", "/usr/lib/docker", "/usr/local/lib/docker", "/usr/local/libexec/docker"];
  for (const folder of folders) {
    const path = join(folder, "cli-plugins/docker-buildx");
    if (spawnSync(path, ["version"]).status === 0) return { path };
  }
  const module = fileURLToPath(new URL("../buildx", import.meta.url));
  const tool = "github.com/docker/buildx/cmd/buildx";
  return buildProgram({ name: "docker-buildx", module, tool, variable: "NAIS_ETL_BUILDX" });
}

/** Leads nowhere but to this machine: what builds may not count on more. */
function makeBridge(): string | undefined {
  const name = `etl${process.pid}`.slice(0, 15);
  const third = process.pid % 256;
  const steps = [
    ["link", "add", name, "type", "bridge"],
    ["address", "add", `10.213.${third}.1/24`, "dev", name],
    ["link", "set", name, "up"],
  ];
  if (steps.every((args) => spawnSync("ip", args).status === 0)) return name;
  spawnSync("ip", ["link", "delete", name]);
  return undefined;
}

function spawnDaemon(folder: string, bridge: string | undefined): { process: ChildProcess; said: () => string } {
  const own = ["--host", `unix://${folder}/docker.sock`, "--pidfile", join(folder, "pid")];
  const places = ["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")];
  const network = ["--iptables=false", "--ip6tables=false", "--ip-forward=false", `--bridge=${bridge ?? "none"}`];
  const child = spawn("dockerd", [...own, ...places, ...network], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (said = `${said}${data.toString()}`.slice(-4000)));
  child.on("error", (error) => (said += error.message));
  return { process: child, said: () => said };
}

/** By a signal that it can hear: the containerd that it has started would outlive it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await Promise.race([ended, sleep(20_000).then(() => child.kill("SIGKILL"))]);
}
