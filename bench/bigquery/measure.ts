/** One reader in a process of its own: what it says of itself, as JSON on its last line. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";

export interface Measured {
  /** From the first request until the rows are where they have to be. */
  seconds: number;
  /** CPU seconds of the process in that time. */
  cpu: number;
  /** CPU seconds of the server in that time. */
  serverCpu: number;
  /** Greatest resident size of the process, in bytes. */
  memory: number;
}

/** What every reader is told, in its environment. */
export function readerEnvironment({ endpoint, storageEndpoint, project, pid }: BigQueryServer): Record<string, string> {
  return {
    BENCH_API: endpoint,
    BENCH_STORAGE: storageEndpoint,
    BENCH_PROJECT: project,
    BENCH_SERVER: String(pid),
  };
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

/** Seconds that a process has used. Source: proc(5), utime and stime of /proc/PID/stat, in hundredths. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
