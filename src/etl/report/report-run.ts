/** What a report is made from: all of it is in the run record, but for values of the data, which stand in no record. */
import type { IntervalUnit } from "../../spec/interval.ts";
import type { RunRecord, RunStatus } from "../record/run-record.ts";
import type { TableProfile } from "../record/table-profile.ts";

export interface ReportRun {
  record: RunRecord;
  /** Of the pipeline, and of its tables by name. */
  description: string | undefined;
  descriptions: Record<string, string>;
  /** The command that says what happened in it, and what mends it. */
  why: string;
  /** With values of the data where they may be shown. */
  profile: TableProfile[];
  /** Oldest first; this run is among them. */
  history: PastRun[];
  /** Undefined where no interval is, or nobody can know. */
  missing?: Missing | undefined;
}

export interface Missing {
  every: IntervalUnit;
  /** Their labels, oldest first: at least one. */
  intervals: string[];
  /** What fills them. */
  command: string;
}

export interface PastRun {
  run_id: string;
  execution: string;
  status: RunStatus | "running" | "killed";
  started_at: string;
  /** Undefined for one that did not come to its end. */
  seconds: number | undefined;
  rows: number | undefined;
}

/** `killed`: it ended without a word. */
export const statusWords: Record<PastRun["status"], string> = {
  succeeded: "Succeeded",
  skipped: "Nothing to do",
  failed: "Failed",
  interrupted: "Stopped",
  running: "Running",
  killed: "Killed",
};

export const statusSigns: Record<PastRun["status"], string> = {
  succeeded: "✓",
  skipped: "–",
  running: "…",
  failed: "✗",
  interrupted: "✗",
  killed: "✗",
};

/** A run that goes on, or that was killed, could not say so in its record: the last of the history is this one. */
export function statusOf({ record, history }: ReportRun): PastRun["status"] {
  return history.at(-1)?.status ?? record.status;
}
