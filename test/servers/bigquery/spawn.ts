/** Starts the server in a process of its own: for tests that kill their client, and to measure a client alone. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeControl } from "./control.ts";
import type { ServerOptions } from "./options.ts";
import type { BigQueryServer } from "./start.ts";

export async function spawnBigQueryServer(options: ServerOptions = {}): Promise<BigQueryServer> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "--options", JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const started = await Promise.race([firstLine(child.stdout), exited]);
  if (!started) throw new Error("the BigQuery server ended before it listened; its message stands above");
  const about = JSON.parse(started) as Omit<BigQueryServer, keyof ReturnType<typeof makeControl> | "stop">;
  return {
    ...makeControl((name, args) => call(about.endpoint, name, args)),
    ...about,
    token: about.token,
    async stop() {
      // The server ends with its standard input: also when whoever started it is killed.
      child.stdin.end();
      await exited;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: stream })) return line;
  return undefined;
}

/** Calls a control of a server in another process. */
async function call(endpoint: string, name: string, args: unknown[]): Promise<unknown> {
  const reply = await fetch(`${endpoint}/_control/${name}`, { method: "POST", body: JSON.stringify(args) });
  const { result, error } = (await reply.json()) as { result?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}
