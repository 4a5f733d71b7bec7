/** The log of a run's pods, one after the other, by `kubectl logs`. */
import { sleep } from "../../../util/retry.ts";
import { isOver, type Attempt, type LogLine, type LogOptions, type RunState, type StartedRun } from "../platform.ts";
import { withoutRepeats } from "../without-repeats.ts";
import { mayPass, type Kubectl } from "../../kubectl.ts";

export interface ReadPods extends LogOptions {
  kubectl: Kubectl;
  run: StartedRun;
  runState: (run: StartedRun) => Promise<RunState>;
  pause?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const pollMilliseconds = 1000;
/** So often in a row the server may be away. */
const mostFailures = 60;

/** Attempt by attempt, until the run is over. */
export async function* readPods(options: ReadPods): AsyncGenerator<LogLine> {
  const { run, runState, follow, signal } = options;
  const read = new Set<string>();
  const ask = patiently(() => runState(run));
  while (!signal.aborted) {
    const state = await ask();
    const unread = unreadOf(state, read, options.attempt);
    for (const { pod } of unread) {
      read.add(pod);
      yield* readPod(pod, options);
    }
    if (options.attempt !== undefined && unread.length > 0) return;
    // What began meanwhile is looked for once more.
    if (unread.length > 0) continue;
    if (!follow || (state !== undefined && isOver(state.phase))) return;
    await wait(options);
  }
}

function unreadOf(state: RunState | undefined, read: ReadonlySet<string>, wanted: number | undefined): Attempt[] {
  const attempts = state?.attempts ?? [];
  const asked = wanted === undefined ? attempts : attempts.slice(wanted - 1, wanted);
  return asked.filter((attempt) => hasBegun(attempt) && !read.has(attempt.pod));
}

/** Not longer than the signal lets it. */
async function wait({ pause = sleep, signal }: ReadPods): Promise<void> {
  try {
    await pause(pollMilliseconds, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function hasBegun({ phase, started }: Attempt): boolean {
  return started !== undefined || phase === "running" || phase === "succeeded" || phase === "failed";
}

/** Undefined where the server did not answer this time. */
function patiently<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let failures = 0;
  return async () => {
    try {
      const answer = await ask();
      failures = 0;
      return answer;
    } catch (error) {
      if (mayPass(error) && ++failures < mostFailures) return undefined;
      throw error;
    }
  };
}

/** A stream that ends may have been cut: it is opened again until the container is over, and read once more then. */
async function* readPod(pod: string, options: ReadPods): AsyncGenerator<LogLine> {
  const { kubectl, run, runState, follow, signal } = options;
  const ask = patiently(() => runState(run));
  let isLast = !follow;
  let failures = 0;
  yield* withoutRepeats({
    open: (since) => linesOf({ kubectl, pod, since, follow: !isLast, signal }),
    async again(error) {
      if (signal.aborted || isGone(error)) return false;
      if (error === undefined && isLast) return false;
      failures = error === undefined ? 0 : failures + 1;
      if (error !== undefined && (failures > mostFailures || !isPassing(error))) throw error;
      if (error !== undefined) await wait(options);
      const state = await ask();
      const attempt = state?.attempts.find((one) => one.pod === pod);
      isLast = state !== undefined && (attempt === undefined || attempt.ended !== undefined || isOver(state.phase));
      if (error === undefined && !isLast) await wait(options);
      return true;
    },
  });
}

function isPassing(error: unknown): boolean {
  return (
    mayPass(error) ||
    (error instanceof Error && /waiting to start|ContainerCreating|PodInitializing/.test(error.message))
  );
}

/** The pod was deleted, and its log with it. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /NotFound/.test(error.message);
}

interface LinesOf {
  kubectl: Kubectl;
  pod: string;
  since: string | undefined;
  follow: boolean;
  signal: AbortSignal;
}

async function* linesOf({ kubectl, pod, since, follow, signal }: LinesOf): AsyncGenerator<LogLine> {
  const args = [
    "logs",
    pod,
    "--timestamps",
    ...(follow ? ["--follow"] : []),
    ...(since === undefined ? [] : [`--since-time=${since}`]),
  ];
  for await (const line of kubectl.lines(args, signal)) {
    const [, time, text] = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/.exec(line) ?? [undefined, undefined, line];
    yield { time, pod, text };
  }
}
