/** Trying again: what passes by itself is waited for, within bounds, and at once ended when the run is told to stop. */
import { setTimeout as timer } from "node:timers/promises";
import type { Context } from "./context.ts";
import { messageOf } from "./error.ts";

export interface Retry {
  context: Pick<Context, "now" | "signal" | "log">;
  /** What is tried, for the log. */
  what: string;
  /** Milliseconds after which nothing is tried again. */
  within?: number;
  /** `now`, `later` (with the least milliseconds to wait, where the server says so), or `never`. */
  judge: (error: unknown) => Verdict;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number) => Promise<void>;
  random?: () => number;
}

export type Verdict = { again: "now" } | { again: "later"; least?: number } | { again: "never" };

/** Google asks for one second at first and 32 at most; the first is shorter here, since most faults are gone at once. */
const firstPause = 250;
const longestPause = 32_000;
/** A run may rather wait than fail at night: the worst hiccups of Google's servers last minutes. */
const usualPatience = 5 * 60_000;
const mostTries = 12;

/** Runs `act` until it succeeds, fails for good, or the time is over; then its last error is thrown. */
export async function retry<T>(act: (attempt: number) => Promise<T>, options: Retry): Promise<T> {
  const { context, what, within = usualPatience, judge, random = Math.random } = options;
  const pause = options.pause ?? ((milliseconds) => sleep(milliseconds, context.signal));
  const deadline = context.now().getTime() + within;
  for (let attempt = 0; ; attempt++) {
    context.signal.throwIfAborted();
    try {
      return await act(attempt);
    } catch (error) {
      context.signal.throwIfAborted();
      const verdict = judge(error);
      if (verdict.again === "never" || attempt + 1 >= mostTries) throw error;
      const wait = verdict.again === "now" ? 0 : waitOf({ attempt, least: verdict.least ?? 0, random });
      if (context.now().getTime() + wait > deadline) throw error;
      context.log.debug(`${what}: ${messageOf(error)}; again in ${Math.round(wait)} ms`);
      if (wait > 0) await pause(wait);
    }
  }
}

/** With chance in it, so that many who were refused together do not come back together. */
function waitOf({ attempt, least, random }: { attempt: number; least: number; random: () => number }): number {
  const most = Math.min(longestPause, firstPause * 2 ** attempt);
  return Math.max(least, (0.5 + random() / 2) * most);
}

/** Sleeps, or throws the signal's reason. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await timer(milliseconds, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}
