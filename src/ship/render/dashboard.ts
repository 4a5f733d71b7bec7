/** What a pipeline's runs look like in Grafana: from what they push, and from what the cluster knows of its Jobs and pods. */
import { createHash } from "node:crypto";
import { durationSeconds } from "../../spec/duration.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { baseTarget } from "../../spec/target.ts";
import type { Naisjob } from "../manifest/naisjob.ts";
import { bytesOf, effectiveResource } from "../../spec/resources.ts";
import type { Subject } from "./alert.ts";
import { makeDashboard, type PanelContent } from "./grafana.ts";
import { series, usual } from "./metric-alerts.ts";
import { isRunOf } from "./run-alerts.ts";

export interface DashboardOptions {
  pipeline: LoadedPipeline;
  /** The pipeline's Naisjob. */
  manifest: Naisjob;
  /** Where it comes from. */
  description: string;
}

export function renderDashboard({ pipeline, manifest, description }: DashboardOptions): object {
  const { name, namespace = "" } = manifest.metadata;
  const { target } = pipeline;
  const subject: Subject = { name, namespace, pipeline, spec: manifest.spec };
  const digest = createHash("sha256").update([namespace, name, target].join("/")).digest("hex");
  return makeDashboard({
    uid: `nais-etl-${digest.slice(0, 16)}`,
    title: target === baseTarget ? `${name} (${namespace})` : `${name} (${namespace}, ${target})`,
    description,
    tags: ["nais-etl", namespace],
    sections: [
      { kind: "stat", panels: statsOf(subject) },
      { kind: "timeseries", panels: [...runPanels(subject), ...dataPanels(subject), ...podPanels(subject)] },
    ],
  });
}

const good = { colour: "green" } as const;

function statsOf(subject: Subject): PanelContent[] {
  return [
    {
      title: "Newest run",
      description: "Whether it did its work.",
      queries: [{ expr: `max(${series(subject, "isSuccess")})` }],
      unit: "short",
      words: { 0: { text: "Failed", colour: "red" }, 1: { text: "Succeeded", colour: "green" } },
    },
    {
      title: "Last success",
      description: "When a run last did its work, or found nothing to do.",
      queries: [{ expr: `max(${series(subject, "lastSuccess")}) * 1000` }],
      unit: "dateTimeFromNow",
    },
    {
      title: "Took",
      description: "How long the newest successful run took.",
      queries: [{ expr: `max(${series(subject, "duration")})` }],
      unit: "s",
    },
    {
      title: "After a success",
      description: "The share of the last 7 days in which the newest run was one that succeeded.",
      queries: [{ expr: `max(avg_over_time(${series(subject, "isSuccess")}[7d]))` }],
      unit: "percentunit",
      thresholds: [{ colour: "red" }, { from: 0.9, colour: "yellow" }, { from: 0.99, colour: "green" }],
    },
    {
      title: "Failed checks",
      description: "Checks that stopped the newest run.",
      queries: [{ expr: `max(${series(subject, "checksFailed")})` }],
      unit: "short",
      thresholds: [good, { from: 1, colour: "red" }],
    },
    {
      title: "Warnings",
      description: "Checks of severity warn that the newest run did not pass.",
      queries: [{ expr: `max(${series(subject, "checksWarned")})` }],
      unit: "short",
      thresholds: [good, { from: 1, colour: "yellow" }],
    },
  ];
}

function runPanels(subject: Subject): PanelContent[] {
  const limit = bytesOf(effectiveResource(subject.spec, "limits", "memory"));
  return [
    {
      title: "Seconds",
      description: "How long each successful run took; the alert Slow compares it with what is usual.",
      queries: [
        { expr: `max(${series(subject, "duration")})`, legend: "run" },
        { expr: usual(series(subject, "duration")), legend: "usual" },
      ],
      unit: "s",
    },
    {
      title: "Memory of a run",
      description: "The most that the process held. It is killed above the limit.",
      queries: [{ expr: `max(${series(subject, "peakMemory")})`, legend: "run" }],
      unit: "bytes",
      ...(limit !== undefined && { thresholds: [good, { from: limit, colour: "red" }] }),
    },
  ];
}

function dataPanels(subject: Subject): PanelContent[] {
  const limits = freshnessLimits(subject);
  const age: PanelContent = {
    title: "Age of the newest row",
    description: "When the run was due. The dashed line is the shortest that a freshness check allows.",
    queries: [{ expr: `max by (table, check) (${series(subject, "dataAge")})`, legend: "{{table}} {{check}}" }],
    unit: "s",
    thresholds: [good, { from: Math.min(...limits), colour: "red" }],
  };
  return [
    {
      title: "Rows written",
      description: "What each output got from a run.",
      queries: [{ expr: `max by (output) (${series(subject, "rowsWritten")})`, legend: "{{output}}" }],
      unit: "short",
    },
    {
      title: "Rows read",
      description: "What a run read of each source.",
      queries: [{ expr: `max by (source) (${series(subject, "rowsRead")})`, legend: "{{source}}" }],
      unit: "short",
    },
    ...(limits.length > 0 ? [age] : []),
  ];
}

/** Seconds that each freshness check allows. */
function freshnessLimits({ pipeline: { spec } }: Subject): number[] {
  const tables = Object.values({ ...spec.sources, ...spec.models });
  const checks = tables.flatMap((table) => table.checks ?? []);
  return checks.flatMap(({ freshness }) => (freshness ? [durationSeconds(freshness.within)] : []));
}

/** The container has the job's name, whatever the run is called. */
function podPanels(subject: Subject): PanelContent[] {
  const { name, namespace } = subject;
  const container = `{namespace="${namespace}", container="${name}"}`;
  return [
    {
      title: "Failed tries",
      description: "Pods that failed, by Job: a run is tried again until its backoffLimit.",
      queries: [
        {
          expr: `max by (job_name) (kube_job_status_failed{namespace="${namespace}"} ${isRunOf(subject)})`,
          legend: "{{job_name}}",
        },
      ],
      unit: "short",
    },
    {
      title: "CPU of the pod",
      description: "Cores in use while a run goes on.",
      queries: [{ expr: `sum by (pod) (rate(container_cpu_usage_seconds_total${container}[5m]))`, legend: "{{pod}}" }],
      unit: "short",
    },
    {
      title: "Memory of the pod",
      description: "Of all processes in it, files in memory included.",
      queries: [{ expr: `max by (pod) (container_memory_working_set_bytes${container})`, legend: "{{pod}}" }],
      unit: "bytes",
    },
  ];
}
