/** What nais' API cannot do: it starts a run as it was deployed. */
import { EtlError } from "../../../util/error.ts";

/** @param besides why kubectl, which can, is none here */
export function asDeployedError(besides?: string, cause?: unknown): EtlError {
  return new EtlError({
    code: "usage",
    part: "nais",
    message: "nais' API starts a run as it was deployed: --interval, --param and --allow-schema-change cannot be given",
    hint: ["Use --with kubectl. For many intervals: nais-etl backfill.", ...(besides ? [besides] : [])].join("\n"),
    cause,
  });
}
