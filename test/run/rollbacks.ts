/**
 * The life of one rollback that is killed, or whose request is lost: what is found then, the same command once more, what is
 * found at the end, and what the next nightly run makes of it.
 */
import { rollback } from "../../src/commands/rollback.ts";
import type { Effect } from "../../src/util/context.ts";
import { inParallel, jobAtHand, listInto, runHere, usualEnv, type Moment } from "./cases.ts";
import type { Killer } from "./children.ts";
import { realContext } from "./context.ts";
import type { Kill } from "./killer.ts";
import type { Found } from "./published.ts";
import { rollbackScenario, type Scenario } from "./scenarios.ts";
import type { Place, World } from "./worlds.ts";

export interface RollbackStage {
  world: World;
  scenario: Scenario;
  /** With the days before; each case works on a copy, in which the last day follows: a copy has no past to travel to. */
  place: Place;
  later: (place: Place) => Promise<void>;
  /** What stands before the rollback, after one that nobody disturbs, and after the nightly run that follows it. */
  old: Found;
  new: Found;
  night: Found;
  /** The effects of that rollback, in order. */
  effects: Moment[];
  remove(): Promise<void>;
}

interface SetRollback {
  world: World;
  write: string;
  /** Of the tables of these models. */
  keep: Parameters<typeof rollbackScenario>[1];
  /** How far sources were read, as if the last day's run had read one. */
  mark?: (place: Place) => Promise<void>;
}

export async function setRollback({ world, write, keep, mark }: SetRollback): Promise<RollbackStage> {
  const scenario = rollbackScenario(write, keep);
  const place = await world.make();
  await scenario.make(place.folder, world);
  for (const interval of scenario.before) await runHere({ world, place, interval, job: `before-${interval}` });
  const later = async (copy: Place) => {
    await runHere({ world, place: copy, interval: scenario.interval, job: "later" });
    await mark?.(copy);
  };
  const clean = await world.copy(place);
  await later(clean);
  const effects: Moment[] = [];
  const old = await findIn(world, clean);
  await rollbackHere({ world, place: clean, effect: listInto(effects) });
  const next = await findIn(world, clean);
  await runHere({ world, place: clean, interval: scenario.interval, job: "night" });
  const night = await findIn(world, clean);
  await world.remove(clean);
  return { world, scenario, place, later, old, new: next, night, effects, remove: () => world.remove(place) };
}

interface RollbackHere {
  world: World;
  place: Place;
  job?: string;
  effect?: Effect;
}

const asked = { outputs: ["rows_table", "days_table"], to: "2022-01-19", yes: true };

/** @throws with all that it said, where it does not succeed */
async function rollbackHere({ world, place, job = jobAtHand, effect }: RollbackHere): Promise<void> {
  const lines: string[] = [];
  const { folder, temporary: tmpdir } = place;
  const env = { ...usualEnv, ...world.env(place, job) };
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder, tmpdir, env, write, ...(effect && { effect }) });
  const code = await rollback({ ...world.options, ...asked }, context);
  if (code !== 0) throw new Error(`exit ${code}: ${lines.join("")}`);
}

/** Ids of rollbacks are of their time. */
async function findIn(world: World, place: Place): Promise<Found> {
  const found = await world.find(place);
  return { ...found, records: found.records.map((line) => line.replace(/rollback-\S+/, "rollback")).toSorted() };
}

interface RollbackCase {
  stage: RollbackStage;
  /** What goes wrong, at the first rollback. @returns whether there has to be a second one */
  disturb: (place: Place) => Promise<string[]>;
  /** The Job of the second one; undefined where the first has to do it. */
  again: string | undefined;
}

/** @returns everything that is not as it has to be; nothing where all is well */
async function disturbed({ stage, disturb, again }: RollbackCase): Promise<string[]> {
  const { world, later, scenario } = stage;
  const place = await world.copy(stage.place);
  try {
    await later(place);
    const problems = await disturb(place);
    problems.push(...halfProblems(await findIn(world, place), stage));
    if (again !== undefined) await rollbackHere({ world, place, job: again });
    problems.push(...differences(await findIn(world, place), stage.new, ["tables", "files", "records", "marks"]));
    await runHere({ world, place, interval: scenario.interval, job: "night" });
    const night = await findIn(world, place);
    const all = ["tables", "files", "records", "marks", "pending", "kept", "left"] as const;
    problems.push(...differences(night, stage.night, all).map((problem) => `after the night, ${problem}`));
    if (night.runs.includes("running")) problems.push(`runs are said to be running: ${night.runs.join(", ")}`);
    return problems;
  } catch (error) {
    return [String(error)];
  } finally {
    await world.remove(place);
  }
}

function differences(found: Found, wanted: Found, parts: readonly (keyof Found)[]): string[] {
  return parts
    .filter((part) => !same(found[part], wanted[part]))
    .map((part) => `${part} differ: ${JSON.stringify(found[part])}, not ${JSON.stringify(wanted[part])}`);
}

/** All tables, records and marks are those of before, or all are those of then. */
function halfProblems(found: Found, { old, new: next }: RollbackStage): string[] {
  const parts = ["tables", "files", "records", "marks"] as const;
  const is = (whole: Found) => parts.every((part) => same(found[part], whole[part]));
  return is(old) || is(next) ? [] : [`half brought back: ${JSON.stringify(found)}`];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Kills at these moments, two at a time; the same command follows, of a later pod of the same Job, or of another, in turn. */
export async function killRollbacks(kills: Kill[], stage: RollbackStage, killer: Killer): Promise<string[]> {
  const { world } = stage;
  const results = await inParallel([...kills.entries()], 2, async ([i, kill]) => {
    const disturb = async (place: Place) => {
      const { folder, temporary: tmpdir } = place;
      const env = { ...usualEnv, ...world.env(place, jobAtHand) };
      const { signal, code, output } = await killer.start({
        folder,
        tmpdir,
        env,
        options: world.options,
        rollback: asked,
        kill,
      }).ended;
      const isLate = kill.when === "during" && code === 0;
      return signal === "SIGKILL" || isLate ? [] : [`was not killed, ended with ${code}: ${output}`];
    };
    const problems = await disturbed({ stage, disturb, again: i % 2 === 0 ? jobAtHand : "another" });
    return problems.map((problem) => `${kill.when} ${kill.effect} ${kill.nth}: ${problem}`);
  });
  return results.flat();
}

/** One that goes on through whatever happens to its requests. @param around sets the fault, and tells whether it hit */
export async function rollBackThrough(
  stage: RollbackStage,
  around: (act: () => Promise<void>) => Promise<string[]>,
): Promise<string[]> {
  const { world } = stage;
  return disturbed({ stage, disturb: (place) => around(() => rollbackHere({ world, place })), again: undefined });
}
