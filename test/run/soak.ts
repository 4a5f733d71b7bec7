/**
 * `npm run test:soak`: runs that are killed at a moment of chance, each followed by a run that must end as if nothing had been;
 * so many on this machine alone, and as many against the in-repo BigQuery.
 * NAIS_ETL_SOAK_KILLS says how many (1,000 by default), NAIS_ETL_SOAK_SEED which, NAIS_ETL_SOAK_WORLD where (both by default).
 * NAIS_ETL_SOAK_MINUTES ends each after so many minutes, with the figures until then; NAIS_ETL_SOAK_FROM goes on there.
 */
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import { bigqueryWorld } from "./bigquery/world.ts";
import { inParallel, killAndRunAgain, setStage } from "./cases.ts";
import { buildKiller } from "./children.ts";
import { randomKills } from "./random.ts";
import { makeScenarios } from "./scenarios.ts";
import { localWorld, type World } from "./worlds.ts";

const count = Number(process.env["NAIS_ETL_SOAK_KILLS"] ?? 1000);
const seed = Number(process.env["NAIS_ETL_SOAK_SEED"] ?? 1);
const from = Number(process.env["NAIS_ETL_SOAK_FROM"] ?? 0);
const patience = Number(process.env["NAIS_ETL_SOAK_MINUTES"] ?? Infinity);
const wanted = process.env["NAIS_ETL_SOAK_WORLD"];

const killer = await buildKiller();
const server = await spawnBigQueryServer();
const worlds = { local: localWorld, bigquery: bigqueryWorld(server) };
let failed = 0;
for (const [name, world] of Object.entries(worlds))
  if (wanted === undefined || wanted === name) failed += await soak(name, world);
await Promise.all([killer.remove(), server.stop()]);
process.exitCode = failed === 0 ? 0 : 1;

async function soak(name: string, world: World): Promise<number> {
  const started = performance.now();
  const minutes = () => (performance.now() - started) / 60_000;
  const stages = await inParallel(makeScenarios(6000), 2, (scenario) => setStage(scenario, world));
  const kills = (await randomKills({ stages, killer, count, seed })).slice(from);
  const seen = new Map<string, number>();
  const note = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1);
  let [done, problems] = [0, 0];
  const tell = () => {
    const figures = [...seen].toSorted(([a], [b]) => a.localeCompare(b)).map(([what, n]) => `${n} ${what}`);
    const which = `${done} kills (seed ${seed}, from ${from} on, of ${count}) in ${minutes().toFixed(1)} min`;
    console.log(`${name}: ${which}: ${figures.join(", ")}; ${problems} problems`);
  };
  await inParallel(kills, 2, async ({ stage, kill, again, says }) => {
    if (minutes() > patience) return;
    const found = await killAndRunAgain({ stage, killer, kill, again, note });
    for (const problem of found) console.error(`${says}: ${problem}`);
    problems += found.length;
    if (++done % 50 === 0) tell();
  });
  await Promise.all(stages.map((stage) => stage.remove()));
  tell();
  return problems;
}
