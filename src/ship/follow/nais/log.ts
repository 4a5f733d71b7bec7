/** The log of a run as Loki has it, through nais' API. Lines come some seconds after they were written, and not always in order. */
import type { Context } from "../../../util/context.ts";
import { sleep } from "../../../util/retry.ts";
import { itemsAt, textAt } from "../../manifest/rule.ts";
import { isOver, type LogLine, type LogOptions, type RunState, type StartedRun } from "../platform.ts";
import { withoutRepeats } from "../without-repeats.ts";
import type { NaisApi } from "./client.ts";
import { logSubscription } from "./queries.ts";
import { mayPass } from "./refusal.ts";

export interface ReadLog extends LogOptions {
  api: NaisApi;
  team: string;
  environment: string;
  run: StartedRun;
  runState: (run: StartedRun) => Promise<RunState>;
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const pollMilliseconds = 5000;
/** After a run is over, and where nobody follows: nothing more is expected once this has passed without a line. */
const quietMilliseconds = 5000;
/** Of Loki: more entries it does not give at once. */
const mostLines = 5000;
/** How far back a run is looked for that tells no start. */
const usualReach = 24 * 3_600_000;
const mostFailures = 20;

export async function* readLog(options: ReadLog, context: Context): AsyncGenerator<LogLine> {
  const { signal, attempt, runState, run, pause = sleep } = options;
  const state = await runState(run);
  const end = new AbortController();
  const until = AbortSignal.any([signal, end.signal]);
  const heard: Heard = { isOpen: false, lines: 0 };
  const watching = watch(options, heard, until).finally(() => end.abort());
  const begin = new Date(Date.parse(state.created ?? "") || context.now().getTime() - usualReach);
  const onOpen = () => void (heard.isOpen = true);
  let failures = 0;
  try {
    const lines = withoutRepeats({
      open: (since) => linesOf({ options, since: since ?? begin.toISOString(), signal: until, onOpen }),
      async again(error) {
        if (until.aborted) return false;
        failures = error === undefined ? 0 : failures + 1;
        if (error !== undefined && (!mayPass(error) || failures > mostFailures)) throw error;
        await waitUntil(pause, until);
        return !until.aborted;
      },
    });
    const pods: string[] = [];
    for await (const line of lines) {
      heard.lines += 1;
      if (!pods.includes(line.pod)) pods.push(line.pod);
      if (attempt === undefined || pods[attempt - 1] === line.pod) yield line;
    }
  } finally {
    end.abort();
    await watching;
  }
}

interface Heard {
  /** The stream has been opened: only then is silence an answer. */
  isOpen: boolean;
  lines: number;
}

/** Until nothing more will come. */
async function watch(
  { follow, run, runState, pause = sleep }: ReadLog,
  heard: Heard,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (follow) await untilOver({ run, runState, pause, signal });
    for (let before = -1; before !== heard.lines;) {
      before = heard.lines;
      await pause(quietMilliseconds, signal);
    }
  } catch {
    // The signal was aborted.
  }
}

type Watch = Required<Pick<ReadLog, "run" | "runState" | "pause" | "signal">>;

async function untilOver({ run, runState, pause, signal }: Watch): Promise<void> {
  for (;;) {
    const state = await runState(run).catch(() => undefined);
    if (state && isOver(state.phase)) return;
    await pause(pollMilliseconds, signal);
  }
}

async function waitUntil(pause: Watch["pause"], signal: AbortSignal): Promise<void> {
  try {
    await pause(1000, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface LinesOf {
  options: ReadLog;
  since: string;
  signal: AbortSignal;
  onOpen: () => void;
}

async function* linesOf({ options, since, signal, onOpen }: LinesOf): AsyncGenerator<LogLine> {
  const { api, environment } = options;
  const filter = {
    environmentName: environment,
    query: queryOf(options),
    initialBatch: { start: since, limit: mostLines },
  };
  for await (const data of api.subscribe({ query: logSubscription, variables: { filter } }, { signal, onOpen })) {
    const labels = itemsAt(data, "log", "labels");
    const pod = textAt(labels.find(({ item }) => item["key"] === "k8s_pod_name")?.item, "value") ?? "";
    const text = textAt(data, "log", "message") ?? "";
    // The API's own, which it sends where it loses Loki: it ends the stream then.
    if (labels.length === 0 && text.startsWith("error streaming log lines")) return;
    yield { time: textAt(data, "log", "time"), pod, text };
  }
}

/**
 * Pods are named after their Job, of whose name 58 characters at most stand in theirs.
 * Source: the names of labels are those that nais/cli asks for (internal/log).
 */
function queryOf({ team, run }: ReadLog): string {
  const pod = `${`${run.name}-`.slice(0, 58)}.{5}`;
  return `{service_name="${run.job}",service_namespace="${team}"} | k8s_pod_name=~"${pod}"`;
}
