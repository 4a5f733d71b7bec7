/** Which run is this: its interval, id, execution and scheduled time. Nothing here asks a server. */
import { randomUUID } from "node:crypto";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { exampleLabel, lastComplete, type Interval } from "../spec/interval.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { intervalNamed, scheduledAfter, timeZoneOf } from "../spec/next-scheduled.ts";
import { localTarget } from "../spec/target.ts";

export interface RunIdentity {
  /** Its interval's label, else the Kubernetes Job's name, else a fresh one. */
  id: string;
  /** The Kubernetes Job; elsewhere each start is one of its own. */
  execution: string;
  /** Who holds the lock for it, where that is not its execution: a backfill, with its Job. */
  holder?: string;
  /** When it was due; for an interval that was asked for, the first scheduled time after it. `freshness` counts from it. */
  scheduled: Date;
  interval: Interval | undefined;
}

/** What the name of a backfill that holds the lock begins with: it gives way after its interval, so it is waited for. */
export const backfillHolder = "backfill-";

/** A Job's minute is believed only this near to now: a date chosen by hand, or a generation, is not a minute. */
const believedDays = 30;

/**
 * @param label the interval asked for (`--interval`), else undefined
 * @param backfill whether one start runs several intervals: what became of one says nothing about the next
 * @throws {EtlError} `usage` when the label is not of the pipeline's interval
 */
export function identifyRun({
  pipeline,
  label,
  backfill = false,
  context,
}: {
  pipeline: LoadedPipeline;
  label: string | undefined;
  backfill?: boolean;
  context: Context;
}): RunIdentity {
  const job = jobName(context.env["NAIS_POD_NAME"]);
  const now = context.now();
  const due = (job === undefined ? undefined : scheduledMinute(job, now)) ?? now;
  const interval = chooseInterval({ pipeline, label, scheduled: due });
  const scheduled = label !== undefined && interval ? firstTimeAfter(interval, pipeline) : due;
  const fresh = `${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}-${randomUUID().slice(0, 8)}`;
  // A job without schedule is named by its generation, which begins again at 1 when the job is deleted.
  const revision = pipeline.spec.schedule == null ? context.env["NAIS_ETL_REVISION"] : undefined;
  const named = job && revision ? `${job}-${revision}` : job;
  const id = interval?.label ?? named ?? fresh;
  if (!backfill) return { id, execution: job ?? fresh, scheduled, interval };
  const execution = job === undefined ? fresh : `${job}-${id}`;
  return { id, execution, holder: `${backfillHolder}${job ?? fresh}`, scheduled, interval };
}

/** When a run for this interval would have been due. */
function firstTimeAfter(interval: Interval, { spec }: LoadedPipeline): Date {
  return scheduledAfter(interval, spec) ?? interval.end;
}

/** Whether a Job of the cluster has made it, by its schedule or by hand: elsewhere an execution is a second, and no DNS label. */
export function isOfJob(execution: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(execution.slice(0, 63));
}

/** A pod's name is its Job's, and five random characters. */
export function jobName(pod: string | undefined): string | undefined {
  return /^(.+)-[a-z0-9]{5}$/.exec(pod ?? "")?.[1];
}

/** Kubernetes names a scheduled Job by the minute it was due, in minutes since 1970. */
export function scheduledMinute(job: string, now: Date): Date | undefined {
  const minute = /-(\d{8})$/.exec(job)?.[1];
  const due = new Date(Number(minute) * 60_000);
  return minute && Math.abs(now.getTime() - due.getTime()) < believedDays * 86_400_000 ? due : undefined;
}

function chooseInterval({
  pipeline,
  label,
  scheduled,
}: {
  pipeline: LoadedPipeline;
  label: string | undefined;
  scheduled: Date;
}): Interval | undefined {
  const { spec } = pipeline;
  const { interval } = spec;
  if (!interval) {
    if (label === undefined) return undefined;
    throw new EtlError({
      code: "usage",
      message: `--interval ${label} was given, but the pipeline has no interval`,
      hint: "Add `interval: day` (or hour, month) to pipeline.yaml.",
    });
  }
  // A sample is what the source returned for one interval; a local run stands for that one.
  const asked = label ?? (pipeline.target === localTarget ? interval.sample : undefined);
  if (asked === undefined) return lastComplete(scheduled, interval.every, timeZoneOf(spec));
  const chosen = intervalNamed(asked, spec);
  if (chosen) return chosen;
  throw new EtlError({
    code: "usage",
    message: `--interval ${asked} is not ${interval.every === "hour" ? "an" : "a"} ${interval.every}`,
    hint: `Write it as ${exampleLabel(interval.every)}.`,
  });
}
