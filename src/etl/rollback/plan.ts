/** What a rollback would do, found without changing anything. */
import { quoteIdentifier as quoteDuckdb } from "../engine/duckdb/sql.ts";
import { quoteIdentifier as quoteGoogle } from "../engine/bigquery/sql.ts";
import { livesInBigQuery } from "../find-home.ts";
import { sameName } from "../publish/fit-columns.ts";
import { isPublish, originOf, type PastPublish } from "../publish/past-publish.ts";
import type {
  Correction,
  PastState,
  PastTable,
  RestoredTable,
  Store,
  TableLook,
  TableOutput,
} from "../publish/store.ts";
import type { RunState } from "../run-state.ts";
import { aroundPoint, correctionsOf, marksAt, takenBack } from "./corrections.ts";
import { goneTable, refuseColumns, refuseShared, notThere } from "./refusals.ts";
import { isThere, type Point } from "./point.ts";

export interface WantedOutput {
  output: string;
  spec: TableOutput;
}

export interface OutputPlan extends WantedOutput {
  state: PastState;
  /** The newest record of it, by which another run that publishes meanwhile is noticed. */
  newest: PastPublish;
  now: TableLook;
  /** Somebody has dropped it: it is made anew from its kept state. */
  isGone: boolean;
  before: PastTable;
  /** Columns that came since: they will be NULL. */
  added: string[];
  corrections: Omit<Correction, "generation">[];
  /** The runs whose rows go. */
  takenBack: string[];
}

export interface RollbackPlan {
  point: Point;
  /** Those that stand as they are meant to are left out. */
  outputs: OutputPlan[];
  marks: Record<string, string | undefined>;
  /** All records, of all outputs, oldest first. */
  publishes: PastPublish[];
}

interface PlanRollback {
  wanted: WantedOutput[];
  point: Point;
  /** Of all outputs, oldest first. */
  publishes: PastPublish[];
  store: Store;
  state: RunState;
}

/** @throws {EtlError} where a table cannot be brought back as it was */
export async function planRollback({ wanted, point, publishes, store, state }: PlanRollback): Promise<RollbackPlan> {
  const outputs: OutputPlan[] = [];
  for (const one of wanted) {
    const records = publishes.filter(({ output }) => output === one.output);
    const plan = await planOutput({ one, point, records, publishes, store, state });
    if (plan) outputs.push(plan);
  }
  const marks = outputs.length === 0 ? {} : marksAt(await store.past.marks(), stateTime(outputs[0]!, point));
  refuseShared(marks, { wanted, pipeline: state.pipeline });
  return { point, outputs, marks, publishes };
}

interface PlanOutput {
  one: WantedOutput;
  point: Point;
  /** Of this output, and of all. */
  records: PastPublish[];
  publishes: PastPublish[];
  store: Store;
  state: RunState;
}

async function planOutput({
  one,
  point,
  records,
  publishes,
  store,
  state,
}: PlanOutput): Promise<OutputPlan | undefined> {
  const { output, spec } = one;
  const { pipeline } = state;
  const { publish, next } = aroundPoint(records, point.at);
  const travels = livesInBigQuery(pipeline);
  // Where there is no time travel, nothing but runs can have changed it, as far as anybody knows.
  const look = await store.past.look(output, spec);
  const stands = !(point.isMoment && travels) && (!next || isThere(records, point));
  if (look && stands) return undefined;
  const refusals: Error[] = [];
  const moment = point.isMoment && travels ? point.at : undefined;
  const refused = (error: Error) => void refusals.push(error);
  const wanted: PastState = { output, spec, publish, next, moment, refused };
  const before = await findState(wanted, { records, publishes, store });
  if (!look && before?.copy === undefined) throw await goneTable({ past: wanted, records, store, travels });
  if (!before) throw await notThere({ past: wanted, records, store, travels, refusal: refusals[0] });
  const now = look ?? { columns: before.columns, rows: 0 };
  refuseColumns({ spec, now, before, state: wanted });
  const corrections = correctionsOf({ output, records, at: publish?.at ?? new Date(0) });
  const known = new Set(before.columns.map(({ name }) => sameName(name)));
  return {
    ...one,
    state: wanted,
    newest: records.at(-1)!,
    now,
    isGone: !look,
    before,
    added: now.columns.filter(({ name }) => !known.has(sameName(name))).map(({ name }) => name),
    corrections,
    takenBack: takenBack(records, corrections),
  };
}

/** As a run left it; or as a rollback to it did, whose snapshot is younger. */
async function findState(
  wanted: PastState,
  { records, publishes, store }: Pick<PlanOutput, "records" | "publishes" | "store">,
): Promise<PastTable | undefined> {
  const { publish, moment } = wanted;
  const origin = publish && !moment ? originOf(publish, publishes) : undefined;
  const isAlike = (one: PastPublish) => isPublish(one) && one !== publish && originOf(one, publishes) === origin;
  const again = origin ? records.filter(isAlike).toReversed() : [];
  const alike = again.map((one) => ({ ...wanted, publish: one, next: aroundPoint(records, one.at).next }));
  for (const state of [wanted, ...alike]) {
    const found = await store.past.find(state);
    if (found) return found;
  }
  return undefined;
}

function stateTime({ state }: OutputPlan, point: Point): Date {
  return point.isMoment ? point.at : (state.publish?.at ?? point.at);
}

/** The rows as they were, with the columns of now. */
export function restoredTable(
  { output, spec, now, isGone, added }: OutputPlan,
  before: PastTable,
  state: RunState,
): RestoredTable {
  const quote = livesInBigQuery(state.pipeline) ? quoteGoogle : quoteDuckdb;
  const came = new Set(added);
  const columns = now.columns.filter(({ name }) => !came.has(name)).map(({ name }) => name);
  const relation = `(SELECT ${columns.map(quote).join(", ")} FROM ${before.relation})`;
  const madeFrom = isGone ? { madeFrom: before.copy! } : {};
  return { output, spec, relation, columns, rows: before.rows, ...madeFrom };
}
