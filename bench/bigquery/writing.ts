/** Rows that lie in memory, made a Parquet file and uploaded to a load job. What the server makes of it comes after the time is taken. */
import { fileURLToPath } from "node:url";
import type { BigQueryServer } from "../../test/servers/bigquery/start.ts";
import { atLeast, heading, report, verdict } from "./table.ts";

/** Our speed beside Google's client. */
const bound = 1;

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export async function benchWriting(server: BigQueryServer, python: string | undefined): Promise<boolean> {
  console.log();
  heading("writer");
  const ours = await report("nais-etl", server, [process.execPath, path("ours-write.ts")]);
  if (!python) return true;
  const theirs = await report("python load_table", server, [python, path("theirs_write.py")]);
  console.log();
  return verdict("our speed beside Python's", { is: ours.alone / theirs.alone, bound, holds: atLeast });
}
