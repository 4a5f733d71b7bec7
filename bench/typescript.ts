/** `npm run bench:typescript`: what models in TypeScript cost beyond the same model in SQL, a row. See README.md here. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const program = fileURLToPath(new URL("../bin/nais-etl.js", import.meta.url));
const rows = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const runs = Number(process.env["BENCH_RUNS"] ?? 5);

interface Model {
  name: string;
  /** The model in SQL whose rows it makes, too, and microseconds a row that it may take longer. */
  beside?: { model: string; bound: number };
  columns: string;
  text: string;
}

const mapped = "{ dato: DATE, name: STRING, env: STRING, datacenter: STRING }";
const counted = "{ dato: DATE, env: STRING, datacenter: STRING, antall_apper: INT64 }";
const env = "CASE WHEN cluster LIKE 'prod-%' THEN 'prod' ELSE 'dev' END AS env";
const datacenter = "CASE WHEN cluster LIKE '%-gcp' THEN 'gcp' ELSE 'on_prem' END AS datacenter";
const helpers = `const env = (cluster: string) => (cluster.startsWith("prod-") ? "prod" : "dev");
const datacenter = (cluster: string) => (cluster.endsWith("-gcp") ? "gcp" : "on_prem");
`;
const tableBound = 0.6;
const rowBound = 2.5;

const models: Model[] = [
  { name: "map_sql.sql", columns: mapped, text: `SELECT dato, name, ${env}, ${datacenter} FROM apps` },
  {
    name: "map_row.ts",
    beside: { model: "map_sql", bound: rowBound },
    columns: mapped,
    text: `${helpers}export function row({ dato, name, cluster }: any) {
  return { dato, name, env: env(cluster), datacenter: datacenter(cluster) };
}`,
  },
  {
    name: "map_table_columns.ts",
    beside: { model: "map_sql", bound: rowBound },
    columns: mapped,
    text: `${helpers}export function table(apps: any) {
  const { dato, name, cluster } = apps.columns;
  return { dato, name, env: cluster.map(env), datacenter: cluster.map(datacenter) };
}`,
  },
  {
    name: "map_table_batches.ts",
    beside: { model: "map_sql", bound: tableBound },
    columns: mapped,
    text: `${helpers}export function* table(apps: any) {
  for (const { columns: { dato, name, cluster } } of apps.batches())
    yield { columns: { dato, name, env: cluster.map(env), datacenter: cluster.map(datacenter) } };
}`,
  },
  {
    name: "count_sql.sql",
    columns: counted,
    text: `SELECT dato, ${env}, ${datacenter}, count(*) AS antall_apper FROM apps GROUP BY ALL`,
  },
  {
    name: "count_table_group_by.ts",
    beside: { model: "count_sql", bound: tableBound },
    columns: counted,
    text: `${helpers}export function table(apps: any) {
  const clusters = apps.groupBy(["dato", "cluster"], () => ({ n: 0 }), (group: any) => { group.n++; });
  const found = new Map();
  for (const { dato, cluster, n } of clusters) {
    const key = [dato, env(cluster), datacenter(cluster)].join();
    const group = found.get(key) ?? { dato, env: env(cluster), datacenter: datacenter(cluster), antall_apper: 0 };
    group.antall_apper += n;
    found.set(key, group);
  }
  return found.values();
}`,
  },
  {
    name: "count_table_batches.ts",
    beside: { model: "count_sql", bound: tableBound },
    columns: counted,
    text: `${helpers}export function table(apps: any) {
  const found = new Map();
  for (const { length, columns: { dato, cluster } } of apps.batches())
    for (let i = 0; i < length; i++) {
      const key = dato[i] + env(cluster[i]) + datacenter(cluster[i]);
      const group = found.get(key);
      if (group) group.antall_apper++;
      else found.set(key, { dato: dato[i], env: env(cluster[i]), datacenter: datacenter(cluster[i]), antall_apper: 1 });
    }
  return found.values();
}`,
  },
];

const folder = mkdtempSync(join(tmpdir(), "nais-etl-bench-"));
try {
  await makePipeline();
  const seconds = measure();
  console.log(`${rows.toLocaleString("en")} rows of four columns, ${runs} runs, medians of the model's step alone\n`);
  console.log("model                      seconds   µs a row above SQL   bound   peak MB");
  const verdicts = models.map((model) => report(model, seconds));
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function nameOf({ name }: Model): string {
  return name.replace(/\.\w+$/, "");
}

async function makePipeline(): Promise<void> {
  mkdirSync(join(folder, "models"));
  for (const { name, text } of models) writeFileSync(join(folder, "models", name), text);
  const entries = models.map((model) => `  ${nameOf(model)}: { inputs: [apps], columns: ${model.columns} }`);
  const columns = "{ dato: DATE, cluster: STRING, name: STRING, team: STRING }";
  writeFileSync(
    join(folder, "pipeline.yaml"),
    `name: bench\nsources:\n  apps: { type: file, path: apps.parquet, columns: ${columns} }\nmodels:\n${entries.join("\n").replaceAll(/(_sql: \{) inputs: \[apps\],/g, "$1")}\n`,
  );
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (
    SELECT DATE '2022-01-20' + CAST(i % 30 AS INTEGER) AS dato,
      ['prod-gcp', 'dev-gcp', 'nonprod-gcp', 'prod-fss', 'dev-fss', 'prod-sbs'][1 + i % 6] AS cluster,
      'name_' || i || repeat('x', CAST(i % 20 AS BIGINT)) AS name, 'team' || (i % 50) AS team
    FROM range(${rows}) t(i)) TO '${join(folder, "apps.parquet")}'`);
  connection.closeSync();
  instance.closeSync();
}

interface Measured {
  seconds: number;
  memory: number;
}

/** In turn, so that what else the machine does hits all alike. */
function measure(): Map<string, Measured[]> {
  const found = new Map<string, Measured[]>(models.map((model) => [nameOf(model), []]));
  // The first of each warms the disk's cache, and is not counted.
  for (let i = 0; i <= runs; i++)
    for (const model of models) {
      const measured = runModel(nameOf(model));
      if (i > 0) found.get(nameOf(model))!.push(measured);
    }
  return found;
}

function runModel(name: string): Measured {
  const args = [program, "run", "--select", name, "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${name} exited ${status}:\n${stdout}${stderr}`);
  const record = JSON.parse(stdout) as { models: { seconds: number }[]; peak_memory_bytes: number };
  for (const file of readdirSync(join(folder, ".nais-etl")))
    if (file !== "runs") rmSync(join(folder, ".nais-etl", file), { recursive: true });
  return { seconds: record.models[0]!.seconds, memory: record.peak_memory_bytes };
}

function report(model: Model, measured: Map<string, Measured[]>): boolean {
  const { beside } = model;
  const own = measured.get(nameOf(model))!;
  const seconds = median(own.map((one) => one.seconds));
  const sql = beside ? median(measured.get(beside.model)!.map((one) => one.seconds)) : seconds;
  const above = ((seconds - sql) / rows) * 1e6;
  const memory = median(own.map((one) => one.memory)) / 1e6;
  const ok = !beside || above <= beside.bound;
  const cells = [
    seconds.toFixed(3),
    beside ? above.toFixed(2) : "",
    beside ? String(beside.bound) : "",
    memory.toFixed(0),
  ];
  const [first, second, third, last] = cells as [string, string, string, string];
  console.log(
    `${nameOf(model).padEnd(25)} ${first.padStart(8)}   ${second.padStart(18)}   ${third.padStart(5)}   ${last.padStart(7)}${ok ? "" : "  OVER"}`,
  );
  return ok;
}

function median(values: number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
}
