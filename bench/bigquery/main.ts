/**
 * `npm run bench:bigquery`: how fast rows of BigQuery come into DuckDB, beside Google's Python client. See ../README.md.
 * The server is the tests' own, in a process of its own, and sends batches that are made beforehand.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { spawnBigQueryServer } from "../../test/servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";
import { measure, type Measured } from "./measure.ts";
import { findPython } from "./python.ts";

const rows = Number(process.env["BENCH_ROWS"] ?? 10_000_000);
const runs = Number(process.env["BENCH_RUNS"] ?? 3);
/** Rows a second that reading must reach; CPU beside Google's client; how much faster the server must be than we are. */
const bounds = { rowsPerSecond: 1_000_000, cpuRatio: 1, serverRatio: 3 };

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const server = await spawnBigQueryServer({ datasets: [{ name: "bench" }] });
try {
  await server.replay({
    table: "bench.big",
    rows,
    query: `
      SELECT id, CONCAT('name_', CAST(MOD(id * 7919, 5000) AS STRING)) AS name, DATE_ADD(DATE '2020-01-01', INTERVAL MOD(id, 1000) DAY) AS day,
        id / 7 AS value, TIMESTAMP_ADD(TIMESTAMP '2022-01-20 07:00:00', INTERVAL id SECOND) AS seen
      FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS id`,
  });
  const python = findPython();
  if (!python.command) console.log(`Google's Python client is left out: ${python.why}\n`);
  console.log(`${rows.toLocaleString("en")} rows, 5 columns, ${runs} runs, ${availableParallelism()} cores, medians\n`);
  console.log(line(["reader", "rows/s", "without server", "seconds", "cpu s", "cpu s/M", "server cpu s", "peak MB"]));
  const drained = report("bytes only", await several(server, [process.execPath, path("drain.ts")]));
  const ours = report("nais-etl", await several(server, [process.execPath, path("ours.ts")]));
  const theirs = python.command
    ? report("python to_arrow", await several(server, [python.command, path("theirs.py")]))
    : undefined;
  process.exitCode = judge({ drained, ours, theirs }) ? 0 : 1;
} finally {
  await server.stop();
}

interface Result extends Measured {
  serverCpu: number;
}

async function several(at: BigQueryServer, command: string[]): Promise<Result[]> {
  const results: Result[] = [];
  for (let i = 0; i < runs; i++) {
    const before = cpuOf(at.pid);
    const measured = await measure(command, at);
    results.push({ ...measured, serverCpu: cpuOf(at.pid) - before });
  }
  return results;
}

/** Seconds that a process has used. Source: proc(5), utime and stime of /proc/PID/stat, in hundredths. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

type Summary = Result & { rowsPerSecond: number; alone: number };

function report(name: string, results: Result[]): Summary {
  const median = (of: (result: Result) => number) =>
    results.map(of).toSorted((a, b) => a - b)[Math.floor(results.length / 2)]!;
  const [seconds, cpu, serverCpu, memory] = [
    median((it) => it.seconds),
    median((it) => it.cpu),
    median((it) => it.serverCpu),
    median((it) => it.memory),
  ];
  // Client and server share the cores: had the server cost nothing, its share of the time would not have passed.
  const alone = rows / (seconds - serverCpu / availableParallelism());
  const rowsPerSecond = rows / seconds;
  const parts = [
    millions(rowsPerSecond),
    millions(alone),
    seconds.toFixed(2),
    cpu.toFixed(2),
    (cpu / (rows / 1e6)).toFixed(3),
  ];
  console.log(line([name, ...parts, serverCpu.toFixed(2), (memory / 1e6).toFixed(0)]));
  return { seconds, cpu, serverCpu, memory, rowsPerSecond, alone };
}

interface Summaries {
  drained: Summary;
  ours: Summary;
  theirs: Summary | undefined;
}

function judge({ drained, ours, theirs }: Summaries): boolean {
  console.log(`\nFor each CPU second of the server's, ours took ${(ours.cpu / ours.serverCpu).toFixed(2)}.`);
  const ratio = drained.rowsPerSecond / ours.rowsPerSecond;
  const isServed = verdict("the server's speed beside ours", ratio, bounds.serverRatio, (is, bound) => is >= bound);
  const isFast = verdict("rows a second", ours.alone, bounds.rowsPerSecond, (is, bound) => is >= bound);
  if (!theirs) return isServed && isFast;
  const isLean = verdict("our CPU beside Python's", ours.cpu / theirs.cpu, bounds.cpuRatio, (is, bound) => is <= bound);
  return isServed && isFast && isLean;
}

function verdict(what: string, is: number, bound: number, holds: (is: number, bound: number) => boolean): boolean {
  const good = holds(is, bound);
  console.log(
    `${good ? "✓" : "✗"} ${what}: ${is >= 1000 ? millions(is) : is.toFixed(2)}, bound ${bound >= 1000 ? millions(bound) : bound}`,
  );
  return good;
}

function millions(n: number): string {
  return `${(n / 1e6).toFixed(2)} M`;
}

function line(cells: string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(14))).join("  ");
}
