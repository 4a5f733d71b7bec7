/** How long an answer is waited for: until it begins, from each part of it to the next, and until its end. */
import { HttpFault } from "./fault.ts";

export interface Patience {
  /** Aborted when the patience is over, or the run is to stop. */
  signal: AbortSignal;
  /** To be called with each part. */
  came(): void;
  end(): void;
}

/** A server that sends a byte now and then would be waited for without end. */
const wholeAnswer = 20;

/** @param seconds of silence */
export function bePatient(seconds: number, stop: AbortSignal): Patience {
  const over = new AbortController();
  const give = (message: string, hint: string) => () =>
    over.abort(new HttpFault({ message, hint, verdict: { again: "later" } }));
  const longer = "Give it longer with `timeout:`, or ask for less at a time with `paginate:`.";
  const begin = give(`no answer within ${seconds} s`, longer);
  const silence = give(`its answer stopped for ${seconds} s`, longer);
  const whole = give(`its answer was not whole after ${wholeAnswer * seconds} s`, longer);
  let quiet = setTimeout(begin, seconds * 1000);
  const last = setTimeout(whole, seconds * 1000 * wholeAnswer);
  return {
    signal: AbortSignal.any([stop, over.signal]),
    came() {
      clearTimeout(quiet);
      quiet = setTimeout(silence, seconds * 1000);
    },
    end() {
      clearTimeout(quiet);
      clearTimeout(last);
    },
  };
}
