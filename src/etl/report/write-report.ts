/** Leaves the report of a run beside its record. On target `local` only: a pod keeps nothing on its disk. */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import { writeBelow } from "../../util/write-below.ts";
import { formatCommand } from "../../spec/format-command.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { localTarget } from "../../spec/target.ts";
import { placesOf } from "../places.ts";
import type { PastPublish } from "../publish/past-publish.ts";
import type { TableProfile } from "../record/table-profile.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { RunState } from "../run-state.ts";
import { historyUpTo, readRecords, shownRuns, type KeptRun } from "./history.ts";
import { findMissing } from "./missing-intervals.ts";
import { reportPage } from "./page.ts";
import type { ReportRun } from "./report-run.ts";

export const reportName = "report.html";

/** Never throws: a run whose report cannot be written is what it is. */
export async function writeReport(state: RunState, profile: TableProfile[]): Promise<void> {
  const { pipeline, record, context, publishes = [] } = state;
  if (pipeline.target !== localTarget) return;
  const { folder, runs } = placesOf(pipeline, context.env);
  try {
    // Twice as many, since some may be of other pipelines.
    const kept = await readRecords({ folder: runs, pipeline: record.pipeline, target: record.target }, 2 * shownRuns);
    const page = reportPage(reportRun({ record, profile, kept, publishes, pipeline, context }));
    const aside = join(folder, `.${record.pipeline}.html.tmp`);
    await context.effect("report.write", async () => {
      await writeBelow({ folder, path: aside, data: context.log.scrub(page) });
      await rename(aside, join(folder, reportName));
    });
  } catch (error) {
    context.log.warn(`the report could not be written: ${messageOf(error)}`);
  }
}

interface ReportParts {
  record: RunRecord;
  profile: TableProfile[];
  kept: KeptRun[];
  /** All that are known; none where they are not. */
  publishes: PastPublish[];
  pipeline: LoadedPipeline;
  context: Context;
}

/** Secrets are taken out before the texts become HTML, which writes some letters in another way. */
export function reportRun({ record, profile, kept, publishes, pipeline, context }: ReportParts): ReportRun {
  const history = historyUpTo(record, kept);
  const { description, models = {} } = pipeline.spec;
  const tables = Object.entries(models).map(([name, model]) => [name, model.description] as const);
  const run: ReportRun = {
    record,
    description,
    descriptions: Object.fromEntries(tables.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]))),
    why: formatCommand(pipeline, `why ${record.run_id}`),
    profile,
    history,
    missing: findMissing({ kept, publishes, history, pipeline, now: context.now() }),
  };
  return JSON.parse(context.log.scrub(JSON.stringify(run))) as ReportRun;
}
