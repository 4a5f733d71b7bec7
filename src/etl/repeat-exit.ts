/**
 * Kubernetes starts another pod when one has failed. What is wrong with the pipeline or with its data is so for the next
 * pod of the same Job, too: it says so at once, instead of doing all the work again. Only newer data may come meanwhile.
 */
import { EtlError, type ErrorCode } from "../util/error.ts";
import type { Ended } from "./publish/store.ts";
import type { RunRecord } from "./record/run-record.ts";

const lasting: Record<number, ErrorCode> = { 2: "invalid", 3: "check" };

/** @throws {EtlError} the problems of an earlier pod of this Job, with its exit code */
export function repeatExit(ended: Ended | undefined): void {
  const code = ended && lasting[ended.exitCode];
  if (!code) return;
  const record = JSON.parse(ended.record) as Pick<RunRecord, "checks" | "problems" | "started_at">;
  if (isOnlyFreshness(record)) return;
  // What a pod before has said again, has its note: it names the one that did the work.
  const first = isRepeat(record) ? undefined : record.problems[0];
  throw new EtlError({
    code,
    message: `an earlier pod of this Job ended so at ${record.started_at}`,
    problems: record.problems.map((problem) =>
      problem === first ? { ...problem, hint: withNote(problem.hint, record.started_at) } : problem,
    ),
  });
}

const noteBegins = "Found by an earlier pod of this Job";

/** Whether a pod has only said again what one before it had found. */
export function isRepeat({ problems }: Pick<RunRecord, "problems">): boolean {
  return problems.some(({ hint }) => hint?.includes(noteBegins));
}

function withNote(hint: string | undefined, at: string): string {
  const note = `${noteBegins}, at ${at}: nothing was done again. A new Job begins anew.`;
  return hint === undefined ? note : `${hint}\n${note}`;
}

function isOnlyFreshness({ checks }: Pick<RunRecord, "checks">): boolean {
  const failed = checks.filter(({ status }) => status === "fail");
  return failed.length > 0 && failed.every(({ kind }) => kind === "freshness");
}
