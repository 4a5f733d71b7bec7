/** What comes after a rollback: the next run publishes again, with what is deployed then. */
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { formatCommand } from "../../spec/format-command.ts";
import { nextScheduled, onItsClock } from "../../spec/next-scheduled.ts";
import { localTarget } from "../../spec/target.ts";
import { checkoutFirst, deployBackCommand, switchBack } from "../deploy-back.ts";
import { isOfJob } from "../identity.ts";
import { originOf, type PastPublish } from "../publish/past-publish.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import { findRuns } from "../report/past-runs.ts";
import type { RollbackPlan } from "./plan.ts";

export interface Afterwards {
  /** When the schedule starts the next run; undefined where it starts none. */
  next: Date | undefined;
  /** The run whose rows come back, and the newest that was no rollback, as far as records of them are left. */
  good: RunRecord | undefined;
  last: RunRecord | undefined;
}

interface Look {
  plan: Pick<RollbackPlan, "outputs" | "publishes">;
  pipeline: LoadedPipeline;
  /** Oldest first. */
  runs: KeptRun[];
  now: Date;
}

export function lookAhead({ plan, pipeline, runs, now }: Look): Afterwards {
  const publish = plan.outputs[0]?.state.publish;
  return {
    next: pipeline.target === localTarget ? undefined : nextScheduled(now, pipeline.spec),
    good: publish && madeBy(publish, plan.publishes, runs),
    last: runs.findLast(({ record }) => !isRollback(record))?.record,
  };
}

/** The run that made these rows, whoever brought them back since. */
export function madeBy(publish: PastPublish, publishes: PastPublish[], runs: KeptRun[]): RunRecord | undefined {
  const origin = originOf(publish, publishes);
  return runs.findLast(({ record }) => record.execution === origin?.execution && record.run_id === origin.runId)
    ?.record;
}

/** None where they cannot be read: nothing is brought back by them. */
export async function knownRuns(pipeline: LoadedPipeline, context: Context): Promise<KeptRun[]> {
  return findRuns(pipeline, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    context.log.debug(`the records of runs cannot be read: ${messageOf(error)}`);
    return [];
  });
}

function isRollback({ run_id: id }: RunRecord): boolean {
  return id.startsWith("rollback-");
}

/** For before and after: what was wrong is not mended by bringing back what was before. */
export function warnOfNext({ next }: Afterwards, { spec, target }: LoadedPipeline): string {
  if (target === localTarget)
    return "The next run publishes again, with what stands here: mend what was wrong first, or it comes back.";
  const run = next ? `The next run, at ${onItsClock(next, spec)},` : "The next run";
  return `${run} publishes again, with what is deployed then: mend what was wrong and deploy it before, or it comes back.`;
}

/** The commands that help then. */
export function stepsAfter(after: Afterwards, plan: RollbackPlan, pipeline: LoadedPipeline): string[] {
  const { last } = after;
  const runs = [...new Set(plan.outputs.flatMap(({ takenBack }) => takenBack))].toSorted();
  const [first, newest] = [runs[0], runs.at(-1)];
  const command =
    pipeline.spec.interval && first !== undefined
      ? formatCommand(pipeline, `backfill --from ${first} --to ${newest}`)
      : runAgain(last, pipeline);
  const mended = pipeline.target === localTarget ? "mended" : "mended and deployed";
  return [...imageBack(after, pipeline), `Once it is ${mended}: ${command}`];
}

/** What ran in the cluster runs there again. */
function runAgain(last: RunRecord | undefined, pipeline: LoadedPipeline): string {
  const isThere = pipeline.target !== localTarget && last && (last.image !== undefined || isOfJob(last.execution));
  return isThere ? formatCommand(pipeline, "trigger", "--wait") : formatCommand(pipeline, "run");
}

/** The image of the good run, where the last one had another. */
function imageBack({ good, last }: Afterwards, pipeline: LoadedPipeline): string[] {
  if (pipeline.target === localTarget || !good?.image || !last?.image || good.image === last.image) return [];
  const back = { image: good.image, revision: good.revision };
  const deploy = deployBackCommand(back, pipeline);
  const how = `Until then, deploy the image that run ${good.run_id} had; the last run had another`;
  const [first, afterwards] = [checkoutFirst(back), switchBack(back)];
  if (first === undefined) return [`${how}: ${deploy}`];
  return [`${how}. ${first} Then:`, `  ${deploy}`, `Afterwards: ${afterwards}`];
}
