/** The life of one killed run: an older state, the kill, what is found then, the run after it, what is found at the end. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../src/commands/run.ts";
import type { Effect } from "../../src/util/context.ts";
import type { Ended, Killer } from "./children.ts";
import { realContext } from "./context.ts";
import type { Kill } from "./killer.ts";
import type { Found } from "./published.ts";
import type { Scenario } from "./scenarios.ts";
import { localWorld, type Place, type World } from "./worlds.ts";
import { haveOneCore } from "./one-core.ts";

haveOneCore();

/** Nobody listens there: that the metrics are pushed is an effect all the same, at which a run may be killed. */
const deafGateway = { PUSH_GATEWAY_ADDRESS: "127.0.0.1:1" };

/** Rows of all models are kept for the run after this one, however quickly they were made. */
const keepAll = { NAIS_ETL_KEEP_SECONDS: "0" };

/** Of every run here. */
export const usualEnv = { ...deafGateway, ...keepAll, NAIS_ETL_PAUSE_SECONDS: "0" };

export interface Moment {
  effect: string;
  /** Which of those of that name, from 0. */
  nth: number;
  milliseconds: number;
}

export interface Stage {
  scenario: Scenario;
  world: World;
  /** The state and the data that the run at hand begins with; cases work on copies. */
  place: Place;
  /** What stands published before a clean run, and after it. */
  old: Found;
  new: Found;
  /** The effects of a clean run, in order. */
  effects: Moment[];
  remove(): Promise<void>;
}

/** Runs what came before, and the run at hand as it is when nobody kills it. */
export async function setStage(scenario: Scenario, world: World = localWorld): Promise<Stage> {
  const place = await world.make();
  await scenario.make(place.folder, world);
  for (const [i, interval] of scenario.before.entries()) await runHere({ world, place, interval, job: `before-${i}` });
  await scenario.change(place.folder);
  const clean = await world.copy(place);
  const effects: Moment[] = [];
  await runHere({ world, place: clean, interval: scenario.interval, effect: listInto(effects) });
  const [old, next] = [await world.find(place), await world.find(clean)];
  await world.remove(clean);
  return { scenario, world, place, old, new: next, effects, remove: () => world.remove(place) };
}

export function listInto(effects: Moment[]): Effect {
  return async (effect, act) => {
    const started = performance.now();
    const moment = { effect, nth: effects.filter((earlier) => earlier.effect === effect).length, milliseconds: 0 };
    effects.push(moment);
    const result = await act();
    moment.milliseconds = performance.now() - started;
    return result;
  };
}

interface RunHere {
  world: World;
  place: Place;
  interval: string | undefined;
  /** That of the run at hand by default. */
  job?: string;
  effect?: Effect;
}

export const jobAtHand = "at-hand";

/** A run in this process. @throws with all it logged, when it does not succeed */
export async function runHere({ world, place, interval, job = jobAtHand, effect }: RunHere): Promise<void> {
  const { folder, temporary } = place;
  const env = { ...usualEnv, ...world.env(place, job) };
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder, tmpdir: temporary, env, write, ...(effect && { effect }) });
  const code = await run(optionsOf(world, interval), context);
  if (code !== 0) throw new Error(`exit ${code}: ${lines.join("")}`);
}

export interface Case {
  stage: Stage;
  killer: Killer;
  kill: Kill;
  /** Tells it to stop, before that. */
  stop?: Kill;
  /** The Job of the run after it: the same by default. */
  again?: string;
  /** Told what the kill met. */
  note?: (what: string) => void;
}

/** @returns everything that is not as it has to be; nothing where all is well */
export async function killAndRunAgain(one: Case): Promise<string[]> {
  const { stage, kill, again, note = () => undefined } = one;
  const { world } = stage;
  const place = await world.copy(stage.place);
  try {
    const ended = await runKilled({ ...one, place });
    const found = await world.find(place);
    note(whatItMet(ended, found, stage));
    return [
      ...endProblems(ended, kill),
      ...midwayProblems(found, stage),
      ...(isStop(kill) ? await stopProblems({ stage, kill, place, found }) : []),
      ...(await rerunProblems({ stage, place, again })),
    ];
  } catch (error) {
    return [String(error)];
  } finally {
    await world.remove(place);
  }
}

function optionsOf({ options }: World, interval: string | undefined) {
  return { ...options, ...(interval !== undefined && { interval }) };
}

function runKilled({ stage, killer, kill, stop, place }: Case & { place: Place }): Promise<Ended> {
  const { scenario, world } = stage;
  const child = killer.start({
    folder: place.folder,
    tmpdir: place.temporary,
    env: { ...usualEnv, ...world.env(place, jobAtHand) },
    options: optionsOf(world, scenario.interval),
    kill,
    ...(stop && { stop }),
  });
  return child.ended;
}

/** A short effect may be over before a kill `during` it strikes; then the run goes on to its end, or dies a little later. */
function endProblems({ code, signal, output }: Ended, kill: Kill): string[] {
  if (isStop(kill)) {
    const wanted = kill.signal === "SIGTERM" ? 143 : 130;
    return code === wanted ? [] : [`ended with ${code ?? signal}, not ${wanted}: ${output}`];
  }
  if (signal === "SIGKILL") return [];
  return kill.when === "during" && code === 0 ? [] : [`was not killed, ended with ${code}: ${output}`];
}

function whatItMet({ signal }: Ended, found: Found, { old, new: next }: Stage): string {
  if (signal === null) return "came too late";
  if (found.runs.length === old.runs.length) return "before the run had begun";
  if (!hasRecords(found, next)) return "before its commit";
  return found.runs.includes("running") ? "after its commit" : "after its record";
}

/** A signal that can be heard, so that the run ends by itself. */
function isStop(kill: Kill): kill is Kill & { signal: "SIGTERM" | "SIGINT" } {
  return typeof kill === "object" && kill.signal !== "SIGKILL";
}

/** Who is told to stop tidies up, and says so where there is time. */
interface Stopped {
  stage: Stage;
  kill: Kill;
  place: Place;
  found: Found;
}

async function stopProblems({ stage, kill, place, found }: Stopped): Promise<string[]> {
  const problems = found.left.map((name) => `left behind by the stopped run: ${name}`);
  const statuses = await recordedStatuses(join(place.folder, stage.world.runs ?? "."));
  const first = (name: string) => stage.effects.findIndex(({ effect }) => effect === name);
  const at = stage.effects.findIndex(({ effect, nth }) => effect === kill.effect && nth === kill.nth);
  const recorded = at >= first("warehouse.open") && at < first("record.json");
  if (recorded && !statuses.includes("interrupted")) problems.push(`run records: ${statuses.join(", ")}`);
  return problems;
}

async function recordedStatuses(runs: string): Promise<string[]> {
  const names = await readdir(runs).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(runs, name), "utf8")));
  return texts.map((text) => (JSON.parse(text) as { status: string }).status);
}

/** Tables all old or all new; each file whole, old or new; the records as the tables. */
function midwayProblems(found: Found, { old, new: next }: Stage): string[] {
  const problems: string[] = [];
  const isNew = same(found.tables, next.tables) && hasRecords(found, next);
  const isOld = (same(found.tables, old.tables) || noTables(found)) && same(found.records, old.records);
  if (!isNew && !isOld) problems.push(`half-published: ${JSON.stringify(found)}`);
  for (const [file, sum] of Object.entries(found.files)) {
    if (sum !== old.files[file] && sum !== next.files[file]) problems.push(`${file} is neither old nor new: ${sum}`);
    if (sum === next.files[file] && sum !== old.files[file] && !isNew)
      problems.push(`${file} is new before its record`);
  }
  return problems;
}

/** A first run: no table, or no warehouse at all. */
function noTables({ tables }: Found): boolean {
  return Object.values(tables).every((sum) => sum === undefined);
}

function hasRecords(found: Found, next: Found): boolean {
  return found.records.length === next.records.length;
}

interface Rerun {
  stage: Stage;
  place: Place;
  again: string | undefined;
}

async function rerunProblems({ stage, place, again = jobAtHand }: Rerun): Promise<string[]> {
  const { world, scenario } = stage;
  await runHere({ world, place, interval: scenario.interval, job: again });
  return endedProblems(stage, await world.find(place));
}

/** What is not as after a clean run. */
export function endedProblems(stage: Stage, found: Found): string[] {
  const problems = found.left.map((name) => `left behind: ${name}`);
  if (!same(found.tables, stage.new.tables)) problems.push(`tables differ: ${JSON.stringify(found.tables)}`);
  if (!same(found.files, stage.new.files)) problems.push(`files differ: ${JSON.stringify(found.files)}`);
  if (stage.scenario.appends && !same(found.records, stage.new.records))
    problems.push(`publish records differ: ${found.records.join(", ")}`);
  if (found.pending > 0) problems.push(`${found.pending} files pending`);
  const running = found.runs.filter((status) => status === "running");
  if (running.length > 0) problems.push(`runs are said to be running: ${found.runs.join(", ")}`);
  return problems;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Kills at these moments, two at a time; a later pod of the same Job follows, or another Job, in turn. @returns what is not as it has to be, with the moment */
export async function killAt(kills: Kill[], { stage, killer }: Omit<Case, "kill">): Promise<string[]> {
  const cases = kills.map((kill, i) => ({ stage, killer, kill, again: i % 2 === 0 ? jobAtHand : "another" }));
  const results = await inParallel(cases, 2, async ({ kill, ...of }) => {
    const problems = await killAndRunAgain({ kill, ...of });
    return problems.map((problem) => `${kill.when} ${kill.effect} ${kill.nth}: ${problem}`);
  });
  return results.flat();
}

/** Kills at some moments of a run. `during` strikes in the first, second or last third of the effect. */
export function killsOf(moments: Moment[], when: Kill["when"], signal: Kill["signal"] = "SIGKILL"): Kill[] {
  return moments.map(({ effect, nth, milliseconds }, i) => {
    return { signal, effect, nth, when, delay: (milliseconds * ((i % 3) + 0.3)) / 3 };
  });
}

/** Does all, a few at a time, in order. */
export async function inParallel<T, R>(items: T[], atOnce: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await act(items[i]!);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/**
 * Of several ways to hit the same places: each way, and each place, in turn; `first` shifts whose turn it is. All ways
 * at all places are many minutes more: `npm run test:thorough` takes them.
 */
export function inTurn<T>(ways: readonly (readonly T[])[], first: number): T[] {
  if (process.env["NAIS_ETL_THOROUGH"]) return ways.flat();
  const places = Math.max(...ways.map(({ length }) => length));
  const turns = Array.from({ length: Math.max(places, ways.length) }, (_, i) => i);
  return turns.map((i) => ways[(i + first) % ways.length]![i % places]).filter((one) => one !== undefined);
}

const moments = ["before", "during", "after"] as const;

/** A kill at each of these effects: before, during and after in turn. */
export function killsInTurn(effects: Moment[], first = 0): Kill[] {
  return inTurn(
    moments.map((when) => killsOf(effects, when)),
    first,
  );
}
