/** Does what a rollback has shown: in one transaction, with records and marks of then. */
import { EtlError } from "../../util/error.ts";
import { clearStaged } from "../publish/clear-staged.ts";
import { withStore } from "../publish/open-store.ts";
import { restoreMode, type PastPublish } from "../publish/past-publish.ts";
import { settleFiles } from "../publish/settle-files.ts";
import type { PublishId, Store } from "../publish/store.ts";
import { failureOf } from "../record/failure.ts";
import { finishRecord, type RunRecord } from "../record/run-record.ts";
import { runningRow } from "../record/run-row.ts";
import { writeRecord } from "../record/write-record.ts";
import type { RunState } from "../run-state.ts";
import { nextGeneration } from "./corrections.ts";
import { restoredTable, type RollbackPlan } from "./plan.ts";
import { isThere } from "./point.ts";

interface Restore {
  state: RunState;
  plan: RollbackPlan;
  lost: AbortController;
}

/** In the lock, and with a record of its own, whatever comes of it. */
export async function restoreLocked({ state, plan, lost }: Restore): Promise<void> {
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
