/** Programs run several times each, and a line for each with its medians. */
import { availableParallelism } from "node:os";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";
import { measure, type Measured } from "./measure.ts";

export const rows = Number(process.env["BENCH_ROWS"] ?? 10_000_000);
export const runs = Number(process.env["BENCH_RUNS"] ?? 3);

export type Summary = Measured & {
  rowsPerSecond: number;
  /** The same, had the server cost nothing. */
  alone: number;
};

/** @param command of a program that prints what {@link measure} reads */
export async function report(name: string, at: BigQueryServer, command: string[]): Promise<Summary> {
  const results: Measured[] = [];
  for (let i = 0; i < runs; i++) results.push(await measure(command, at));
  const summary = summarise(results);
  const { rowsPerSecond, alone, seconds, cpu, serverCpu, memory } = summary;
  const times = [seconds.toFixed(2), cpu.toFixed(2), (cpu / (rows / 1e6)).toFixed(3), serverCpu.toFixed(2)];
  console.log(line([name, millions(rowsPerSecond), millions(alone), ...times, (memory / 1e6).toFixed(0)]));
  return summary;
}

function summarise(results: Measured[]): Summary {
  const median = (of: (result: Measured) => number) =>
    results.map(of).toSorted((a, b) => a - b)[Math.floor(results.length / 2)]!;
  const seconds = median((it) => it.seconds);
  const serverCpu = median((it) => it.serverCpu);
  return {
    seconds,
    serverCpu,
    cpu: median((it) => it.cpu),
    memory: median((it) => it.memory),
    rowsPerSecond: rows / seconds,
    // Client and server share the cores: had the server cost nothing, its share of the time would not have passed.
    alone: rows / (seconds - serverCpu / availableParallelism()),
  };
}

export function heading(what: string): void {
  console.log(line([what, "rows/s", "without server", "seconds", "cpu s", "cpu s/M", "server cpu s", "peak MB"]));
}

interface Verdict {
  is: number;
  bound: number;
  holds: (is: number, bound: number) => boolean;
}

export const atLeast = (is: number, bound: number): boolean => is >= bound;
export const atMost = (is: number, bound: number): boolean => is <= bound;

export function verdict(what: string, { is, bound, holds }: Verdict): boolean {
  const good = holds(is, bound);
  const [shown, against] = [is, bound].map((n) => (n >= 1000 ? millions(n) : n.toFixed(2)));
  console.log(`${good ? "✓" : "✗"} ${what}: ${shown}, bound ${against}`);
  return good;
}

function millions(n: number): string {
  return `${(n / 1e6).toFixed(2)} M`;
}

function line(cells: string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(14))).join("  ");
}
