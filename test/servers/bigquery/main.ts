/**
 * The server as a program: `node test/servers/bigquery/main.ts [--port 9050] [--storage-port 9060] [--project my-project]
 * [--options '{"datasets": [{"name": "d"}]}']`. Prints one line of JSON with its addresses, and runs until its standard
 * input ends or a signal comes; `--keep` lets it run without standard input, and travels in time, as BigQuery does: who starts
 * it by hand waits for no copies.
 */
import { parseArgs } from "node:util";
import type { ServerOptions } from "./options.ts";
import { startBigQueryServer } from "./start.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    "storage-port": { type: "string" },
    project: { type: "string" },
    options: { type: "string", default: "{}" },
    keep: { type: "boolean", default: false },
  },
});

const server = await startBigQueryServer({
  ...(values.port !== undefined && { port: Number(values.port) }),
  ...(values["storage-port"] !== undefined && { storagePort: Number(values["storage-port"]) }),
  ...(values.project !== undefined && { project: values.project }),
  timeTravel: values.keep,
  ...(JSON.parse(values.options) as ServerOptions),
});
const { endpoint, storageEndpoint, storagePort, project, token, pid } = server;
console.log(JSON.stringify({ endpoint, storageEndpoint, storagePort, project, token, pid }));

const stop = () => void server.stop().then(() => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
if (!values.keep) process.stdin.on("end", stop).resume();
