/** Writes a run's record: a JSON file beside the store, and its row in `_nais_etl_runs`. */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../util/error.ts";
import { writeBelow } from "../../util/write-below.ts";
import { localTarget } from "../../spec/target.ts";
import { withStore } from "../publish/open-store.ts";
import type { RunState } from "../run-state.ts";
import { runRow } from "./run-row.ts";

/** Failing to record must not turn a good run into a failed one: its data is published. It is said aloud. */
export async function writeRecord(state: RunState): Promise<void> {
  const { context } = state;
  const { records } = state.home;
  if (records !== undefined)
    await writeJson(state, records).catch((error: unknown) =>
      context.log.warn(`the run record could not be written: ${messageOf(error)}`),
    );
  await writeRow(state).catch((error: unknown) =>
    context.log.warn(`the run could not be recorded in the store: ${messageOf(error)}`),
  );
}

/** The name it is written under first is the pipeline's own: what a killed run left is overwritten by the next. */
async function writeJson({ record, context }: RunState, folder: string): Promise<void> {
  const aside = join(folder, `.${record.pipeline}.json.tmp`);
  const text = context.log.scrub(`${JSON.stringify(record, undefined, 2)}\n`);
  await context.effect("record.json", async () => {
    await writeBelow({ folder, path: aside, data: text });
    await rename(aside, join(folder, `${record.execution}.json`));
  });
}

async function writeRow(state: RunState): Promise<void> {
  const { record, context, pipeline } = state;
  await withStore(state, async (store) => {
    await store.recordRun(runRow(record, context.log));
    // The report comes next, and opening the store once more takes time.
    if (pipeline.target === localTarget && pipeline.spec.interval) state.publishes = await store.past.publishes();
  });
}
