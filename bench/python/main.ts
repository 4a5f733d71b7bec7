/** `npm run bench:python`: a Python model beside the same function run by hand, start included. See README.md in bench/. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { findPython } from "../find-python.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rows = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const runs = Number(process.env["BENCH_RUNS"] ?? 5);
/** Of our median to that by hand. */
const bound = 1.2;

const { command: python, why } = findPython(["pandas", "pyarrow"], "pandas");
if (python) await compare(python);
else console.log(`skipped: no Python with pandas and pyarrow: ${why}`);

async function compare(command: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "nais-etl-bench-"));
  try {
    const program = stageProgram(folder);
    await makePipeline(folder);
    const byHand: number[] = [];
    const ours: number[] = [];
    for (let i = 0; i <= runs; i++) {
      const measured = [runByHand(command, folder), runOurs(program, command, folder)] as const;
      // The first of each warms the disk's cache, and is not counted.
      if (i === 0) continue;
      byHand.push(measured[0]);
      ours.push(measured[1]);
    }
    report(median(ours), median(byHand));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program as a package has it: compiled, no TypeScript. */
function stageProgram(folder: string): string {
  timed("npm", ["run", "--silent", "build"], root);
  const program = join(folder, "program");
  mkdirSync(program);
  for (const name of ["bin", "lib", "python", "package.json"])
    cpSync(join(root, name), join(program, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(program, "node_modules"));
  return join(program, "bin/nais-etl.js");
}

async function makePipeline(folder: string): Promise<void> {
  for (const name of ["data", "models"]) mkdirSync(join(folder, name));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (SELECT DATE '2022-01-01' + CAST(hash(i) % 30 AS INTEGER) AS dato,
    (['dev-gcp', 'dev-sbs', 'prod-sbs', 'prod-fss', 'dev-fss', 'prod-gcp'])[1 + CAST(hash(i + 1) % 6 AS INTEGER)] AS cluster,
    'app_' || (hash(i + 2) % 5000) AS name, 'team_' || (hash(i + 3) % 200) AS team
    FROM range(${rows}) t(i)) TO '${join(folder, "data/apps.parquet")}'`);
  connection.closeSync();
  cpSync(join(root, "bench/python/count_apps.py"), join(folder, "models/count_apps.py"));
  const pipeline = `name: bench
sources:
  apps:
    type: file
    path: data/apps.parquet
    columns: { dato: DATE, cluster: STRING, name: STRING, team: STRING }
models:
  count_apps:
    columns: { dato: DATE, env: STRING, datacenter: STRING, antall_apper: INT64 }
outputs:
  count_apps: { type: file, path: out/count_apps.parquet }
`;
  writeFileSync(join(folder, "pipeline.yaml"), pipeline);
}

function runByHand(command: string, folder: string): number {
  const script = join(root, "bench/python/by-hand.py");
  return timed(command, ["-B", script, "data/apps.parquet", "by-hand.parquet"], folder);
}

function runOurs(program: string, command: string, folder: string): number {
  return timed(process.execPath, [program, "run"], folder, { VIRTUAL_ENV: dirname(dirname(command)) });
}

/** @returns seconds */
function timed(program: string, args: string[], cwd: string, env: Record<string, string> = {}): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} exited ${status}:\n${stdout}${stderr}`);
  return (performance.now() - started) / 1000;
}

function report(ours: number, byHand: number): void {
  const ratio = ours / byHand;
  console.log(`${rows.toLocaleString("en")} rows, ${runs} runs, medians, start included`);
  console.log(
    `by hand ${byHand.toFixed(2)} s, nais-etl run ${ours.toFixed(2)} s, ratio ${ratio.toFixed(2)} (bound ${bound})`,
  );
  process.exitCode = ratio > bound ? 1 : 0;
}

function median(values: number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
}
