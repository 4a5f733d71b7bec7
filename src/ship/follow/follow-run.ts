/** A run, followed to its end: its state, its log, what keeps it from going on, and what came of it. */
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";
import { sleep } from "../../util/retry.ts";
import { isOver, type JobPlatform, type RunState, type StartedRun } from "./platform.ts";
import { createRunLog, type RunLog } from "./run-log.ts";
import { logCommand, outcomeOf, timedOut, type RunOutcome } from "./run-outcome.ts";
import { createTeller } from "./tell-progress.ts";

export interface FollowRun {
  platform: JobPlatform;
  run: StartedRun;
  /** Milliseconds; by default until it is over. */
  timeout?: number | undefined;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
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

interface LeftAlone {
  platform: JobPlatform;
  run: StartedRun;
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
