/** What has been published, as the store's records tell it: each publish of each output is one. */
import { shortHash } from "../../util/short-hash.ts";

export interface PastPublish {
  output: string;
  runId: string;
  execution: string;
  generation: number;
  /** How it was written; `rollback` where this run's rows were taken back, `restored` where they were brought back. */
  mode: string;
  rows: number;
  at: Date;
}

/** Says of a run id that what it had published is there no more. */
export const undoneMode = "rollback";

/** Says of a run id that what it had published once stands again. */
export const restoredMode = "restored";

/** How a rollback itself is recorded. */
export const restoreMode = "restore";

/** Records of publishes that wrote rows: the others only say what became of earlier ones. */
export function isPublish({ mode }: Pick<PastPublish, "mode">): boolean {
  return mode !== undoneMode && mode !== restoredMode;
}

/** The newest record of each run id and output: what stands. By run id, then by output. */
export function standing(records: PastPublish[]): Map<string, Map<string, PastPublish>> {
  const runs = new Map<string, Map<string, PastPublish>>();
  for (const record of records) {
    const outputs = runs.get(record.runId) ?? new Map<string, PastPublish>();
    const known = outputs.get(record.output);
    if (!known || isNewer(record, known)) outputs.set(record.output, record);
    runs.set(record.runId, outputs);
  }
  return runs;
}

function isNewer(a: PastPublish, b: PastPublish): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.at >= b.at);
}

/** Whether all of these outputs stand published by a run id. */
export function isWhole(published: Map<string, PastPublish> | undefined, outputs: string[]): boolean {
  return outputs.every((output) => {
    const record = published?.get(output);
    return record !== undefined && record.mode !== undoneMode;
  });
}

/** Stands at the end of a rollback's run id, so that it is known later to which state it went. */
export function markOf({ at, isMoment }: { at: Date; isMoment: boolean }): string {
  return shortHash(JSON.stringify([at.getTime(), isMoment]));
}

/**
 * Whose rows a publish left: a rollback's are those of the run that it went back to. Undefined where it went to a moment,
 * at which somebody else may have changed them.
 * @param records of all outputs, oldest first
 */
export function originOf(publish: PastPublish, records: PastPublish[]): PastPublish | undefined {
  if (publish.mode !== restoreMode) return publish;
  const before = records.filter((one) => isPublish(one) && one.at < publish.at);
  const point = before.find(({ at }) => publish.runId.endsWith(`-${markOf({ at, isMoment: false })}`));
  const state = point && before.findLast(({ output, at }) => output === publish.output && at <= point.at);
  return state && originOf(state, records);
}
