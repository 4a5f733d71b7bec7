/**
 * `npm run bench:bigquery`: how fast rows of BigQuery come into DuckDB, and rows of DuckDB into a load job, beside Google's
 * Python client. See ../README.md. The server is the tests' own, in a process of its own.
 */
import { availableParallelism } from "node:os";
import { spawnBigQueryServer } from "../../test/servers/bigquery/spawn.ts";
import { findPython } from "../find-python.ts";
import { benchReading } from "./reading.ts";
import { rows, runs } from "./table.ts";
import { benchWriting } from "./writing.ts";

const only = process.argv[2];
const server = await spawnBigQueryServer({ datasets: [{ name: "bench" }] });
try {
  const python = findPython();
  if (!python.command) console.log(`Google's Python client is left out: ${python.why}\n`);
  console.log(`${rows.toLocaleString("en")} rows, 5 columns, ${runs} runs, ${availableParallelism()} cores, medians`);
  const good = [];
  if (only !== "write") good.push(await benchReading(server, python.command));
  if (only !== "read") good.push(await benchWriting(server, python.command));
  process.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  await server.stop();
}
