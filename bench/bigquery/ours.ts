/** Reads the table as a run does, into a table of DuckDB. */
import { tmpdir } from "node:os";
import { planRead } from "../../src/etl/connectors/bigquery/plan.ts";
import { openRead } from "../../src/etl/connectors/bigquery/read.ts";
import { openStorageReader } from "../../src/etl/connectors/bigquery/storage.ts";
import { openDuckdb } from "../../src/etl/engine/duckdb/duckdb.ts";
import { readLimits } from "../../src/etl/engine/limits.ts";
import { openClient, timed } from "./reader.ts";

const limits = await readLimits(tmpdir(), { reads: true });
const db = await openDuckdb({ limits, temporaryFolder: tmpdir() });
const client = await openClient();
// Google's libraries are loaded here; Python has loaded them too before its time is taken.
const storage = await openStorageReader(client);
await import("apache-arrow");

await timed(async () => {
  const reading = { client, storage: async () => storage };
  const source = {
    name: "big",
    spec: { table: "bench.big" },
    columns: undefined,
    values: [],
    limit: undefined,
    since: undefined,
    where: () => ({ file: "bench" }),
  };
  const plan = await planRead(source, reading);
  const purpose = { pipeline: "bench", runId: "1", execution: "1", generation: 0 };
  const scan = await openRead(plan, {
    ...reading,
    purpose,
    mostBilled: undefined,
    mayBeAdopted: false,
    staging: () => undefined,
  });
  await db.append({ table: "big", schema: scan.schema, batches: scan.batches, alone: true });
});
await storage.close();
db.close();
