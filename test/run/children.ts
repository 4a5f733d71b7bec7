/** Starts runs in processes of their own. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import type { Order } from "./killer.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

export interface Child {
  pid: number;
  ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

export interface Killer {
  start(order: Order): Child;
  remove(): Promise<void>;
}

/** Bundles the killer, since hundreds are started: it starts in a third of the time of its sources. */
export async function buildKiller(): Promise<Killer> {
  // Below the repository, where it finds its packages.
  const folder = await mkdtemp(join(root, "node_modules/.nais-etl-killer-"));
  const file = join(folder, "killer.js");
  await build({
    input: join(root, "test/run/killer.ts"),
    platform: "node",
    // What finds files of its own beside it, and what few runs load.
    external: [/^@(?:duckdb\/node-bindings|google-cloud|grpc)/, "google-auth-library", "apache-arrow"],
    logLevel: "silent",
    // Split, so that what is loaded when it is needed stays so.
    output: { dir: folder, format: "esm" },
  });
  const cache = await mkdtemp(join(tmpdir(), "nais-etl-cache-"));
  const running = new Set<Child>();
  return {
    start(order) {
      const child = start(file, order, cache);
      running.add(child);
      void child.ended.finally(() => running.delete(child));
      return child;
    },
    async remove() {
      // A test that fails may have left one that waits, or would never end.
      for (const child of running) child.kill("SIGKILL");
      await Promise.all([...running].map(({ ended }) => ended));
      await Promise.all([folder, cache].map((path) => rm(path, { recursive: true })));
    },
  };
}

function start(file: string, order: Order, cache: string): Child {
  const child = spawn(process.execPath, [file, JSON.stringify(order)], {
    env: { ...kept(), NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => output.push(data.toString()));
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.on("error", reject);
  child.on("close", (code, signal) => resolve({ code, signal, output: output.join("") }));
  return { pid: child.pid!, ended: promise, kill: (signal) => void child.kill(signal) };
}

/** Where programs are, and where Google's credentials are looked for. */
function kept(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "METADATA_SERVER_DETECTION"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
