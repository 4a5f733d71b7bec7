/** A row of `_nais_etl_runs`: one for each start of a pipeline, failed and killed ones too. */
import type { Logger } from "../../util/log.ts";
import { sumRows, type RunRecord, type RunStatus } from "./run-record.ts";

export interface RunRow {
  pipeline: string;
  run_id: string;
  execution: string;
  generation: number;
  target: string;
  /** `running` from start to end; `killed` once the next run has found that it ended without a word. */
  status: RunStatus | "running" | "killed";
  /** Undefined while it runs, and for one that was killed. */
  exit_code: number | undefined;
  started_at: Date;
  finished_at: Date | undefined;
  rows_read: number | undefined;
  rows_written: number | undefined;
  checks_failed: number;
  error: string | undefined;
  revision: string | undefined;
  image: string | undefined;
  source_digest: string;
  /** The whole run record, as JSON. */
  record: string;
}

export function runRow(record: RunRecord, log: Logger): RunRow {
  const error = record.problems.find((problem) => problem.severity === "error");
  return {
    pipeline: record.pipeline,
    run_id: record.run_id,
    execution: record.execution,
    generation: record.generation,
    target: record.target,
    status: record.status,
    exit_code: record.exit_code,
    started_at: new Date(record.started_at),
    finished_at: new Date(record.finished_at),
    rows_read: sumRows(record.sources),
    rows_written: sumRows(record.outputs),
    checks_failed: record.checks.filter((check) => check.status === "fail").length,
    error: error && log.scrub(error.message),
    revision: record.revision && log.scrub(record.revision),
    image: record.image && log.scrub(record.image),
    source_digest: record.source_digest,
    record: log.scrub(JSON.stringify(record)),
  };
}

/** The row of a run that has begun: all that is known of it, should it never come to its end. */
export function runningRow(record: RunRecord, log: Logger): RunRow {
  return { ...runRow(record, log), status: "running", exit_code: undefined, finished_at: undefined };
}
