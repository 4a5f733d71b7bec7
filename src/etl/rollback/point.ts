/** Which state `--to` means: that which a run has left, or that of a moment. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { nearest } from "../../util/suggest.ts";
import { durationPattern, durationSeconds } from "../../spec/duration.ts";
import { parseLabel } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed, timeZoneOf } from "../../spec/next-scheduled.ts";
import { nameLast } from "../report/past-runs.ts";
import { isPublish, markOf, restoreMode, type PastPublish } from "../publish/past-publish.ts";

export interface Point {
  /** What was published by then counts; what was published later is taken back. */
  at: Date;
  /** Whether it is a moment, and not the end of a run. */
  isMoment: boolean;
  /** What `--to` says of it at any time: a run, or a time. */
  to: string;
}

interface ChoosePoint {
  pipeline: LoadedPipeline;
  /** A run's id or execution, a time, or how long ago. */
  to: string;
  /** Of the outputs that are rolled back, oldest first. */
  publishes: PastPublish[];
}

/** @throws {EtlError} `usage` for what is neither, with the runs that are known */
export function choosePoint({ pipeline, to, publishes }: ChoosePoint, context: Context): Point {
  const run = publishes.findLast((one) => isPublish(one) && [one.runId, one.execution].includes(to));
  if (run) return { at: run.at, isMoment: false, to };
  const at = momentOf(to, pipeline, context.now());
  if (!at) throw unknownRun({ pipeline, to, publishes });
  if (at > context.now())
    throw new EtlError({ code: "usage", message: `--to ${to} is still to come`, hint: "Name a time that has been." });
  return { at, isMoment: true, to: at.toISOString() };
}

/** Whether the newest publish is a rollback to this very state: it stands, and its snapshot may be gone by now. */
export function isThere(publishes: PastPublish[], point: Point): boolean {
  const newest = publishes.findLast(isPublish);
  return newest?.mode === restoreMode && newest.runId.endsWith(`-${markOf(point)}`);
}

/** Without a zone, it is the pipeline's. A label of the pipeline's own intervals means the run. */
function momentOf(text: string, { spec }: LoadedPipeline, now: Date): Date | undefined {
  if (durationPattern.test(text)) return new Date(now.getTime() - durationSeconds(text) * 1000);
  if (intervalNamed(text, spec)) return undefined;
  const timeZone = timeZoneOf(spec);
  const [, date = "", hour, minute = "0", second = "0", zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d)(?::([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? [];
  if (zone !== undefined) return validDate(text.replace(" ", "T"));
  const start =
    hour === undefined ? parseLabel(date, "day", timeZone) : parseLabel(`${date}T${hour}`, "hour", timeZone);
  return start && new Date(start.start.getTime() + Number(minute) * 60_000 + Number(second) * 1000);
}

function validDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function unknownRun({ pipeline: { spec, target }, to, publishes }: ChoosePoint): EtlError {
  const published = publishes.filter((one) => isPublish(one) && one.mode !== restoreMode);
  const ids = published.map(({ runId }) => runId);
  const meant = nearest(to, ids);
  return new EtlError({
    code: "usage",
    message: `no run \`${to}\` of ${spec.name} has published it on target ${target}, and it is no time`,
    hint: [
      ...(meant === undefined ? [] : [`Did you mean \`${meant}\`?`]),
      nameLast(ids),
      "A time is written 2022-01-20T07:30, or 90m for so long ago.",
    ].join("\n"),
  });
}
