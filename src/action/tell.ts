/** Tells how it went, to everyone who may want to know. */
import { annotate } from "./annotations.ts";
import { comment } from "./comment.ts";
import { setOutputs } from "./outputs.ts";
import type { Report } from "./report.ts";
import type { Runner } from "./runner.ts";
import { writeSummary } from "./summary.ts";

export async function tell(report: Report, runner: Runner): Promise<void> {
  setOutputs(report);
  annotate(report);
  await comment(report, runner);
  await writeSummary(report, runner);
}
