/** What ended a run, as the problems that it tells. What nobody foresaw is told as a fault of this program. */
import type { Context } from "../../util/context.ts";
import { EtlError, faultHint, stackOf } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { explainResourceError } from "../engine/duckdb/duckdb.ts";
import { engineMessage, isEngineError } from "../engine/duckdb/engine-message.ts";
import { shownValues } from "../privacy.ts";

export interface Failing {
  context: Context;
  pipeline: LoadedPipeline;
  /** What failed: `source apps`. */
  part?: string;
}

export function failureOf(thrown: unknown, { context, pipeline, part }: Failing): EtlError {
  if (context.signal.aborted) return context.signal.reason as EtlError;
  if (thrown instanceof EtlError) return thrown;
  const resource = explainResourceError(thrown);
  if (resource) return resource;
  const isFault = !isEngineError(thrown) && !isRefusal(thrown);
  const message = engineMessage(thrown, shownValues(pipeline));
  const failure = new EtlError({ code: "failed", part, message, cause: thrown, ...(isFault && { hint: faultHint }) });
  // An error of the file system has often no places of its own.
  if (isFault) context.log.debug([failure, thrown].map(stackOf).join("\ncaused by "));
  return failure;
}

/** What the machine does not allow, or has no more of. */
const refusals = new Set(["EACCES", "EPERM", "EROFS", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EIO"]);

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && refusals.has((thrown as NodeJS.ErrnoException).code ?? "");
}
