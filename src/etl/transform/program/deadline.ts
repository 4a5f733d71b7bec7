/** How long a program may run: what its model's `timeout` says. */
import { durationSeconds } from "../../../spec/duration.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { EtlError } from "../../../util/error.ts";

export interface Deadline {
  /** Aborted at the end of the time, with an error that says so, or when the given signal is. */
  signal: AbortSignal;
  /** Lets the clock go. */
  stop: () => void;
}

export function startDeadline(model: string, { spec, where }: LoadedPipeline, signal: AbortSignal): Deadline {
  const timeout = spec.models?.[model]?.timeout;
  if (timeout === undefined) return { signal, stop: () => undefined };
  const over = new AbortController();
  const end = () =>
    over.abort(
      new EtlError({
        code: "failed",
        part: `model ${model}`,
        message: `it ran longer than its timeout of ${timeout}, and was ended`,
        hint: "Give it more time, or less to do.",
        where: where(["models", model, "timeout"]),
      }),
    );
  const timer = setTimeout(end, durationSeconds(timeout) * 1000);
  return { signal: AbortSignal.any([signal, over.signal]), stop: () => clearTimeout(timer) };
}
