/**
 * Brings outputs back to how they were: in one transaction, with the publish records and marks of then, so that the next run
 * loads what was taken back. It is a run of its own, with a new generation. The tables themselves stay the ones they are.
 */
import { randomUUID } from "node:crypto";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { formatCommand } from "../../spec/format-command.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { openSecrets } from "../../secrets/secrets.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import { findHome } from "../find-home.ts";
import { jobName, type RunIdentity } from "../identity.ts";
import { clearStaged } from "../publish/clear-staged.ts";
import { withStore } from "../publish/open-store.ts";
import { markOf, restoreMode, type PastPublish } from "../publish/past-publish.ts";
import { readPublishes } from "../publish/read-publishes.ts";
import { settleFiles } from "../publish/settle-files.ts";
import type { PublishId, Store } from "../publish/store.ts";
import { failureOf } from "../record/failure.ts";
import { emptyRecord, finishRecord, type RunRecord } from "../record/run-record.ts";
import { runningRow } from "../record/run-row.ts";
import { writeRecord } from "../record/write-record.ts";
import { newState, type RunState } from "../run-state.ts";
import { resolveParams, resolveReferences } from "../values.ts";
import { openWork, type Work } from "../work.ts";
import { knownRuns } from "./afterwards.ts";
import { nextGeneration } from "./corrections.ts";
import { planRollback, restoredTable, type RollbackPlan, type WantedOutput } from "./plan.ts";
import { choosePoint, isThere, type Point } from "./point.ts";
import { findStates, type OutputStates } from "./states.ts";

export interface RollbackOptions {
  pipeline: LoadedPipeline;
  params: Record<string, string>;
  /** Names of outputs, which go back together; none where there is one alone. */
  outputs: string[];
  /** A run's id or execution, a time, or how long ago. */
  to: string;
  /** Milliseconds to wait for another run of this pipeline; undefined where nobody has said. */
  waitLock: number | undefined;
}

export interface RolledBack {
  plan: RollbackPlan;
  /** Undefined where it was not done: nothing was to do, or nobody wanted it. */
  record: RunRecord | undefined;
}

/**
 * @param confirm is shown the plan, and says whether it is wanted
 * @throws {EtlError} `usage`, `failed` where it cannot be done, `locked`
 */
export async function rollback(
  options: RollbackOptions,
  outside: Context,
  confirm: (plan: RollbackPlan) => Promise<boolean>,
): Promise<RolledBack> {
  const { pipeline, to } = options;
  const names = outputsToRestore(options);
  const publishes = await publishesOf(options, names, outside);
  const ofThese = publishes.filter(({ output }) => names.includes(output));
  const point = choosePoint({ pipeline, to, publishes: ofThese }, outside);
  const lost = new AbortController();
  const context = { ...outside, signal: AbortSignal.any([outside.signal, lost.signal]) };
  const work = await openWork(context);
  try {
    const state = makeState({ options, names, point, work, context });
    const wanted = wantedOutputs(names, state);
    const plan = await withStore(state, (store) => planRollback({ wanted, point, publishes, store, state }));
    if (plan.outputs.length === 0 || !(await confirm(plan))) return { plan, record: undefined };
    await restoreLocked({ state, plan, lost });
    return { plan, record: state.record };
  } finally {
    await work.close();
  }
}

/** Which states there are of these outputs, or of all. Nothing is changed. */
export async function listStates(options: Asked, context: Context): Promise<OutputStates[]> {
  const { pipeline } = options;
  const names = options.outputs.length > 0 ? chooseOutputs(options) : tablesOf(pipeline);
  const publishes = await publishesOf(options, names, context);
  const work = await openWork(context);
  try {
    const state = makeState({ options, names, point: undefined, work, context });
    const runs = await knownRuns(pipeline, context);
    const wanted = wantedOutputs(names, state);
    return await withStore(state, (store) => findStates({ wanted, publishes, runs, store }));
  } finally {
    await work.close();
  }
}

type Asked = Omit<RollbackOptions, "to">;

/** @throws {EtlError} `usage` where none of them was ever published */
async function publishesOf(options: Asked, names: string[], context: Context): Promise<PastPublish[]> {
  const { pipeline, params } = options;
  const publishes = await readPublishes({ pipeline, params }, context);
  if (!publishes.some(({ output }) => names.includes(output))) throw neverPublished(options, names);
  return publishes;
}

/** @throws {EtlError} `usage` where there is none */
function tablesOf({ spec }: LoadedPipeline): string[] {
  const tables = Object.entries(spec.outputs ?? {}).flatMap(([name, { type }]) => (type === "bigquery" ? [name] : []));
  if (tables.length > 0) return tables;
  throw new EtlError({
    code: "usage",
    message: "no output is a table: only tables can be rolled back",
    hint: "Run the pipeline as it was then.",
  });
}

/** @throws {EtlError} `usage` where none is named, and it is not the only one */
function outputsToRestore(options: RollbackOptions): string[] {
  if (options.outputs.length > 0) return chooseOutputs(options);
  const tables = tablesOf(options.pipeline);
  if (tables.length === 1) return tables;
  throw new EtlError({
    code: "usage",
    message: "which output is meant?",
    hint: `Name one, or several: ${tables.join(", ")}.`,
  });
}

function chooseOutputs({ pipeline: { spec, where }, outputs }: Asked): string[] {
  const known = Object.entries(spec.outputs ?? {});
  for (const name of outputs) {
    const found = known.find(([output]) => output === name)?.[1];
    const hint = didYouMean(
      name,
      known.map(([output]) => output),
    );
    if (!found) throw new EtlError({ code: "usage", message: `there is no output \`${name}\``, hint });
    if (found.type === "bigquery") continue;
    throw new EtlError({
      code: "usage",
      message: `\`outputs.${name}\` is no table: only tables can be rolled back`,
      hint: "Run the pipeline as it was then.",
      where: where(["outputs", name, "type"]),
    });
  }
  return [...new Set(outputs)];
}

function neverPublished({ pipeline }: Asked, names: string[]): EtlError {
  const { spec, target } = pipeline;
  return new EtlError({
    code: "usage",
    message: `no run of ${spec.name} has published \`${names.join("`, `")}\` on target ${target}`,
    hint: `Its last run: ${formatCommand(pipeline, "why")}.`,
  });
}

interface MakeState {
  options: Asked;
  names: string[];
  point: Point | undefined;
  work: Work;
  context: Context;
}

function makeState({ options, names, point, work, context }: MakeState): RunState {
  const { pipeline, params: given, waitLock } = options;
  const identity = identify(point, context);
  const params = resolveParams({ pipeline, given, context });
  const values = { params, interval: undefined, secrets: openSecrets({ pipeline, context }) };
  const bigquery = connectBigQuery({ pipeline, values, identity, context });
  const record = emptyRecord({ pipeline, identity, values, models: [], outputs: names, context });
  const run = { select: [], limit: undefined, force: false, rerun: false, allowSchemaChange: false };
  return newState({
    options: { pipeline, params: given, interval: undefined, waitLock, ...run },
    pipeline,
    context,
    home: findHome({ pipeline, values, work, context, bigquery }),
    identity,
    values,
    work,
    record,
    bigquery,
  });
}

function identify(point: Point | undefined, { now, env }: Context): RunIdentity {
  const at = now();
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const fresh = randomUUID().slice(0, 8);
  const execution = jobName(env["NAIS_POD_NAME"]) ?? `rollback-${time}-${fresh}`;
  return { id: `rollback-${time}-${point ? markOf(point) : fresh}`, execution, scheduled: at, interval: undefined };
}

function wantedOutputs(names: string[], { pipeline, values, context }: RunState): WantedOutput[] {
  return names.flatMap((output) => {
    const path = ["outputs", output];
    const spec = resolveReferences(pipeline.spec.outputs![output]!, { values, pipeline, context, path });
    return spec.type === "bigquery" ? [{ output, spec }] : [];
  });
}

interface Restore {
  state: RunState;
  plan: RollbackPlan;
  lost: AbortController;
}

async function restoreLocked({ state, plan, lost }: Restore): Promise<void> {
  const { home, identity, options, context, record } = state;
  const release = await home.lock({ identity, wait: options.waitLock, onLost: (reason) => lost.abort(reason) });
  try {
    await withStore(state, (store) => restore(store, { state, plan }), { keep: true });
    record.status = "succeeded";
  } catch (error) {
    const failure = failureOf(error, { ...state, part: "rollback" });
    record.exit_code = failure.exitCode;
    record.status = context.signal.aborted ? "interrupted" : "failed";
    record.problems.push(...failure.problems);
  } finally {
    finishRecord(record, context);
    await writeRecord(state);
    await release();
  }
}

async function restore(store: Store, { state, plan }: Omit<Restore, "lost">): Promise<void> {
  const { context, identity, record } = state;
  await settleFiles(await store.pendingFiles(), context);
  const publishes = await store.past.publishes();
  const corrected = plan.outputs.flatMap(({ corrections }) => corrections);
  const generation = nextGeneration(
    publishes,
    corrected.map(({ runId }) => runId),
  );
  record.generation = generation;
  record.outputs = plan.outputs.map(({ output, spec }) => {
    return { name: output, status: "not_published", destination: spec.table, write: restoreMode, rows: undefined };
  });
  record.rollback = rollbackRecord(plan);
  await store.begin(runningRow(record, context.log), []);
  // From here on, nobody who began earlier publishes: what is there now, is what is changed.
  if (!isDone(plan, await store.past.publishes())) {
    const id = { runId: identity.id, execution: identity.execution, generation };
    const restores = await holdAll(store, { state, plan, id });
    context.signal.throwIfAborted();
    const corrections = corrected.map((one) => ({ ...one, generation }));
    const empty = { allowSchemaChange: false, tables: [], files: [] };
    await store.publish({ id, at: context.now(), ...empty, marks: plan.marks, restores, corrections });
  }
  for (const [i, output] of record.outputs.entries())
    Object.assign(output, { status: "published", rows: plan.outputs[i]!.before.rows });
  await clearStaged(store, context);
}

/**
 * Whether a process that was killed has done it after all: what it had sent off went on without it.
 * @throws {EtlError} where a run has published since the plan was shown
 */
function isDone({ outputs, point }: RollbackPlan, publishes: PastPublish[]): boolean {
  const recordsOf = (output: string) => publishes.filter((one) => one.output === output);
  const news = outputs.find(({ output, newest }) => recordsOf(output).at(-1)!.at.getTime() !== newest.at.getTime());
  if (!news) return false;
  if (outputs.every(({ output }) => isThere(recordsOf(output), point))) return true;
  throw new EtlError({
    code: "failed",
    part: `output ${news.output}`,
    message: "it was published meanwhile, and is not what was shown",
    hint: "Look again: the same command shows it. Nothing was changed.",
  });
}

async function holdAll(store: Store, { state, plan, id }: { state: RunState; plan: RollbackPlan; id: PublishId }) {
  const restores = [];
  for (const one of plan.outputs) {
    const held = await store.past.hold(one.before, one.output, id);
    restores.push(restoredTable(one, held, state));
  }
  return restores;
}

function rollbackRecord({ point, outputs }: RollbackPlan): NonNullable<RunRecord["rollback"]> {
  const of = outputs.map(({ output, state, before, takenBack }) => {
    return { output, run_id: state.publish?.runId, from: before.from, taken_back: takenBack };
  });
  return { to: point.to, outputs: of };
}
