/** The facts of a run, for its head and its end. */
import { formatBytes } from "../../util/bytes.ts";
import { formatResources } from "../record/advise-resources.ts";
import { sumRows, type RunRecord } from "../record/run-record.ts";
import type { PastRun } from "./report-run.ts";
import { count, formatRows, formatSeconds, formatTime } from "./format.ts";

/** What came of it, in one sentence. */
export function outcomeOf({ outputs, problems }: RunRecord, status: PastRun["status"]): string {
  const published = outputs.filter((output) => output.status === "published");
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const what = `${published.length} of ${count(outputs.length, "output")} published`;
  switch (status) {
    case "succeeded":
      return `${what}.`;
    case "skipped":
      return "Everything was published already.";
    case "running":
      return "It has not come to its end.";
    case "killed":
      return "It ended without a word, and what it had begun was not recorded. The next run finished or undid it.";
    default:
      return published.length > 0
        ? `${what} before it ended; ${count(errors, "problem")}.`
        : `Nothing was published: readers see what they saw before. ${count(errors, "problem")}.`;
  }
}

type Fact = [string, string];

export function mainFacts(record: RunRecord): Fact[] {
  const { interval, started_at, seconds, sources, outputs, target, quarantine } = record;
  return [
    ...(interval ? [["Interval", `${interval.start} to ${interval.end}`] satisfies Fact] : []),
    ["Target", target],
    ["Started", formatTime(started_at)],
    ["Time", formatSeconds(seconds)],
    ["Rows read", formatRows(sumRows(sources))],
    ["Rows published", formatRows(sumRows(outputs))],
    ...(quarantine ? [["Rows set aside", `${formatRows(quarantine.rows)} in ${quarantine.table}`] satisfies Fact] : []),
  ];
}

/** For those who look for it. What is not known is left out. */
export function otherFacts(record: RunRecord): Fact[] {
  const params = Object.entries(record.params).map(([name, value]) => `${name}=${value}`);
  const billed = record.sources.flatMap(({ bytes_billed }) => bytes_billed ?? []);
  const back = record.rollback?.outputs ?? [];
  const brought = back.map(({ output, run_id: id, from }) => `${output} as run ${id ?? "none"} left it, from ${from}`);
  const taken = [...new Set(back.flatMap(({ taken_back: runs }) => runs))].toSorted();
  const facts: [string, string | undefined][] = [
    ["Run", record.run_id],
    ["Execution", record.execution],
    ["Generation", record.generation > 0 ? String(record.generation) : undefined],
    ["Brought back", brought.length > 0 ? brought.join(", ") : undefined],
    ["Taken back", taken.length > 0 ? taken.join(", ") : undefined],
    ["Due", formatTime(record.scheduled_at)],
    ["Parameters", params.length > 0 ? params.join(", ") : undefined],
    ["BigQuery bills", billed.length > 0 ? formatBytes(billed.reduce((a, b) => a + b, 0)) : undefined],
    ["Memory, at most", record.peak_memory_bytes > 0 ? formatBytes(record.peak_memory_bytes) : undefined],
    ["Processor time", record.cpu_seconds === undefined ? undefined : formatSeconds(record.cpu_seconds)],
    ["Enough", record.resources && `resources: ${formatResources(record.resources)}`],
    ["Exit code", String(record.exit_code)],
    ["Revision", record.revision],
    ["Image", record.image],
    ["Code", record.source_digest.slice(0, 12)],
    ["nais-etl", record.nais_etl || undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
