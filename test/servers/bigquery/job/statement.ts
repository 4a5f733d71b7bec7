/** One statement of a job: what it costs, what it does, and where its rows go. */
import { rememberAll } from "../catalog/time-travel.ts";
import type { Session } from "../database.ts";
import { bill, type Billed } from "../sql/bytes.ts";
import { asQueryError } from "../sql/engine-error.ts";
import type { Done, Execution, Plan } from "../sql/plan.ts";
import type { State } from "../state.ts";
import type { Job } from "./job.ts";
import type { Transaction } from "./locks.ts";
import { demandBudget } from "./query.ts";
import { keepResult } from "./result.ts";
import { queryStatistics } from "./statistics.ts";

type Json = Record<string, any>;

interface Single {
  state: State;
  job: Job;
  plan: Plan;
}

export async function runSingle({ state, job, plan }: Single): Promise<void> {
  if (job.fault?.action === "hold-job" && job.fault.statement === 1) await state.faults.held();
  await withSession(state, job, async (session) => {
    await runPlan({ state, job, plan, session, written: new Set() });
  });
}

/** A cancelled job stops in the midst of its statement. */
export async function withSession(state: State, job: Job, use: (session: Session) => Promise<void>): Promise<void> {
  await rememberAll(state.catalog);
  const session = await state.database.open();
  const interrupt = () => session.connection.interrupt();
  job.cancel.signal.addEventListener("abort", interrupt);
  try {
    await use(session);
  } catch (error) {
    throw asQueryError(error);
  } finally {
    job.cancel.signal.removeEventListener("abort", interrupt);
    session.close();
  }
}

interface Running extends Single {
  session: Session;
  transaction?: Transaction;
  written: Execution["written"];
}

export async function runPlan({ state, job, plan, session, transaction, written }: Running): Promise<Billed> {
  const cost = await bill(state, session, plan.reads);
  demandBudget(job.configuration["query"] as Json, cost.billed);
  const execution = { context: plan.context, session, written, ...(transaction && { transaction }) };
  const done: Done = (await plan.run?.(execution)) ?? {};
  if (plan.result) await keepResult({ state, job, session, result: plan.result });
  job.statistics["totalBytesProcessed"] = String(cost.processed);
  job.statistics["query"] = queryStatistics(plan, cost, done);
  return cost;
}
