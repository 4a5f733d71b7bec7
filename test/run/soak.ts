/**
 * `npm run test:soak`: runs that are killed at a moment of chance, each followed by a run that must end as if nothing had been.
 * NAIS_ETL_SOAK_KILLS says how many (1,000 by default), NAIS_ETL_SOAK_SEED which.
 */
import { inParallel, killAndRunAgain, setStage } from "./cases.ts";
import { buildKiller } from "./children.ts";
import { randomKills } from "./random.ts";
import { makeScenarios } from "./scenarios.ts";

const count = Number(process.env["NAIS_ETL_SOAK_KILLS"] ?? 1000);
const seed = Number(process.env["NAIS_ETL_SOAK_SEED"] ?? 1);

const scenarios = makeScenarios(6000);
const started = performance.now();
const killer = await buildKiller();
const stages = await inParallel(scenarios, 2, (scenario) => setStage(scenario));
const kills = await randomKills({ stages, killer, count, seed });
const seen = new Map<string, number>();
const problems: string[] = [];
let done = 0;

function note(what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

await inParallel(kills, 2, async ({ stage, delay, says }) => {
  const found = await killAndRunAgain({ stage, killer, kill: delay, note });
  problems.push(...found.map((problem) => `${says}: ${problem}`));
  for (const problem of found) console.error(`${says}: ${problem}`);
  if (++done % 100 === 0) console.log(`${done} of ${count}, ${problems.length} problems`);
});
await Promise.all([killer, ...stages].map((part) => part.remove()));

const minutes = (performance.now() - started) / 60_000;
const figures = [...seen].toSorted(([a], [b]) => a.localeCompare(b)).map(([what, n]) => `${n} ${what}`);
console.log(`${count} kills (seed ${seed}) in ${minutes.toFixed(1)} min: ${figures.join(", ")}`);
console.log(`${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
