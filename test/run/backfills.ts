/** A backfill that is killed again and again, each time by chance, and taken up each time: it must end as one that nobody killed. */
import { backfill } from "../../src/commands/backfill.ts";
import { generator } from "../support/random.ts";
import { usualEnv, type Moment } from "./cases.ts";
import type { Killer } from "./children.ts";
import { realContext } from "./context.ts";
import type { Kill } from "./killer.ts";
import { backfillScenario } from "./scenarios.ts";
import type { Place, World } from "./worlds.ts";

interface KilledBackfill {
  world: World;
  killer: Killer;
  write: string;
  days: number;
  kills: number;
  seed: number;
  /** Intervals at work at the same time, where it is killed: the clean one runs them one by one. */
  parallel?: number;
}

const moments: Kill["when"][] = ["before", "during", "after"];

/** @returns what is not as it has to be; nothing where all is well */
export async function killBackfill(asked: KilledBackfill): Promise<string[]> {
  const { world, write, days, parallel } = asked;
  const scenario = backfillScenario({ write, days });
  const range = { from: "2022-01-01", to: `2022-01-${String(days).padStart(2, "0")}` };
  const several = { ...range, ...(parallel !== undefined && { parallel }) };
  const [clean, killed] = [await world.make(), await world.make()];
  for (const { folder } of [clean, killed]) await scenario.make(folder, world);
  try {
    const effects = await backfillHere({ world, place: clean, range });
    // Side by side they keep no rows of models.
    const both = effects.filter(({ effect }) => parallel === undefined || !effect.startsWith("resume."));
    const met = await killOften({ ...asked, place: killed, range: several, effects: both });
    await backfillHere({ world, place: killed, range: several });
    return [...met, ...(await differences(world, clean, killed))];
  } finally {
    await world.remove(clean);
    await world.remove(killed);
  }
}

interface Range {
  from: string;
  to: string;
  parallel?: number;
}

interface BackfillHere {
  world: World;
  place: Place;
  range: Range;
}

/** In this process, to its end. @returns its effects */
async function backfillHere({ world, place, range }: BackfillHere): Promise<Moment[]> {
  const effects: Moment[] = [];
  const lines: string[] = [];
  const context = realContext({
    folder: place.folder,
    tmpdir: place.temporary,
    env: { ...usualEnv, ...world.env(place, "last") },
    write: (line) => void lines.push(line),
    effect: (effect, act) => {
      effects.push({ effect, nth: effects.filter((it) => it.effect === effect).length, milliseconds: 2 });
      return act();
    },
  });
  const code = await backfill({ ...world.options, ...range }, context);
  if (code !== 0) throw new Error(`exit ${code}: ${lines.join("")}`);
  return effects;
}

/** Each in the first third of a backfill, so that all of them strike. A later pod of the same Job follows, or another Job, in turn. */
async function killOften(asked: KilledBackfill & { place: Place; range: Range; effects: Moment[] }): Promise<string[]> {
  const { world, killer, place, range, effects, kills, seed } = asked;
  const random = generator(seed);
  const problems: string[] = [];
  for (let i = 0; i < kills; i++) {
    const { effect, nth } = effects[Math.floor((random() * effects.length) / (kills + 1))]!;
    const kill: Kill = {
      signal: "SIGKILL",
      effect,
      nth,
      when: moments[Math.floor(random() * 3)]!,
      delay: random() * 4,
    };
    const env = { ...usualEnv, ...world.env(place, i % 2 === 0 ? "first" : "second") };
    const { folder, temporary: tmpdir } = place;
    const ended = await killer.start({ folder, tmpdir, env, options: world.options, backfill: range, kill }).ended;
    if (ended.signal !== "SIGKILL" && kill.when !== "during")
      problems.push(`seed ${seed}, kill ${i}, ${kill.when} ${effect} ${nth}: was not killed: ${ended.output}`);
  }
  return problems;
}

async function differences(world: World, clean: Place, killed: Place): Promise<string[]> {
  const [wanted, found] = [await world.find(clean), await world.find(killed)];
  const problems = found.left.map((name) => `left behind: ${name}`);
  for (const part of ["tables", "files", "records", "pending"] as const)
    if (JSON.stringify(found[part]) !== JSON.stringify(wanted[part]))
      problems.push(`${part} differ: ${JSON.stringify(found[part])}, not ${JSON.stringify(wanted[part])}`);
  if (found.runs.includes("running")) problems.push(`runs are said to be running: ${found.runs.join(", ")}`);
  if (!found.runs.includes("killed")) problems.push("no run was killed");
  return problems;
}
