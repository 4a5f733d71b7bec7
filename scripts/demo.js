// `npm run demo`, after its install: an example runs, and its table is asked. `node scripts/demo.js [folder of the example]`.
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(root, "examples/unemployment"));

const question = `SELECT month, unemployed, hardest_hit, hardest_hit_rate
FROM labour_market.unemployment_by_month
WHERE month IN ('2000-01-01', '2009-10-01')
ORDER BY month`;

nais("run");
console.log(`\nIn thousands and per cent:\n\n${question}\n`);
nais("query", question);

/** @param {string[]} args */
function nais(...args) {
  // Text also where the output is kept in a file: this is for people.
  const env = { ...process.env, NAIS_ETL_LOG: "text" };
  const { status } = spawnSync(process.execPath, [join(root, "bin/nais-etl.js"), ...args], {
    cwd: folder,
    env,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
