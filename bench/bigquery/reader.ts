/** What a reader needs: a client of the server that it was told of, and a stop-watch. */
import { openBigQuery, type BigQueryClient } from "../../src/etl/connectors/bigquery/client.ts";
import type { Effect } from "../../src/util/context.ts";
import { createLogger } from "../../src/util/log.ts";
import { cpuOf } from "./measure.ts";

const { BENCH_API, BENCH_STORAGE, BENCH_PROJECT, BENCH_SERVER } = process.env;

const now = () => new Date();
const write = () => undefined;

export function openClient(effect: Effect = (_name, act) => act()): Promise<BigQueryClient> {
  return openBigQuery({
    settings: { project: BENCH_PROJECT, api_endpoint: BENCH_API, storage_endpoint: `http://${BENCH_STORAGE}` },
    context: {
      cwd: process.cwd(),
      env: process.env,
      now,
      log: createLogger({ write, format: "text", verbose: false, colour: false, now }),
      print: write,
      signal: new AbortController().signal,
      effect,
      host: { name: "bench", pid: process.pid },
      peakMemory: () => 0,
      cpuSeconds: () => 0,
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
  const stop = startWatch();
  await act();
  console.log(stop());
}

/** @returns a function that says what `measure` reads, of the time since then */
export function startWatch(): () => string {
  const started = performance.now();
  const before = process.cpuUsage();
  const serverBefore = cpuOf(Number(BENCH_SERVER));
  return () => {
    const { user, system } = process.cpuUsage(before);
    return JSON.stringify({
      seconds: (performance.now() - started) / 1000,
      cpu: (user + system) / 1e6,
      serverCpu: cpuOf(Number(BENCH_SERVER)) - serverBefore,
      memory: process.resourceUsage().maxRSS * 1024,
    });
  };
}
