/** Writes a run's record: a JSON file beside the store, and a row in `_nais_etl_runs`. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../util/error.ts";
import { withStore } from "../publish.ts";
import type { RunState } from "../run.ts";
import { sumRows } from "./run-record.ts";

/** Failing to record must not turn a good run into a failed one: its data is published. It is said aloud. */
export async function writeRecord(state: RunState): Promise<void> {
  const { context } = state;
  await writeJson(state).catch((error: unknown) =>
    context.log.warn(`the run record could not be written: ${messageOf(error)}`),
  );
  await writeRow(state).catch((error: unknown) =>
    context.log.warn(`the run could not be recorded in the store: ${messageOf(error)}`),
  );
}

export function recordPath({ places, record }: RunState): string {
  return join(places.runs, `${record.execution}.json`);
}

async function writeJson(state: RunState): Promise<void> {
  const path = recordPath(state);
  const text = state.context.log.scrub(`${JSON.stringify(state.record, undefined, 2)}\n`);
  await state.context.effect("record.json", async () => {
    await writeFile(`${path}.tmp`, text);
    await rename(`${path}.tmp`, path);
  });
}

async function writeRow(state: RunState): Promise<void> {
  const { record } = state;
  await withStore(state, (store) =>
    store.recordRun({
      pipeline: record.pipeline,
      run_id: record.run_id,
      execution: record.execution,
      generation: record.generation,
      target: record.target,
      status: record.status,
      exit_code: record.exit_code,
      started_at: new Date(record.started_at),
      finished_at: new Date(record.finished_at),
      rows_read: sumRows(record.sources),
      rows_written: sumRows(record.outputs),
      checks_failed: record.checks.filter((check) => check.status === "fail").length,
      error: record.problems.find((problem) => problem.severity === "error")?.message,
      revision: record.revision,
      image: record.image,
      source_digest: record.source_digest,
      record: state.context.log.scrub(JSON.stringify(record)),
    }),
  );
}
