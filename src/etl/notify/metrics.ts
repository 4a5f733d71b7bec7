/** What of a run's record is measured. */
import { metrics, type MetricName } from "../../spec/metric.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Family, Sample } from "./exposition.ts";

/**
 * A run that failed says when, and which checks it failed: how long it took and what it read would mislead who compares
 * runs. One that had nothing to do says only that all is well.
 */
export function metricsOf(record: RunRecord): Family[] {
  const { status } = record;
  const isDone = status === "succeeded" || status === "skipped";
  const ended = Date.parse(record.finished_at) / 1000;
  return [
    ...family("lastRun", one(ended)),
    ...family("isSuccess", one(isDone ? 1 : 0)),
    ...(isDone ? family("lastSuccess", one(ended)) : []),
    ...(status === "skipped" ? [] : whatWasFound(record)),
    ...(status === "succeeded" ? whatWasDone(record) : []),
  ];
}

function whatWasFound({ peak_memory_bytes: peak, checks }: RunRecord): Family[] {
  const number = (status: string) => checks.filter((check) => check.status === status).length;
  const ages = checks.filter(({ kind }) => kind === "freshness");
  return [
    ...family("peakMemory", one(peak)),
    ...family("checksFailed", one(number("fail"))),
    ...family("checksWarned", one(number("warn"))),
    ...family("dataAge", greatest(ages.map(ageOf))),
  ];
}

/** Where there is no row at all, the newest is older than anything allows. */
function ageOf({ table, check, age_seconds: value = Number.POSITIVE_INFINITY }: RunRecord["checks"][number]): Sample {
  return { labels: { table, check }, value };
}

/** Two checks may have one name, and the Pushgateway takes no series twice. */
function greatest(samples: Sample[]): Sample[] {
  const byLabels = Map.groupBy(samples, ({ labels }) => JSON.stringify(labels));
  return [...byLabels.values()].map((same) => same.reduce((a, b) => (b.value > a.value ? b : a)));
}

function whatWasDone({ seconds, sources, outputs }: RunRecord): Family[] {
  const published = outputs.filter(({ status }) => status === "published");
  return [
    ...family("duration", one(seconds)),
    ...family(
      "rowsRead",
      named("source", sources, ({ rows }) => rows),
    ),
    ...family(
      "bytesRead",
      named("source", sources, ({ bytes }) => bytes),
    ),
    ...family(
      "rowsWritten",
      named("output", published, ({ rows }) => rows),
    ),
  ];
}

function family(name: MetricName, samples: Sample[]): Family[] {
  return [{ metric: metrics[name], samples }];
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

/** A sample for each part of the run, by its name; what was not counted has none. */
function named<T extends { name: string }>(
  label: string,
  parts: readonly T[],
  valueOf: (part: T) => number | undefined,
): Sample[] {
  return parts.flatMap((part) => {
    const value = valueOf(part);
    return value === undefined ? [] : [{ labels: { [label]: part.name }, value }];
  });
}
