/** One reader in a process of its own: what it says of itself, as JSON on its last line. */
import { spawn } from "node:child_process";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";

export interface Measured {
  /** From the first request until the rows are where they have to be. */
  seconds: number;
  /** CPU seconds of the process in that time. */
  cpu: number;
  /** Greatest resident size of the process, in bytes. */
  memory: number;
}

/** What every reader is told, in its environment. */
export function readerEnvironment({ endpoint, storageEndpoint, project }: BigQueryServer): Record<string, string> {
  return { BENCH_API: endpoint, BENCH_STORAGE: storageEndpoint, BENCH_PROJECT: project };
}

export async function measure([command, ...args]: string[], server: BigQueryServer): Promise<Measured> {
  const env = { ...process.env, ...readerEnvironment(server) };
  const child = spawn(command!, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${String(code)}: ${output}`);
  return JSON.parse(output.trim().split("\n").at(-1)!) as Measured;
}
