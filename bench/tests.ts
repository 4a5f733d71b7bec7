/** `npm run bench:tests`: 500 transformation tests beside a bare loop over the same queries. See README.md here. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const root = fileURLToPath(new URL("..", import.meta.url));
const tests = Number(process.env["BENCH_TESTS"] ?? 500);
const runs = Number(process.env["BENCH_RUNS"] ?? 5);
/** Seconds for 500 tests, process start included. */
const bound = (4 * tests) / 500;

const models = {
  stg_apps: `SELECT dato, name, cluster,
  CASE WHEN cluster LIKE 'prod-%' THEN 'prod' WHEN cluster IS NOT NULL THEN 'dev' END AS env,
  CASE WHEN cluster LIKE '%-gcp' THEN 'gcp' WHEN cluster IS NOT NULL THEN 'on_prem' END AS datacenter
FROM apps`,
  apps_per_env: "SELECT dato, env, datacenter, count(*) AS n FROM stg_apps GROUP BY dato, env, datacenter",
};

/** Three rows each, other ones in each test. */
const given = (i: number) => [
  { dato: "2022-01-20", cluster: "prod-gcp", name: `a${i}` },
  { dato: "2022-01-20", cluster: "dev-fss", name: `b${i}` },
  { dato: "2022-01-21", cluster: "prod-fss", name: `c${i}` },
];
const expected = [
  { dato: "2022-01-20", env: "prod", datacenter: "gcp", n: 1 },
  { dato: "2022-01-20", env: "dev", datacenter: "on_prem", n: 1 },
  { dato: "2022-01-21", env: "prod", datacenter: "on_prem", n: 1 },
];

const folder = mkdtempSync(join(tmpdir(), "nais-etl-bench-"));
try {
  writePipeline();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const measured = [measureOurs(), await measureBare()] as const;
    // The first warms the caches of disk and compiler, and is not counted.
    if (i === 0) continue;
    ours.push(measured[0]);
    bare.push(measured[1]);
  }
  const [a, b] = [median(ours), median(bare)];
  console.log(`${tests} tests, ${runs} runs, medians`);
  console.log(`ours, process start included  ${seconds(a)}  ${perTest(a)} a test  (bound ${seconds(bound)})`);
  console.log(`bare loop, one connection     ${seconds(b)}  ${perTest(b)} a test`);
  process.exitCode = a <= bound ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writePipeline(): void {
  for (const name of ["models", "tests"]) mkdirSync(join(folder, name));
  const source = "apps: { type: file, path: apps.csv, columns: { dato: DATE, cluster: STRING, name: STRING } }";
  writeFileSync(join(folder, "pipeline.yaml"), `name: bench\nsources:\n  ${source}\n`);
  for (const [name, sql] of Object.entries(models)) writeFileSync(join(folder, "models", `${name}.sql`), sql);
  const all = Array.from({ length: tests }, (_, i) => ({
    name: `test ${i}`,
    model: "apps_per_env",
    given: { apps: given(i) },
    expect: { rows: expected },
  }));
  // JSON is YAML.
  writeFileSync(join(folder, "tests/apps.yaml"), all.map((test) => `- ${JSON.stringify(test)}\n`).join(""));
}

function measureOurs(): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/nais-etl.js"), "test"], {
    cwd: folder,
    encoding: "utf8",
  });
  const took = (performance.now() - started) / 1000;
  if (status !== 0 || !stdout.includes(`${tests} passed`)) throw new Error(`${stdout}${stderr}`);
  return took;
}

/** The least that does the same: views of given rows, the model's query, its rows. */
async function measureBare(): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const started = performance.now();
  for (let i = 0; i < tests; i++) {
    const rows = given(i).map(({ dato, cluster, name }) => `(DATE '${dato}', '${cluster}', '${name}')`);
    const values = `SELECT * FROM (VALUES ${rows.join(", ")}) AS given(dato, cluster, name)`;
    await connection.run(`CREATE OR REPLACE TEMP VIEW apps AS ${values}`);
    await connection.run(`CREATE OR REPLACE TEMP VIEW stg_apps AS ${models.stg_apps}`);
    const found = (await connection.runAndReadAll(models.apps_per_env)).getRowObjectsJson();
    if (found.length !== expected.length) throw new Error("the bare loop found other rows");
  }
  const took = (performance.now() - started) / 1000;
  connection.closeSync();
  instance.closeSync();
  return took;
}

function median(values: number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

function perTest(value: number): string {
  return `${((1000 * value) / tests).toFixed(1)} ms`;
}
