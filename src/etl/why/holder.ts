/** Who holds the pipeline: a run that goes on, or that hangs. */
import { isOfJob } from "../identity.ts";
import { nothing, type Case, type Cause, type Rule } from "./case.ts";
import type { Holder } from "./past-starts.ts";

/** A good run takes so long at most, beside those before: what takes longer hangs. */
const patienceTimes = 5;
const patienceSeconds = 3600;

export const running: Rule = ({ lock, good, now, pipeline }, { execution, started_at: started }) => {
  if (!lock.holder?.isOf(execution)) return undefined;
  const seconds = (now.getTime() - Date.parse(started)) / 1000;
  const usual = Math.max(patienceSeconds, patienceTimes * (good?.seconds ?? 0));
  if (seconds < usual) return { kind: "running", what: "it is running now", mend: nothing };
  return {
    kind: "stuck",
    what: `it has held the pipeline for ${hours(seconds)}, and is not done: other runs wait, and end with exit code 5`,
    first: `Stop it: ${stopWords(lock.holder, pipeline)}.`,
    mend: { by: "run", waitLock: true },
  };
};

export function held({ lock, pipeline }: Case): Cause {
  const { shown = "", until } = lock.holder ?? {};
  const lease = until ? ` (until ${until.toISOString().slice(0, 16).replace("T", " ")} UTC at least)` : "";
  return {
    kind: "stuck",
    what: `${shown} holds the pipeline${lease}, and has recorded no run yet: it has just begun, or hangs. Other runs wait for it, and end with exit code 5`,
    first: `Wait some minutes, and ask again. If it hangs, stop it: ${stopWords(lock.holder, pipeline)}.`,
    mend: { by: "run", waitLock: true },
  };
}

/** A Job is deleted, which tells its pod to stop: it gives the lock back. */
function stopWords(holder: Holder | undefined, { spec }: Case["pipeline"]): string {
  if (holder?.pid !== undefined) return `kill ${holder.pid}`;
  const { execution, shown = "the process" } = holder ?? {};
  if (execution === undefined || !isOfJob(execution)) return shown;
  return `kubectl delete job ${execution}${spec.team === undefined ? "" : ` --namespace ${spec.team}`}`;
}

/** Who holds the lock after the last run that is known, has not begun to record itself. A local one does not say whose it is. */
export const lockHeld: Rule = (about, { execution }) => {
  const { holder } = about.lock;
  return holder && (holder.until === undefined || !holder.isOf(execution)) ? held(about) : undefined;
};

function hours(seconds: number): string {
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
