/** Rollbacks: what they have taken back, and what the next run does to it. */
import { nextScheduled } from "../../spec/next-scheduled.ts";
import { localTarget } from "../../spec/target.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import { formatTime } from "../report/format.ts";
import { changedAgain, nothing, type Case, type Cause, type Mend, type Rule } from "./case.ts";

/** It was a rollback. */
export const rolledBack: Rule = (about, record) => {
  const { rollback } = record;
  if (!rollback) return undefined;
  const states = rollback.outputs.map(({ output, run_id: id }) => `\`${output}\` is as run ${id ?? "none"} left it`);
  const taken = takenBackBy(record);
  const gone = taken.length === 0 ? "" : `. The rows of ${taken.join(", ")} were taken back`;
  return { kind: "rolled-back", what: `it was a rollback: ${states.join(", ")}${gone}`, ...next(about, record) };
};

/** It has published, and that is there no more. */
export const takenBack: Rule = (about, { run_id: id }) => {
  const { later } = about;
  const back = later.findLast(({ record, status }) => status === "succeeded" && takenBackBy(record).includes(id));
  if (!back || later.slice(later.indexOf(back)).some((run) => hasLoaded(run) && run.record.run_id === id))
    return undefined;
  const { rollback, run_id: by, finished_at: at } = back.record;
  const names = rollback!.outputs.filter((one) => one.taken_back.includes(id)).map(({ output }) => `\`${output}\``);
  return {
    kind: "taken-back",
    what: `what it had published to ${names.join(", ")} was taken back at ${formatTime(at)}, by run ${by}`,
    ...next(about, back.record),
  };
};

/** The rollback that a run is, or that has taken its rows back. */
export function rollbackOf<Run extends KeptRun>(run: Run, later: Run[]): Run | undefined {
  if (run.record.rollback) return run.status === "succeeded" ? run : undefined;
  return later.findLast(
    ({ record, status }) => status === "succeeded" && takenBackBy(record).includes(run.record.run_id),
  );
}

function takenBackBy({ rollback }: RunRecord): string[] {
  return [...new Set(rollback?.outputs.flatMap(({ taken_back: runs }) => runs))].toSorted();
}

function hasLoaded({ record, status }: KeptRun): boolean {
  return status === "succeeded" && !record.rollback;
}

/** What comes after a rollback, as long as nothing has: what is deployed makes the same rows. */
function next(about: Case, back: RunRecord): Pick<Cause, "first" | "afterwards" | "onlyIf" | "mend"> {
  const { later, good, bad, pipeline } = about;
  const since = later.filter(({ record }) => record.started_at > back.finished_at);
  const taken = takenBackBy(back);
  if (taken.length === 0 || since.some(hasLoaded)) return { mend: nothing };
  const mended = pipeline.target === localTarget ? "mended" : "mended and deployed";
  const first = `Mend what was wrong with them, or it comes back: ${nextRun(about)} publishes the same again, unless that is ${mended} before.`;
  if (good?.image === undefined || bad === undefined || bad.image === good.image)
    return { first, mend: loadAgain(about, taken) };
  return {
    onlyIf: `what made them (${bad.image}) is still deployed`,
    afterwards: first,
    mend: { by: "deploy", image: good.image, revision: good.revision },
  };
}

function loadAgain({ pipeline: { spec } }: Case, [first]: string[]): Mend {
  return spec.interval && first !== undefined ? { by: "backfill", from: first } : changedAgain;
}

/** `the next run (2022-01-21 06:30 UTC)`. */
export function nextRun({ pipeline: { spec, target }, now }: Case): string {
  const time = target === localTarget ? undefined : nextScheduled(now, spec);
  return time === undefined ? "the next run" : `the next run (${formatTime(time.toISOString())})`;
}
