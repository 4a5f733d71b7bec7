/** Names of kept tables. They follow from the publish whose rows they hold, so that none is kept twice. */
import { shortHash } from "../../util/short-hash.ts";
import { isPublish, originOf, type PastPublish } from "./past-publish.ts";

const stamp = /^[0-9a-f]{12}$/;

/** @param publish the one that left the table as it is kept */
export function keptName(pipeline: string, { output, runId, execution, generation, at }: PastPublish): string {
  return `${keptPrefix(pipeline, output)}${shortHash(JSON.stringify([runId, execution, generation, at.getTime()]))}`;
}

/** Whether it is a kept table of this output, and of no other whose name begins with its name. */
export function isKeptName(table: string, pipeline: string, output: string): boolean {
  const prefix = keptPrefix(pipeline, output);
  return table.startsWith(prefix) && stamp.test(table.slice(prefix.length));
}

interface Worth {
  /** Newest first. */
  kept: string[];
  pipeline: string;
  /** Of all outputs, oldest first. */
  records: PastPublish[];
}

/** Those that may go stand last: the oldest, after them those whose state a newer one holds, too, since a rollback went to it. */
export function byWorth({ kept, pipeline, records }: Worth): string[] {
  const stateOf = new Map(
    records
      .filter(isPublish)
      .map((one) => [keptName(pipeline, one), keptName(pipeline, originOf(one, records) ?? one)]),
  );
  const states = new Set<string>();
  const isFirst = kept.map((table) => {
    const state = stateOf.get(table) ?? table;
    return !states.has(state) && Boolean(states.add(state));
  });
  return [...kept.filter((_, i) => isFirst[i]), ...kept.filter((_, i) => !isFirst[i])];
}

/** A pipeline's name has no `_`. */
function keptPrefix(pipeline: string, output: string): string {
  return `_nais_etl_keep_${pipeline}_${output}_`;
}
