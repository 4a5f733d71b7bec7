/** A real server for a test, as a child process on loopback. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface RealServer {
  stop(): Promise<void>;
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface ServerOptions {
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Asked again and again until it says so, or for this many seconds. */
  isReady: () => Promise<boolean>;
  patience?: number;
}

/** @throws with all that it wrote, when it ends or does not become ready */
export async function startServer({ command, args, env, isReady, patience = 30 }: ServerOptions): Promise<RealServer> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
    child.on("error", (error) => ((output += error.message), resolve()));
  });
  const stop = () => {
    child.kill("SIGKILL");
    return ended;
  };
  for (let tries = 0; tries < patience * 10; tries++) {
    if (child.exitCode !== null) break;
    if (await isReady().catch(() => false)) return { stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`${command} ${args.join(" ")} did not start: ${output.slice(-4000)}`);
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(({ ok }) => ok);
}
