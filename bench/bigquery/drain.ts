/** Takes the bytes and looks at none of them: what server and wire can do. */
import { openStorageReader } from "../../src/etl/connectors/bigquery/storage.ts";
import { openClient, timed } from "./reader.ts";

const client = await openClient();
const storage = await openStorageReader(client);
await import("apache-arrow");

await timed(async () => {
  const table = { project: client.project, dataset: "bench", table: "big" };
  const session = await storage.openSession({ table, fields: undefined, restriction: undefined });
  for await (const batch of session.batches()) void batch;
});
await storage.close();
