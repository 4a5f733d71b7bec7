/** SIGINT and SIGTERM, as an abort signal: a run stops at the next safe place, and says so. */
import { EtlError } from "./error.ts";

const codes = { SIGINT: "interrupted", SIGTERM: "terminated" } as const;

/** @returns a signal that is aborted with an {@link EtlError} when the process is told to stop */
export function abortOnSignals(process: Pick<NodeJS.Process, "on">): AbortSignal {
  const stopping = new AbortController();
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, () =>
      stopping.abort(
        new EtlError({
          code,
          message: `stopped by ${signal}`,
          hint: "Nothing is half-published: run it again any time.",
        }),
      ),
    );
  }
  return stopping.signal;
}
