/** Makes a Parquet file of a table and loads it into a staging table, as a run does. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseType } from "../../src/spec/type.ts";
import { openDuckdb } from "../../src/etl/engine/duckdb/duckdb.ts";
import { writeParquet } from "../../src/etl/engine/duckdb/materialize.ts";
import { readLimits } from "../../src/etl/engine/limits.ts";
import { clearStaging } from "../../src/etl/publish/bigquery/clear-staging.ts";
import { stageTable } from "../../src/etl/publish/bigquery/stage.ts";
import { rows } from "./table.ts";
import { openClient, startWatch } from "./reader.ts";

const folder = await mkdtemp(join(tmpdir(), "nais-etl-bench-"));
const db = await openDuckdb({ limits: await readLimits(folder), temporaryFolder: folder });
const sql = await readFile(new URL("rows.sql", import.meta.url), "utf8");
await db.run(`CREATE TABLE big AS ${sql.replaceAll("$rows", String(rows))}`);
const types = { id: "INT64", name: "STRING", day: "DATE", value: "FLOAT64", seen: "TIMESTAMP" };
const columns = Object.entries(types).map(([name, type]) => ({ name, type: parseType(type), cast: "exact" as const }));

let watch: ReturnType<typeof startWatch>;
let told: string | undefined;
const client = await openClient(async (name, act) => {
  const result = await act();
  // What follows is the server's: it loads.
  if (name === "bigquery.load") told = watch();
  return result;
});
// Node loads fetch when it is first used; Python has loaded its libraries too.
await client.request({ path: `projects/${client.project}/datasets/bench` });
const dataset = { project: client.project, dataset: "bench", location: "US" };
watch = startWatch();
const file = join(folder, "big.parquet");
await writeParquet(db, { sql: "SELECT * FROM big", columns, file });
const table = { output: "big", file, rows, columns, plan: { columns } } as never;
await stageTable(table, {
  client,
  pipeline: "bench",
  nameJob: (step) => `bench_${process.pid}_${step}`,
  dataset,
  db,
  ndjsonFile: `${file}.ndjson`,
});
await clearStaging(client, { pipeline: "bench", datasets: [dataset] });
db.close();
await rm(folder, { recursive: true });
console.log(told);
