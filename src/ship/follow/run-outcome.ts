/** What came of a run that was followed. */
import { exitCodeInWords } from "./exit-code.ts";
import type { Attempt, JobPlatform, RunState, StartedRun, Trouble } from "./platform.ts";
import type { LoggedRecord, RunLog } from "./run-log.ts";

export interface RunOutcome {
  job: string;
  run: string;
  /** `unknown` where it was not seen to end: it is running still, or was deleted. */
  state: "succeeded" | "failed" | "unknown";
  /** Why it is not `succeeded`. */
  reason: string | undefined;
  attempts: number;
  /** ISO, in UTC. */
  started: string | undefined;
  ended: string | undefined;
  seconds: number | undefined;
  /** Of the last attempt. */
  exitCode: number | undefined;
  troubles: Trouble[];
  /** What the run said of itself, where nais-etl ran in it. */
  record: LoggedRecord | undefined;
  /** The last 50 lines of its log. */
  lastLines: string[];
  /** The command that prints all of it. */
  logCommand: string;
  /** The command that says what happened and what mends it; where it has not succeeded, and nais-etl ran in it. */
  whyCommand?: string;
}

interface OutcomeOf {
  platform: JobPlatform;
  run: StartedRun;
  state: RunState;
  log: RunLog;
}

export function outcomeOf({ platform, run, state, log }: OutcomeOf): RunOutcome {
  const record = log.record();
  const attempt = state.attempts.at(-1);
  const phase = state.phase === "gone" ? phaseTold(record) : state.phase;
  const ended = phase === "succeeded" || phase === "failed" ? phase : "unknown";
  return {
    job: run.job,
    run: run.name,
    state: ended,
    reason: ended === "succeeded" ? undefined : reasonOf({ state, record, attempt }),
    attempts: Math.max(state.attempts.length, ended === "unknown" ? 0 : 1),
    started: state.started,
    ended: state.ended,
    seconds: secondsBetween(state.started, state.ended),
    exitCode: attempt?.exitCode,
    troubles: state.troubles,
    record,
    lastLines: log.lastLines(),
    logCommand: logCommand({ platform, run }),
    ...(ended !== "succeeded" && whyOf(run, log)),
  };
}

/** The run's record is named by its Job. */
function whyOf({ name }: StartedRun, log: RunLog): Pick<RunOutcome, "whyCommand"> {
  const { target, selected } = log.start() ?? {};
  const which = selected === undefined ? "" : ` --pipeline ${selected}`;
  return target === undefined ? {} : { whyCommand: `nais-etl why ${name}${which} --target ${target}` };
}

/** Of a run that was deleted, its log has the last word. */
function phaseTold(record: LoggedRecord | undefined): "succeeded" | "failed" | "unknown" {
  if (record === undefined) return "unknown";
  return record.exit_code === 0 ? "succeeded" : "failed";
}

interface ReasonOf {
  state: RunState;
  record: LoggedRecord | undefined;
  attempt: Attempt | undefined;
}

function reasonOf({ state, record, attempt }: ReasonOf): string {
  const exitCode = attempt?.exitCode ?? record?.exit_code;
  const parts = [
    state.phase === "gone" ? "it was deleted before it was seen to end" : undefined,
    state.troubles.at(-1)?.what ?? state.message,
    exitCode ? exitCodeInWords(exitCode, record !== undefined) : undefined,
  ];
  return parts.filter((part) => part !== undefined).join("; ") || "the platform does not say why";
}

function secondsBetween(started: string | undefined, ended: string | undefined): number | undefined {
  if (started === undefined || ended === undefined) return undefined;
  return Math.max(0, (Date.parse(ended) - Date.parse(started)) / 1000);
}

interface TimedOut {
  platform: JobPlatform;
  run: StartedRun;
  state: RunState | undefined;
  log: RunLog;
  timeout: number;
}

export function timedOut({ platform, run, state, log, timeout }: TimedOut): RunOutcome {
  const minutes = Math.round(timeout / 60_000);
  const trouble = state?.troubles.at(-1)?.what;
  return {
    job: run.job,
    run: run.name,
    state: "unknown",
    reason: `it was not over after ${minutes === 1 ? "1 minute" : `${minutes} minutes`}, and goes on${trouble === undefined ? "" : `: ${trouble}`}`,
    attempts: state?.attempts.length ?? 0,
    started: state?.started,
    ended: undefined,
    seconds: undefined,
    exitCode: undefined,
    troubles: state?.troubles ?? [],
    record: log.record(),
    lastLines: log.lastLines(),
    logCommand: logCommand({ platform, run }),
  };
}

/** `nais-etl logs --run orders-1 --target prod-gcp`. */
export function logCommand({
  platform: { flags },
  run: { job, name },
}: {
  platform: JobPlatform;
  run: StartedRun;
}): string {
  return ["nais-etl logs --run", name, ...(flags?.(job) ?? [])].join(" ");
}
