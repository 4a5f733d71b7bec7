/** A run, followed to its end: its state, its log, what keeps it from going on, and what came of it. */
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";
import { sleep } from "../../util/retry.ts";
import { exitCodeInWords } from "./exit-code.ts";
import { isOver, type Attempt, type JobPlatform, type RunState, type StartedRun, type Trouble } from "./platform.ts";
import { createRunLog, type LoggedRecord, type RunLog } from "./run-log.ts";

export interface FollowRun {
  platform: JobPlatform;
  run: StartedRun;
  /** Milliseconds; by default until it is over. */
  timeout?: number | undefined;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

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
}

const pollMilliseconds = 2000;
/** The last lines may be some seconds on their way. */
const lastLinesMilliseconds = 15_000;
/** So long a server may be away. */
const patienceMilliseconds = 5 * 60_000;

/**
 * Follows a run until it is over. What becomes of the run does not depend on it: SIGINT leaves it alone.
 * @throws {EtlError} `interrupted` where a signal ends it, `failed` where the platform no longer answers
 */
export async function followRun(options: FollowRun, context: Context): Promise<RunOutcome> {
  const { platform, run, timeout, pause = sleep } = options;
  const log = createRunLog(context);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const reading = readLog({ platform, run, log, signal }, context);
  const teller = createTeller(run, context);
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : context.now().getTime() + timeout;
  const ask = patientAsk({ platform, run, context });
  try {
    for (;;) {
      const state = await ask();
      if (state) {
        teller.tellSilence(state, log.lastLines().length);
        teller.tell(state);
        if (isOver(state.phase)) {
          await lastLinesOf({ reading, log, state, pause, signal, context });
          return outcomeOf({ platform, run, state: { ...state, attempts: teller.attempts() }, log });
        }
      }
      if (context.now().getTime() >= deadline) return timedOut({ platform, run, state, log, timeout: timeout! });
      await pause(pollMilliseconds, context.signal);
    }
  } catch (error) {
    if (context.signal.aborted) throw leftAlone({ platform, run }, context);
    throw error;
  } finally {
    stop.abort();
    await reading;
  }
}

interface ReadLog {
  platform: JobPlatform;
  run: StartedRun;
  log: RunLog;
  signal: AbortSignal;
}

/** A log that cannot be read keeps nobody from following the run: why, is said. */
async function readLog({ platform, run, log, signal }: ReadLog, context: Context): Promise<void> {
  try {
    for await (const line of platform.log(run, { signal, follow: true }))
      context.log.info(log.read(line), { pod: line.pod });
  } catch (error) {
    if (!signal.aborted) context.log.warn(`the log of ${run.name} cannot be read: ${messageOf(error)}`);
  }
}

interface PatientAsk {
  platform: JobPlatform;
  run: StartedRun;
  context: Context;
}

/** A server that is away for some minutes is waited for. @returns undefined where it did not answer this time */
function patientAsk({ platform, run, context }: PatientAsk): () => Promise<RunState | undefined> {
  let awaySince: number | undefined;
  return async () => {
    try {
      const state = await platform.runState(run);
      awaySince = undefined;
      return state;
    } catch (error) {
      context.signal.throwIfAborted();
      const now = context.now().getTime();
      if (!platform.mayPass(error) || now - (awaySince ?? now) > patienceMilliseconds) throw error;
      if (awaySince === undefined)
        context.log.warn(`${platform.name} does not answer, asking again: ${messageOf(error)}`);
      awaySince ??= now;
      return undefined;
    }
  };
}

/** So long a pod that is well may need for its first line. */
const silenceMilliseconds = 3 * 60_000;

interface Teller {
  /** A pod that cannot start says nothing; not every platform says why. */
  tellSilence(state: RunState, lines: number): void;
  tell(state: RunState): void;
  /** All that were ever seen, oldest first: pods of earlier ones may be gone. */
  attempts(): Attempt[];
}

/** Each change is told once. */
function createTeller(run: StartedRun, { log, now }: Context): Teller {
  const begin = now().getTime();
  const told = new Set<string>();
  const seen = new Map<string, Attempt>();
  const once = (key: string, tell: () => void) => {
    if (told.has(key)) return;
    told.add(key);
    tell();
  };
  return {
    attempts: () => [...seen.values()],
    tellSilence({ phase, troubles }, lines) {
      if (lines > 0 || troubles.length > 0 || isOver(phase) || now().getTime() - begin < silenceMilliseconds) return;
      once("silence", () =>
        log.problem({ severity: "warning", message: `${run.name} has said nothing yet`, hint: silenceCure }),
      );
    },
    tell(state) {
      if (!isOver(state.phase)) once(state.phase, () => log.info(`${run.name} is ${state.phase}`, { run: run.name }));
      for (const attempt of state.attempts) seen.set(attempt.pod, attempt);
      const most = state.mostAttempts === undefined ? "" : ` of ${state.mostAttempts}`;
      for (const [i, attempt] of [...seen.values()].entries()) {
        const name = `attempt ${i + 1}${most}`;
        if (attempt.phase === "failed")
          once(`${attempt.pod} failed`, () => log.warn(`${name} failed${codeOf(attempt)}`));
        else if (i > 0) once(`${attempt.pod} began`, () => log.info(`${name}: ${attempt.pod}`));
      }
      for (const { what, cure } of state.troubles)
        once(what, () => log.problem({ severity: "warning", message: what, hint: cure }));
    },
  };
}

const silenceCure =
  "Does its pod start? A secret that is missing, an image that cannot be fetched or too little room look like this: `nais-etl status --with kubectl`, or Nais Console, says which.";

function codeOf({ exitCode }: Attempt): string {
  return exitCode === undefined ? "" : ` (exit code ${exitCode})`;
}

interface LastLines {
  reading: Promise<void>;
  log: RunLog;
  state: RunState;
  pause: NonNullable<FollowRun["pause"]>;
  signal: AbortSignal;
  context: Context;
}

/** Until the stream has ended, or the last pod has told its end, or nothing more is to be expected. */
async function lastLinesOf({ reading, log, state, pause, signal, context }: LastLines): Promise<void> {
  const [step, last] = [500, state.attempts.at(-1)];
  const isRead = reading.then(() => true);
  for (let waited = 0; waited < lastLinesMilliseconds; waited += step) {
    if (last !== undefined && log.hasEnded(last.pod)) return;
    const waiting = new AbortController();
    const pausing = pause(step, AbortSignal.any([signal, waiting.signal])).then(
      () => false,
      () => false,
    );
    const isDone = await Promise.race([isRead, pausing]);
    waiting.abort();
    context.signal.throwIfAborted();
    if (isDone) return;
  }
}

interface OutcomeOf {
  platform: JobPlatform;
  run: StartedRun;
  state: RunState;
  log: RunLog;
}

function outcomeOf({ platform, run, state, log }: OutcomeOf): RunOutcome {
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
  };
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

function timedOut({ platform, run, state, log, timeout }: TimedOut): RunOutcome {
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

interface LeftAlone {
  platform: JobPlatform;
  run: StartedRun;
}

/** `nais-etl logs --run orders-1 --target prod-gcp`. */
export function logCommand({ platform: { flags = [] }, run: { name } }: LeftAlone): string {
  return ["nais-etl logs --run", name, ...flags].join(" ");
}

function leftAlone({ platform, run }: LeftAlone, { signal }: Context): EtlError {
  const reason: unknown = signal.reason;
  return new EtlError({
    code: reason instanceof EtlError ? reason.code : "interrupted",
    message: `${reason instanceof EtlError ? reason.message : "stopped"}: the run ${run.name} goes on`,
    hint: `Follow it again: ${logCommand({ platform, run })} --follow`,
    cause: reason,
  });
}
