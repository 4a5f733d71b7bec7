/** The platform as a program: `node test/servers/platform/main.ts --team my-team --folder PATH`. Runs until a signal comes. */
import { parseArgs } from "node:util";
import { startPlatform } from "./start.ts";

const { values } = parseArgs({ options: { team: { type: "string" }, folder: { type: "string", default: "." } } });
const { team, folder } = values;
if (team === undefined) throw new Error("say which team: --team my-team");

const platform = await startPlatform({ team, folder });
for (const [name, value] of Object.entries(platform.env)) console.log(`export ${name}=${value}`);
const { endpoint, storageEndpoint, project } = platform.bigquery;
console.log(`# BigQuery, for pipeline.yaml:`);
console.log(
  `# bigquery: { project: ${project}, api_endpoint: "${endpoint}", storage_endpoint: "http://${storageEndpoint}" }`,
);

for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => void platform.stop().then(() => process.exit(0)));
