/** What a reader needs: a client of the server that it was told of, and a stop-watch. */
import { openBigQuery, type BigQueryClient } from "../../src/etl/connectors/bigquery/client.ts";
import { createLogger } from "../../src/util/log.ts";

const { BENCH_API, BENCH_STORAGE, BENCH_PROJECT } = process.env;

const now = () => new Date();
const write = () => undefined;

export function openClient(): Promise<BigQueryClient> {
  return openBigQuery({
    settings: { project: BENCH_PROJECT, api_endpoint: BENCH_API, storage_endpoint: `http://${BENCH_STORAGE}` },
    context: {
      cwd: process.cwd(),
      env: process.env,
      now,
      log: createLogger({ write, format: "text", verbose: false, colour: false, now }),
      print: write,
      signal: new AbortController().signal,
      effect: (_name, act) => act(),
      host: { name: "bench", pid: process.pid },
      peakMemory: () => 0,
      killGroup: () => undefined,
      isTerminal: false,
      tmpdir: "/tmp",
    },
    labels: {},
    where: () => ({ file: "bench" }),
  });
}

/** Prints what `measure` reads. */
export async function timed(act: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, memory: process.resourceUsage().maxRSS * 1024 }));
}
