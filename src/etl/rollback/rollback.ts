/**
 * Brings outputs back to how they were: in one transaction, with the publish records and marks of then, so that the next run
 * loads what was taken back. It is a run of its own, with a new generation. The tables themselves stay the ones they are.
 */
import { randomUUID } from "node:crypto";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { formatCommand } from "../../spec/format-command.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { openSecrets } from "../../secrets/secrets.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import { findHome } from "../find-home.ts";
import { jobName, type RunIdentity } from "../identity.ts";
import { withStore } from "../publish/open-store.ts";
import { markOf, type PastPublish } from "../publish/past-publish.ts";
import { readPublishes } from "../publish/read-publishes.ts";
import { emptyRecord, type RunRecord } from "../record/run-record.ts";
import { newState, type RunState } from "../run-state.ts";
import { resolveParams, resolveReferences } from "../values.ts";
import { openWork, type Work } from "../work.ts";
import { knownRuns } from "./afterwards.ts";
import { chooseOutputs, outputsToRestore, tablesOf } from "./choose-outputs.ts";
import { planRollback, type RollbackPlan, type WantedOutput } from "./plan.ts";
import { choosePoint, type Point } from "./point.ts";
import { restoreLocked } from "./restore.ts";
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
