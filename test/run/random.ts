/** Kills by chance, the same for the same seed. */
import { generator } from "../support/random.ts";
import { jobAtHand, type Stage } from "./cases.ts";
import type { Ended, Killer } from "./children.ts";
import type { Kill } from "./killer.ts";

export interface RandomKill {
  stage: Stage;
  kill: Kill;
  /** The Job of the run after it. */
  again: string;
  says: string;
}

/**
 * The n-th kill is the same however many there are. Delays are counted from the run's first effect: before that it has done nothing,
 * and a machine that has much to do may need longer for that than for the run. They reach to a little more than a run takes here.
 */
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
  for (let i = 0; i < 3; i++) times.push(await runTime(stages.at(-1)!, killer));
  const longest = Math.min(...times) * 1.1;
  const random = generator(seed);
  return Array.from({ length: count }, (_, i) => {
    const stage = stages[Math.floor(random() * stages.length)]!;
    const delay = random() * longest;
    const again = i % 2 === 0 ? jobAtHand : "another";
    return {
      stage,
      kill: { ...firstEffect(stage), when: "during", delay },
      again,
      says: `seed ${seed}, kill ${i}, ${stage.scenario.name} after ${delay.toFixed(1)} ms`,
    };
  });
}

function firstEffect({ effects: [first] }: Stage): Pick<Kill, "signal" | "effect" | "nth"> {
  return { signal: "SIGKILL", effect: first!.effect, nth: 0 };
}

/** Milliseconds of a run that nobody kills, from its first effect on. */
async function runTime(stage: Stage, killer: Killer): Promise<number> {
  const toFirst = await timeOf(stage, killer, { ...firstEffect(stage), when: "before", delay: 0 });
  return Math.max(1, (await timeOf(stage, killer)) - toFirst);
}

/** Milliseconds of a process. */
async function timeOf(stage: Stage, killer: Killer, kill?: Kill): Promise<number> {
  const { world, scenario } = stage;
  const { interval } = scenario;
  const place = await world.copy(stage.place);
  const { folder, temporary: tmpdir } = place;
  const options = { ...world.options, ...(interval !== undefined && { interval }) };
  const env = world.env(place, "whole");
  const started = performance.now();
  const ended = await killer.start({ folder, tmpdir, env, options, ...(kill && { kill }) }).ended;
  const taken = performance.now() - started;
  await world.remove(place);
  if (!endedAs(ended, kill)) throw new Error(ended.output);
  return taken;
}

function endedAs({ code, signal }: Ended, kill: Kill | undefined): boolean {
  return kill ? signal === kill.signal : code === 0;
}
