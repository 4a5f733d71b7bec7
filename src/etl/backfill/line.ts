/** Those who stand in line work at the same time, a few of them, and end one after the other, in their order. */
import { EtlError } from "../../util/error.ts";

export interface Line<T> {
  /** Lets as many as may begin to work. */
  fill(): void;
  /** It is the next one's turn. @returns what came of it */
  next(): Promise<T>;
  /** Sends home who still waits, and waits until all have gone. */
  stop(): Promise<void>;
}

/** What one is told who works before its turn. */
export interface Place {
  /** Resolves when it is its turn; rejects with the signal's reason. */
  turn: () => Promise<void>;
  signal: AbortSignal;
}

interface OpenLine<I, T> {
  items: I[];
  /** How many work at the same time, who has its turn among them. */
  atOnce: number;
  signal: AbortSignal;
  /** @param place undefined where it has its turn from the start */
  work: (item: I, place: Place | undefined) => Promise<T>;
}

interface Begun<T> {
  call: () => void;
  ended: Promise<T>;
}

export function openLine<I, T>({ items, atOnce, signal, work }: OpenLine<I, T>): Line<T> {
  const sentHome = new AbortController();
  const either = AbortSignal.any([signal, sentHome.signal]);
  const waiting = [...items];
  const begun: Begun<T>[] = [];
  return {
    fill() {
      const free = atOnce > 1 ? atOnce - begun.length : 0;
      for (const item of waiting.splice(0, free)) begun.push(begin((place) => work(item, place), either));
    },
    async next() {
      const [first] = begun;
      if (!first) return work(waiting.shift()!, undefined);
      first.call();
      return first.ended.finally(() => begun.shift());
    },
    async stop() {
      sentHome.abort(new EtlError({ code: "interrupted", message: "it did not come to its turn" }));
      await Promise.allSettled(begun.map(({ ended }) => ended));
    },
  };
}

function begin<T>(work: (place: Place) => Promise<T>, signal: AbortSignal): Begun<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = work({ turn: () => unlessAborted(promise, signal), signal });
  // Who fails before its turn is heard in its turn.
  ended.catch(() => undefined);
  return { call: resolve, ended };
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const tell = () => reject(signal.reason as Error);
  signal.addEventListener("abort", tell);
  try {
    signal.throwIfAborted();
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", tell);
  }
}
