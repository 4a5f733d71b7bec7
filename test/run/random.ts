/** Kills by chance, the same for the same seed. */
import { generator } from "../support/random.ts";
import { jobAtHand, type Stage } from "./cases.ts";
import type { Killer } from "./children.ts";

export interface RandomKill {
  stage: Stage;
  /** Milliseconds from the start of the process. */
  delay: number;
  /** The Job of the run after it. */
  again: string;
  says: string;
}

/** The n-th kill is the same however many there are. Delays reach from nothing to a little more than a whole run takes here. */
export async function randomKills({
  stages,
  killer,
  count,
  seed,
}: {
  stages: Stage[];
  killer: Killer;
  count: number;
  seed: number;
}): Promise<RandomKill[]> {
  const times = [];
  for (let i = 0; i < 3; i++) times.push(await wholeRun(stages.at(-1)!, killer));
  const longest = Math.min(...times) * 1.1;
  const random = generator(seed);
  return Array.from({ length: count }, (_, i) => {
    const stage = stages[Math.floor(random() * stages.length)]!;
    const delay = random() * longest;
    const again = i % 2 === 0 ? jobAtHand : "another";
    return {
      stage,
      delay,
      again,
      says: `seed ${seed}, kill ${i}, ${stage.scenario.name} after ${delay.toFixed(1)} ms`,
    };
  });
}

/** Milliseconds of a process that nobody kills. */
async function wholeRun(stage: Stage, killer: Killer): Promise<number> {
  const { world, scenario } = stage;
  const { interval } = scenario;
  const place = await world.copy(stage.place);
  const { folder, temporary: tmpdir } = place;
  const options = { ...world.options, ...(interval !== undefined && { interval }) };
  const started = performance.now();
  const { code, output } = await killer.start({ folder, tmpdir, env: world.env(place, "whole"), options }).ended;
  const taken = performance.now() - started;
  await world.remove(place);
  if (code !== 0) throw new Error(output);
  return taken;
}
