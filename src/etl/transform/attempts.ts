/** A model's `timeout` and `retries`: how long one attempt may take, and which failures are worth another. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { sleep } from "../../util/retry.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { durationSeconds } from "../../spec/duration.ts";
import { explainResourceError, type Database } from "../engine/duckdb/duckdb.ts";
import type { ModelNode } from "./graph.ts";

/** Doubled each time. What else runs, and takes the memory, takes seconds rather than milliseconds. */
const firstPause = 1000;
const longestPause = 60_000;

export interface Attempt {
  /** Its signal ends the attempt when the time is over. */
  context: Context;
  /** Obeys that signal. */
  db: Database;
}

interface Attempts {
  node: ModelNode;
  pipeline: LoadedPipeline;
  context: Context;
  db: Database;
  /** Given by tests, so that they need not wait. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What an attempt ran into because its time was over. */
class Timeout extends EtlError {}

/** @returns what the first attempt gives that does not fail. @throws the last one's error */
export async function withAttempts<T>(attempts: Attempts, run: (attempt: Attempt) => Promise<T>): Promise<T> {
  const { node, pipeline, context, pause = sleep } = attempts;
  const { retries = 0 } = pipeline.spec.models?.[node.name] ?? {};
  for (let made = 1; ; made++) {
    try {
      return await withTimeout(attempts, run);
    } catch (error) {
      context.signal.throwIfAborted();
      if (made > retries || !isWorthAnother(error, node)) throw error;
      const wait = Math.min(longestPause, firstPause * 2 ** (made - 1));
      const text = `${node.name}: ${(error as EtlError).message}; trying again in ${wait / 1000} s (${made} of ${retries})`;
      context.log.warn(text, { step: "retry", model: node.name, attempt: made });
      await pause(wait, context.signal);
    }
  }
}

/**
 * A query gives the same each time: only what it lacked may be there the next time, memory, disk or time. A program may ask
 * others, so any failure of it is tried again. What is wrong with a file or a contract stays wrong.
 */
function isWorthAnother(error: unknown, { kind }: ModelNode): boolean {
  if (!(error instanceof EtlError) || error.code !== "failed") return false;
  if (kind === "program" || error instanceof Timeout) return true;
  return explainResourceError(error.cause ?? error) !== undefined;
}

async function withTimeout<T>(attempts: Attempts, run: (attempt: Attempt) => Promise<T>): Promise<T> {
  const { node, pipeline, context, db } = attempts;
  const { timeout } = pipeline.spec.models?.[node.name] ?? {};
  if (timeout === undefined) return run({ context, db });
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const timer = setTimeout(() => over.abort(timeoutError(attempts, timeout)), durationSeconds(timeout) * 1000);
  const own = await db.another(signal);
  try {
    return await run({ context: { ...context, signal }, db: own });
  } catch (error) {
    // Whatever was in its way: that is why.
    if (over.signal.aborted && !context.signal.aborted) throw over.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    own.close();
  }
}

function timeoutError({ node, pipeline }: Attempts, timeout: string): Timeout {
  return new Timeout({
    code: "failed",
    part: `model ${node.name}`,
    message: `it ran for ${timeout}, its timeout, and was ended`,
    hint: "Let it do less, or raise `timeout`.",
    where: pipeline.where(["models", node.name, "timeout"]),
  });
}
