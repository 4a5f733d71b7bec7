/** Which intervals a backfill runs: those that no record says are published, or all of them. */
import type { Context } from "../../util/context.ts";
import { count, EtlError } from "../../util/error.ts";
import { exampleLabel, type Interval } from "../../spec/interval.ts";
import { formatCommand } from "../../spec/format-command.ts";
import { intervalsBetween } from "../../spec/interval-range.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed, onItsClock, scheduledAfter, timeZoneOf } from "../../spec/next-scheduled.ts";
import { findReferences } from "../../spec/reference.ts";
import { localTarget } from "../../spec/target.ts";
import { isWhole, standing, undoneMode, type PastPublish } from "../publish/past-publish.ts";
import { readPublishes } from "../publish/read-publishes.ts";
import type { Published } from "../publish/store.ts";
import { partToRead } from "../values.ts";
import { sourceWithCursor } from "../why/gaps.ts";
import { decideAtOnce, refuseParallel } from "./at-once.ts";

export interface PlanBackfill {
  pipeline: LoadedPipeline;
  params: Record<string, string>;
  /** By default the first that was ever published. */
  from: string | undefined;
  /** The last one. By default the last that is complete, and whose scheduled run is not still to come. */
  to: string | undefined;
  /** Those, too, that are published already. */
  rerun: boolean;
  /** So many intervals may work at the same time. */
  parallel: number;
}

export interface PlannedInterval {
  interval: Interval;
  /** What stands published of it. */
  published: Published[];
  isPublished: boolean;
  isToRun: boolean;
}

export interface BackfillPlan {
  /** In their order. */
  intervals: PlannedInterval[];
  /** So many work at the same time. */
  atOnce: number;
  /** Of those asked for: they have not ended yet. */
  incomplete: number;
  /** Left to their scheduled runs, which are still to come. */
  waiting: WaitingInterval[];
  /** Where nobody has said where to begin. */
  found: string | undefined;
  warnings: string[];
}

export interface WaitingInterval {
  interval: Interval;
  scheduled: Date;
}

/** @throws {EtlError} `usage` for a range that the pipeline has no intervals in, and for a pipeline whose runs have no interval */
export async function planBackfill(asked: PlanBackfill, context: Context): Promise<BackfillPlan> {
  const { pipeline, params, to, rerun, parallel } = asked;
  const { interval: spec, outputs = {} } = pipeline.spec;
  refuseParallel(parallel);
  if (!spec) throw noInterval(pipeline);
  refuseCursors(pipeline);
  const timeZone = timeZoneOf(pipeline.spec);
  const found = asked.from === undefined ? await firstPublished({ pipeline, params }, context) : undefined;
  const from = asked.from ?? found!;
  const range = { from, to, every: spec.every, timeZone, now: context.now() };
  const { intervals, incomplete } = intervalsBetween(range);
  const [first, last] = [intervals[0]?.label, intervals.at(-1)?.label];
  const none = { intervals: [], atOnce: 1, incomplete, waiting: [], found, warnings: [] };
  if (first === undefined || last === undefined) return none;
  const runs = standing(await readPublishes({ pipeline, params, runs: { first, last } }, context));
  const all = intervals.map((interval): PlannedInterval => {
    const run = runs.get(interval.label);
    const isPublished = isWhole(run, Object.keys(outputs));
    return { interval, published: publishedOf(run), isPublished, isToRun: rerun || !isPublished };
  });
  const early = stillToCome(all, pipeline, context.now());
  const waiting = to === undefined ? early : [];
  const planned = all.filter(({ interval }) => !waiting.some((one) => one.interval === interval));
  const toRun = planned.filter(({ isToRun }) => isToRun).map(({ interval }) => interval);
  const { atOnce, warnings } = await decideAtOnce({ pipeline, parallel, intervals: toRun.length });
  const others = [...sampleWarnings(pipeline, toRun), ...mergeWarnings(pipeline)];
  const earlies = to === undefined ? [] : early.map((one) => earlyWarning(one, pipeline));
  return { intervals: planned, atOnce, incomplete, waiting, found, warnings: [...warnings, ...others, ...earlies] };
}

/** @throws {EtlError} `usage` where nothing was ever published */
async function firstPublished({ pipeline, params }: Pick<PlanBackfill, "pipeline" | "params">, context: Context) {
  const { spec, target } = pipeline;
  const publishes = await readPublishes({ pipeline, params }, context);
  const labels = publishes.map(({ runId }) => runId).filter((id) => intervalNamed(id, spec));
  const [first] = labels.toSorted();
  if (first !== undefined) return first;
  throw new EtlError({
    code: "usage",
    message: `no run of ${spec.name} has published an interval on target ${target}: where does it begin?`,
    hint: `Say the first: --from ${exampleLabel(spec.interval!.every)}.`,
  });
}

/** Those that have ended, and whose scheduled run comes later: nothing is missing of them. */
function stillToCome(planned: PlannedInterval[], { spec, target }: LoadedPipeline, now: Date): WaitingInterval[] {
  if (target === localTarget) return [];
  return planned.flatMap(({ interval, isPublished }) => {
    const scheduled = isPublished ? undefined : scheduledAfter(interval, spec);
    return scheduled && scheduled > now ? [{ interval, scheduled }] : [];
  });
}

/** Its source may still grow until then. */
function earlyWarning({ interval, scheduled }: WaitingInterval, { spec }: LoadedPipeline): string {
  const once = Object.entries(spec.outputs ?? {}).filter(
    ([, output]) => output.write === "append" || output.skip_if !== undefined,
  );
  const names = once.map(([name]) => `\`outputs.${name}\``).join(", ");
  const then =
    names === "" ? "which loads it again" : `which adds nothing more to ${names}: what comes until then is left out`;
  return `${interval.label} is run before its scheduled run, at ${onItsClock(scheduled, spec)}, ${then}`;
}

/** As a run of it will find it, unless another run comes between. */
function publishedOf(run: Map<string, PastPublish> | undefined): Published[] {
  return [...(run?.values() ?? [])].map(({ output, execution, generation, rows, mode }) => ({
    output,
    execution,
    generation,
    rows,
    undone: mode === undoneMode,
  }));
}

function noInterval(pipeline: LoadedPipeline): EtlError {
  const { spec, target, where } = pipeline;
  const trigger = target === localTarget ? "" : `, or in the cluster: ${formatCommand(pipeline, "trigger")}`;
  return new EtlError({
    code: "usage",
    message: `the runs of ${spec.name} have no interval: there is nothing to fill`,
    hint: `Each run loads all that its sources give: ${formatCommand(pipeline, "run")}${trigger}. To load day by day, add \`interval: day\` (or hour, month) to pipeline.yaml.`,
    where: where(["name"]),
  });
}

/** What has been read once is not read again, so an old interval would come out empty. */
function refuseCursors(pipeline: LoadedPipeline): void {
  const found = sourceWithCursor(pipeline);
  if (found === undefined) return;
  throw new EtlError({
    code: "usage",
    message: `the source \`${found}\` has a cursor: only rows that are newer than the last run's are read, whatever the interval`,
    hint: "Bring the mark back with `nais-etl rollback`, and run. Or read by interval: `where: dato = @interval_start`.",
    where: pipeline.where(["sources", found, "cursor"]),
  });
}

/** A sample is what a source returned for one interval, unless its name says of which. */
function sampleWarnings(pipeline: LoadedPipeline, toRun: Interval[]): string[] {
  const { spec, target } = pipeline;
  const sample = spec.interval?.sample;
  const others = toRun.filter(({ label }) => label !== sample);
  if (target !== localTarget || sample === undefined || others.length === 0) return [];
  const names = Object.entries(spec.sources ?? {})
    .filter(([, source]) => source.sample !== undefined && !namesInterval(partToRead(source, pipeline)))
    .map(([name]) => `\`${name}\``);
  if (names.length === 0) return [];
  return [
    `${names.length === 1 ? "the sample" : "the samples"} of ${names.join(", ")} ${names.length === 1 ? "stands" : "stand"} for ${sample}, and ${count(others.length, "other interval")} will read the same rows: name a file for each, as in \`sample: data/\${interval:start}.csv\``,
  ];
}

function namesInterval(part: unknown): boolean {
  const { references } = findReferences(part, () => ({ file: "" }));
  return references.some(({ kind }) => kind === "interval");
}

function mergeWarnings({ spec }: LoadedPipeline): string[] {
  const merged = Object.entries(spec.outputs ?? {}).filter(([, { write }]) => write === "merge");
  return merged.map(
    ([name, { key = [] }]) =>
      `\`outputs.${name}\` is merged by ${key.join(", ")}: rows of an older interval take the place of newer ones with the same key`,
  );
}
