/** `npm run bench:backfill`: a backfill one by one, and four intervals at a time, of what waits for others. See README.md here. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { spawnBigQueryServer } from "../test/servers/bigquery/spawn.ts";

const program = fileURLToPath(new URL("../bin/nais-etl.js", import.meta.url));
const days = Number(process.env["BENCH_DAYS"] ?? 12);
const runs = Number(process.env["BENCH_RUNS"] ?? 3);
const atOnce = 4;

/** Of an API, milliseconds until it answers, and pages a day. */
const [latency, pages] = [1000, 5];
/** Milliseconds of a query in BigQuery, beside what the tests' server takes itself. */
const querying = 8000;

interface Bench {
  name: string;
  /** pipeline.yaml, as JSON is YAML. `run` is another one each time, so that nothing is published yet. */
  pipeline: (run: string) => Promise<object>;
  env?: Record<string, string>;
}

async function measure({ pipeline, env }: Bench, parallel: number, run: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "nais-etl-bench-"));
  try {
    mkdirSync(join(folder, "models"));
    writeFileSync(join(folder, "models/sums.sql"), "SELECT dato, sum(n) AS n FROM rows GROUP BY dato");
    writeFileSync(join(folder, "pipeline.yaml"), JSON.stringify(await pipeline(run)));
    const range = ["--from", "2022-01-01", "--to", `2022-01-${String(days).padStart(2, "0")}`];
    const args = ["backfill", ...range, "--target", "prod-gcp", "--parallel", String(parallel)];
    const started = performance.now();
    await finish([program, ...args], { cwd: folder, env: { ...process.env, ...env } });
    return (performance.now() - started) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function finish(args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<void> {
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => said.push(data.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0 || !said.join("").includes(`${days} intervals published`)) throw new Error(said.join(""));
}

async function compare(bench: Bench): Promise<void> {
  const ratios: number[] = [];
  const [one, several]: [number[], number[]] = [[], []];
  for (let i = 0; i < runs; i++) {
    one.push(await measure(bench, 1, `one${i}`));
    several.push(await measure(bench, atOnce, `several${i}`));
    ratios.push(one[i]! / several[i]!);
  }
  const [a, b] = [one, several].map((times) => `${median(times).toFixed(1)} s`);
  console.log(
    `${bench.name.padEnd(40)} ${a} one by one, ${b} by ${atOnce}: ${median(ratios).toFixed(2)} times as fast`,
  );
}

function median(values: number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
}

const base = { name: "bench", team: "nais-analyse", interval: "day" };
const output = { model: "sums", write: "replace_partition", partition: "dato" };

async function benchApi(): Promise<void> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, "http://127.0.0.1");
    const page = Number(searchParams.get("page"));
    const rows = page > pages ? [] : [{ dato: searchParams.get("dato"), n: page }];
    void sleep(latency).then(() => response.end(JSON.stringify({ rows })));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const rows = {
    type: "http",
    url: `http://127.0.0.1:${port}/rows`,
    query: { dato: "${interval:start}" },
    records: "$.rows[*]",
    paginate: { by: "page", parameter: "page" },
    columns: { dato: "DATE", n: "INT64" },
  };
  const outputs = { sums: { type: "file", path: "out/sums.parquet", ...output } };
  const pipeline = async () => ({ ...base, sources: { rows }, outputs });
  await compare({ name: `an API, ${pages} pages a day, ${latency} ms each`, pipeline });
  server.close();
}

async function benchBigQuery(): Promise<void> {
  const server = await spawnBigQueryServer({ datasets: [{ name: "products" }] });
  try {
    await server.sql(`CREATE TABLE products.events AS SELECT dato, n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n,
      UNNEST(GENERATE_DATE_ARRAY(DATE '2022-01-01', DATE '2022-01-31')) AS dato`);
    const on = {
      method: "jobs.insert",
      kind: "query",
      body: "products.events.*jobReference|jobReference.*products.events",
    };
    await server.fault({ on, action: "slow-job", milliseconds: querying, times: 100_000 });
    const query = "SELECT dato, n FROM products.events WHERE dato = @interval_start";
    const pipeline = async (run: string) => {
      await server.dataset(run);
      const bigquery = { project: server.project, api_endpoint: server.endpoint };
      const outputs = { sums: { type: "bigquery", table: `${run}.sums`, ...output } };
      return { ...base, bigquery, sources: { rows: { type: "bigquery", query } }, outputs };
    };
    await compare({ name: `BigQuery, a query of ${querying / 1000} s`, pipeline });
  } finally {
    await server.stop();
  }
}

console.log(`${days} days, ${runs} runs, medians; pauses between intervals included`);
await benchApi();
await benchBigQuery();
