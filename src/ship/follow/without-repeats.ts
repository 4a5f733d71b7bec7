/** A stream that is opened again where it breaks: what has been seen is not told again, though the server begins a little earlier. */
import type { LogLine } from "./platform.ts";

/** Lines that arrive later than others that are younger: Loki takes them in some seconds after they were written. */
const overlapMilliseconds = 30_000;

export interface Reopened {
  /** Opens the stream, from this time on (ISO), or from its beginning. */
  open: (since: string | undefined) => AsyncIterable<LogLine>;
  /** Asked whenever the stream has ended, or has failed: whether to open it again. May wait. */
  again: (error: unknown) => Promise<boolean>;
}

/** Each line as often as it was written, in the order in which it came first. */
export async function* withoutRepeats({ open, again }: Reopened): AsyncGenerator<LogLine> {
  const told = new Map<string, { times: number; at: number }>();
  let newest: number | undefined;
  for (;;) {
    const heard = new Map<string, number>();
    let failure: unknown;
    try {
      for await (const line of open(newest === undefined ? undefined : sinceOf(newest))) {
        const key = `${line.time} ${line.pod} ${line.text}`;
        const times = (heard.get(key) ?? 0) + 1;
        heard.set(key, times);
        const at = timeOf(line) ?? newest ?? 0;
        newest = Math.max(newest ?? 0, at);
        if (times <= (told.get(key)?.times ?? 0)) continue;
        told.set(key, { times, at });
        yield line;
      }
    } catch (error) {
      failure = error;
    }
    for (const [key, { at }] of told) if (at < (newest ?? 0) - 2 * overlapMilliseconds) told.delete(key);
    if (!(await again(failure))) return;
  }
}

/** Whole seconds: kubelets know no others. */
function sinceOf(newest: number): string {
  return new Date(Math.floor((newest - overlapMilliseconds) / 1000) * 1000).toISOString();
}

function timeOf({ time }: LogLine): number | undefined {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? undefined : at;
}
