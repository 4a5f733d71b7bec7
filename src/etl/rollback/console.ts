/** What a person sees of a rollback before it is done: counts, columns and names of runs, and no value. */
import { count, formatNumber } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { warnOfNext, type Afterwards } from "./afterwards.ts";
import type { OutputPlan, RollbackPlan } from "./plan.ts";

interface Show {
  plan: RollbackPlan;
  pipeline: LoadedPipeline;
  /** By output. */
  readers: Map<string, string[]>;
  after: Afterwards;
}

export function formatPlan({ plan, pipeline, readers, after }: Show): string[] {
  const lines = plan.outputs.flatMap((output) => formatOutput(output, readers.get(output.output) ?? []));
  return [...lines, ...formatOthers(plan, pipeline), ...formatMarks(plan), warnOfNext(after, pipeline)];
}

function formatOutput(
  { output, spec, state, now, isGone, before, added, takenBack }: OutputPlan,
  readers: string[],
): string[] {
  const { publish, moment } = state;
  const as = moment ? `as it was at ${moment.toISOString()}` : `as run ${publish!.runId} left it`;
  const change = before.rows - now.rows;
  const runs = takenBack.length > 0 ? takenBack.join(", ") : "none";
  const lines = [
    ...(isGone ? [["table", "has gone, and is made anew: grants on the table itself are to be given again"]] : []),
    [
      "rows",
      `${formatNumber(now.rows)} now, ${formatNumber(before.rows)} then (${change < 0 ? "-" : "+"}${formatNumber(Math.abs(change))})`,
    ],
    ["columns", added.length === 0 ? "the same" : `${added.join(", ")} came since, and will be NULL`],
    ["runs", `taken back: ${runs}`],
    ["read by", readers.length > 0 ? readers.join(", ") : "no pipeline of this repository"],
    ["from", before.from],
  ];
  return [`${output} → ${spec.table}, ${as}`, ...lines.map(([name, text]) => `  ${name!.padEnd(8)} ${text}`)];
}

/** Tables that runs publish together would be of different runs. */
function formatOthers({ outputs }: RollbackPlan, { spec }: LoadedPipeline): string[] {
  const names = new Set(outputs.map(({ output }) => output));
  const others = Object.keys(spec.outputs ?? {}).filter((name) => !names.has(name));
  if (others.length === 0) return [];
  return [
    `${count(others.length, "other output")} of this pipeline ${others.length === 1 ? "stays" : "stay"} as the last run left it: ${others.join(", ")}`,
  ];
}

function formatMarks({ marks }: RollbackPlan): string[] {
  const names = Object.keys(marks);
  return names.length === 0 ? [] : [`The next run reads ${names.join(", ")} again from where it was then.`];
}
