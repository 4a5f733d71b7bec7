/** A stream that is opened again where it breaks: what has been told is not told again, though the server begins a little earlier. */
import type { LogLine } from "./platform.ts";

/** Lines that arrive later than others that are younger: Loki takes them in some seconds after they were written. */
const overlapMilliseconds = 30_000;

/** So many lines are remembered before those are forgotten that no new stream begins at. */
const remembered = 5000;

export interface Reopened {
  /** Opens the stream, from this time on (ISO), or from its beginning. */
  open: (since: string | undefined) => AsyncIterable<LogLine>;
  /** Asked whenever the stream has ended, or has failed: whether to open it again. May wait. */
  again: (error: unknown) => Promise<boolean>;
}

/** Each line as often as it was written, in the order in which it came first. */
export async function* withoutRepeats({ open, again }: Reopened): AsyncGenerator<LogLine> {
  const told = createTally();
  for (;;) {
    const heard = createTally();
    let failure: unknown;
    try {
      for await (const line of open(told.since())) if (heard.add(line) > told.count(line)) yield told.keep(line);
    } catch (error) {
      failure = error;
    }
    if (!(await again(failure))) return;
  }
}

interface Tally {
  /** @returns how often it is there now */
  add(line: LogLine): number;
  keep(line: LogLine): LogLine;
  count(line: LogLine): number;
  /** From when on a new stream is asked for: whole seconds, since kubelets know no others. */
  since(): string | undefined;
}

/** How often each line of the last minute was there: lines of one time may be alike. */
function createTally(): Tally {
  const counts = new Map<string, { times: number; at: number }>();
  let newest: number | undefined;
  const forget = () => {
    for (const [key, { at }] of counts) if (at < newest! - 2 * overlapMilliseconds) counts.delete(key);
  };
  const add = (line: LogLine) => {
    const key = keyOf(line);
    const times = (counts.get(key)?.times ?? 0) + 1;
    const at = timeOf(line) ?? newest ?? 0;
    newest = Math.max(newest ?? 0, at);
    counts.set(key, { times, at });
    if (counts.size % remembered === 0) forget();
    return times;
  };
  return {
    add,
    keep: (line) => (add(line), line),
    count: (line) => counts.get(keyOf(line))?.times ?? 0,
    since: () => (newest === undefined ? undefined : sinceOf(newest)),
  };
}

function keyOf({ time, pod, text }: LogLine): string {
  return `${time} ${pod} ${text}`;
}

function sinceOf(newest: number): string {
  return new Date(Math.floor((newest - overlapMilliseconds) / 1000) * 1000).toISOString();
}

function timeOf({ time }: LogLine): number | undefined {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? undefined : at;
}
