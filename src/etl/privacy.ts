/** Which values of the data may be shown: none outside target `local`, and nowhere those of a column marked `sensitive`. */
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";

export interface ShownValues {
  showValues: boolean;
  /** Columns whose values are not shown all the same. */
  except: ReadonlySet<string>;
}

export function shownValues(pipeline: LoadedPipeline): ShownValues {
  return { showValues: pipeline.target === localTarget, except: sensitiveColumns(pipeline) };
}

/** What stands in place of a value that is not shown. */
export const hiddenText = "(sensitive)";

/** A model that declares no columns hands on those of what it reads: a name that is sensitive anywhere is so everywhere. */
export function sensitiveColumns({ spec }: LoadedPipeline): Set<string> {
  const tables = [...Object.values(spec.sources ?? {}), ...Object.values(spec.models ?? {})];
  const columns = tables.flatMap((table) => Object.entries(table.columns ?? {}));
  return new Set(columns.filter(([, column]) => column.sensitive).map(([name]) => name));
}
