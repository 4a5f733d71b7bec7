/** `nais-etl why`: what failed, since when, what has changed, what readers see, and what mends it. Nothing is changed by it. */
import type { Context } from "../../util/context.ts";
import { readPublishes } from "../publish/read-publishes.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import type { Case, Cause } from "./case.ts";
import { findCause } from "./causes.ts";
import type { Change } from "./changes.ts";
import { gatherCase, isGood, type AskWhy } from "./gather-case.ts";
import { findMissingDataset } from "./missing-dataset.ts";
import { afterwardsFor, commandFor, firstFor } from "./mend.ts";
import { byExecution, pastStarts, type Execution } from "./past-starts.ts";
import type { ReadersSee } from "./readers.ts";

export interface Why {
  pipeline: string;
  target: string;
  run: Shown | undefined;
  /** `good` and `running` are well; see docs/why.md for all. */
  cause: Pick<Cause, "kind" | "what">;
  /** The step that failed, and what it said. */
  failed: { step: string | undefined; message: string; hint?: string }[];
  checks: { check: string; table: string; found: string; offending: number }[];
  /** The first run that failed after the last good one, and how many have since. */
  since: (Shown & { runs: number }) | undefined;
  last_good: Shown | undefined;
  changes: Change[];
  readers: ReadersSee[];
  /** A later run that did what this one could not. */
  mended_by?: Shown;
  /** Scheduled runs that left no record, the last run since. */
  missed?: { runs: number; first: string };
  mend: ({ only_if?: string; instead?: Steps } & Steps) | undefined;
}

export interface Steps {
  first?: string;
  command: string;
  afterwards?: string;
}

interface Shown {
  run_id: string;
  execution: string;
  started_at: string;
  status: string;
  exit_code: number;
}

/** @throws {EtlError} `usage` where there is no such run */
export async function findWhy({ pipeline, asked, askCluster }: AskWhy, context: Context): Promise<Why> {
  const missing = await findMissingDataset(pipeline, context);
  if (missing?.isHome && asked !== undefined) throw missing.error;
  const runs = missing?.isHome ? [] : byExecution(await pastStarts(pipeline, context));
  const publishes = missing?.isHome ? [] : await readPublishes({ pipeline }, context);
  const about = await gatherCase({ pipeline, asked, askCluster, runs, publishes, missing }, context);
  const cause = findCause(about);
  const { run, good, missed } = about;
  const mended = mendedBy(cause, about);
  return {
    pipeline: pipeline.spec.name,
    target: pipeline.target,
    run: run && shown(run.record, run.status),
    cause: { kind: cause.kind, what: cause.what },
    failed: run ? stepsFailed(run.record) : [],
    checks: (run?.record.checks ?? [])
      .filter(({ status }) => status === "fail")
      .map(({ check, table, found, offending }) => ({ check, table, found, offending })),
    since: sinceOf(about, runs),
    last_good: good && shown(good, statusIn(good, runs)),
    changes: about.changes,
    readers: about.readers,
    ...(mended && { mended_by: shown(mended.record, mended.status) }),
    ...(missed.length > 0 && { missed: { runs: missed.length, first: missed[0]!.toISOString() } }),
    mend: mended ? undefined : mendOf(cause, about),
  };
}

function mendOf(cause: Cause, about: Case): Why["mend"] {
  const steps = stepsOf(cause, about);
  if (steps === undefined) return undefined;
  const { onlyIf } = cause;
  const instead = cause.instead && stepsOf(cause.instead, about);
  return { ...(onlyIf !== undefined && { only_if: onlyIf }), ...steps, ...(instead && { instead }) };
}

function stepsOf(cause: Pick<Cause, "first" | "mend" | "afterwards">, about: Case): Steps | undefined {
  const command = commandFor(cause.mend, about);
  if (command === undefined) return undefined;
  const [first, afterwards] = [firstFor(cause, about), afterwardsFor(cause)];
  return { ...(first !== undefined && { first }), command, ...(afterwards !== undefined && { afterwards }) };
}

function sinceOf({ failing, unusual }: Case, runs: Execution[]): Why["since"] {
  const first = failing[0] ?? unusual?.since;
  return first && { ...shown(first, statusIn(first, runs)), runs: unusual?.runs ?? failing.length };
}

/** Where each interval has rows of its own, only that of its own; else any later run that was good. */
function mendedBy({ kind }: Cause, { run, later, pipeline }: Case): Execution | undefined {
  if (!run || isGood(run.status) || run.record.rollback || kind === "stuck" || kind === "running") return undefined;
  return later.find(({ record, status }) => {
    const isSame = !pipeline.spec.interval || record.run_id === run.record.run_id;
    return isSame && isGood(status) && !record.rollback;
  });
}

function shown({ run_id, execution, started_at, exit_code }: RunRecord, status: KeptRun["status"]): Shown {
  return { run_id, execution, started_at, status, exit_code };
}

function statusIn(record: RunRecord, runs: KeptRun[]): KeptRun["status"] {
  return runs.find((run) => run.record === record)?.status ?? record.status;
}

function stepsFailed({ problems, sources, models }: RunRecord): Why["failed"] {
  const failed = [
    ...sources.map((one) => ({ ...one, kind: "source" })),
    ...models.map((one) => ({ ...one, kind: "model" })),
  ]
    .filter(({ status }) => status === "failed")
    .map(({ kind, name }) => `${kind} ${name}`);
  return problems
    .filter(({ severity }) => severity === "error")
    .map(({ message, hint }) => {
      const step = failed.find((name) => message.includes(name)) ?? (failed.length === 1 ? failed[0] : undefined);
      return { step, message, ...(hint !== undefined && { hint }) };
    });
}
