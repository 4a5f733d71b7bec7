/** `npm run bench`: our time and memory beside bare DuckDB's. See README.md here. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { readLimits } from "../src/etl/engine/limits.ts";
import { bareStatements, jobs, pipelineYaml, sourceFormats, type Job, type SourceFormat } from "./jobs.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const rows = Number(process.env["BENCH_ROWS"] ?? 10_000_000);
const runs = Number(process.env["BENCH_RUNS"] ?? 5);
const only = process.argv[2];
/** What we may use beyond bare DuckDB. */
const memoryMargin = 100 * 1000 ** 2;

interface Measure {
  seconds: number;
  memory: number;
}

const folder = mkdtempSync(join(tmpdir(), "nais-etl-bench-"));
try {
  const program = stageProgram();
  await makeData();
  const limits = await readLimits(folder);
  const settings = {
    threads: String(limits.threads),
    memory_limit: `${Math.floor(limits.memory / 1024)}KiB`,
    temp_directory: join(folder, "spill"),
  };
  console.log(`${rows.toLocaleString("en")} rows, ${runs} runs, ${limits.threads} threads, medians\n`);
  console.log(line(["job", "source", "ours s", "bare s", "ratio", "bound", "ours MB", "bare MB"]));
  const verdicts = sourceFormats.flatMap((format) =>
    jobs.filter((job) => !only || job.name.includes(only)).map((job) => compare({ job, format, program, settings })),
  );
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The program as a package has it: compiled, no TypeScript. */
function stageProgram(): string {
  run("npm", ["run", "--silent", "build"], root);
  const program = join(folder, "program");
  mkdirSync(program);
  for (const name of ["bin", "lib", "package.json"]) cpSync(join(root, name), join(program, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(program, "node_modules"));
  return join(program, "bin/nais-etl.js");
}

async function makeData(): Promise<void> {
  mkdirSync(join(folder, "data"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const path = (name: string) => join(folder, "data", name);
  await connection.run(`COPY (SELECT i AS id, CAST(hash(i) % 1000 AS BIGINT) AS k, (hash(i + 7) % 100000) / 100.0 AS v, 'name_' || (hash(i + 3) % 5000) AS s,
    DATE '2020-01-01' + CAST(hash(i + 9) % 1000 AS INTEGER) AS d FROM range(${rows}) t(i)) TO '${path("big.parquet")}'`);
  await connection.run(`COPY (FROM '${path("big.parquet")}') TO '${path("big.csv")}'`);
  await connection.run(
    `COPY (SELECT i AS k, 'group_' || (i % 20) AS g FROM range(1000) t(i)) TO '${path("dim.parquet")}'`,
  );
  connection.closeSync();
  instance.closeSync();
}

function compare({
  job,
  format,
  program,
  settings,
}: {
  job: Job;
  format: SourceFormat;
  program: string;
  settings: object;
}): boolean {
  const ours: Measure[] = [];
  const bare: Measure[] = [];
  for (let i = 0; i <= runs; i++) {
    const measured = [measureOurs(job, format, program), measureBare(job, format, settings)] as const;
    // The first of each warms the disk's cache and the compile cache, and is not counted.
    if (i === 0) continue;
    ours.push(measured[0]);
    bare.push(measured[1]);
  }
  const [a, b] = [median(ours.map((m) => m.seconds)), median(bare.map((m) => m.seconds))];
  const [am, bm] = [median(ours.map((m) => m.memory)), median(bare.map((m) => m.memory))];
  const ok = a / b <= job.bound && am <= bm + memoryMargin;
  console.log(
    line([
      job.name,
      format,
      a.toFixed(2),
      b.toFixed(2),
      (a / b).toFixed(2),
      String(job.bound),
      (am / 1e6).toFixed(0),
      (bm / 1e6).toFixed(0),
      ok ? "" : "OVER",
    ]),
  );
  return ok;
}

function measureOurs(job: Job, format: SourceFormat, program: string): Measure {
  const pipeline = join(folder, "pipeline");
  rmSync(pipeline, { recursive: true, force: true });
  mkdirSync(join(pipeline, "models"), { recursive: true });
  symlinkSync(join(folder, "data"), join(pipeline, "data"));
  writeFileSync(join(pipeline, "pipeline.yaml"), pipelineYaml(job, format));
  writeFileSync(join(pipeline, "models/result.sql"), job.sql);
  const seconds = run(process.execPath, [program, "run"], pipeline).seconds;
  const records = join(pipeline, ".nais-etl/runs");
  const record = JSON.parse(readFileSync(join(records, readdirSync(records)[0]!), "utf8")) as {
    peak_memory_bytes: number;
  };
  return { seconds, memory: record.peak_memory_bytes };
}

function measureBare(job: Job, format: SourceFormat, settings: object): Measure {
  for (const name of ["bare.parquet", "bare.duckdb"]) if (existsSync(join(folder, name))) rmSync(join(folder, name));
  const { seconds, output } = run(
    process.execPath,
    [join(root, "bench/bare.ts"), JSON.stringify(settings), JSON.stringify(bareStatements(job, format))],
    folder,
  );
  return { seconds, memory: Number(output) };
}

function run(program: string, args: string[], cwd: string): { seconds: number; output: string } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${args.join(" ")} exited ${status}:\n${stdout}${stderr}`);
  return { seconds, output: stdout.trim() };
}

function median(values: number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
}

function line(cells: string[]): string {
  const widths = [28, 8, 8, 8, 6, 6, 8, 8, 5];
  return cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("");
}
