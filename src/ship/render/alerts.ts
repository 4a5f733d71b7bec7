/**
 * Alerts on a job's runs, from what kube-state-metrics says of Jobs and CronJobs.
 *
 * A run that failed is told until one succeeds, and not until its Job is deleted; a job that has not succeeded for too
 * long is told also where there is no run at all; runs of jobs whose names begin alike are never taken for this one's.
 */
import { parseCron } from "../../spec/cron.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { longestGapSeconds } from "../../spec/longest-gap.ts";
import { placeOf } from "../../spec/consistency.ts";
import type { Naisjob } from "../manifest/naisjob.ts";
import type { Comments } from "../manifest/yaml.ts";

/** Beyond the gap and the deadline: for the pod to start, and for Prometheus to look. */
const slackSeconds = 15 * 60;

export interface RenderedAlerts {
  manifest: PrometheusRule;
  comments: Comments;
}

interface PrometheusRule {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: { groups: { name: string; rules: Alert[] }[] };
}

interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: { summary: string; consequence: string; action: string };
}

/** @param manifest the pipeline's Naisjob */
export function renderAlerts(pipeline: LoadedPipeline, manifest: Naisjob): RenderedAlerts {
  const { name } = manifest.metadata;
  const namespace = manifest.metadata.namespace ?? "";
  const limit = limitOf(manifest);
  const rules = [
    failed({ name, namespace, pipeline }),
    ...(limit === undefined ? [] : [missed({ name, namespace, pipeline, limit })]),
  ];
  return {
    manifest: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name, namespace, labels: { team: namespace } },
      spec: { groups: [{ name, rules }] },
    },
    comments: {
      "spec.groups":
        "Job names are anchored on what follows this job's name: a sibling's runs do not match, runs started by hand do.",
    },
  };
}

interface Subject {
  name: string;
  namespace: string;
  pipeline: LoadedPipeline;
}

/** Scheduled runs and those at a deploy end in a number, those started by hand in `manual-` and one. */
function runsOf({ name, namespace }: Subject): string {
  return `namespace="${namespace}", job_name=~"${name}-([0-9]+|manual-[0-9]+)"`;
}

function failed(subject: Subject): Alert {
  const runs = runsOf(subject);
  const started = `kube_job_status_start_time{${runs}}`;
  const failedRuns = `max by (namespace, job_name) (kube_job_failed{${runs}, condition="true"} == 1)`;
  return alert(subject, {
    kind: "Failed",
    expr: `max by (namespace) (${started} * on (namespace, job_name) ${failedRuns})
  > (max by (namespace) (kube_job_status_completion_time{${runs}}) or max by (namespace) (${started}) * 0)`,
    for: "1m",
    summary: `The newest run of ${subject.name} failed`,
  });
}

function missed(subject: Subject & { limit: number }): Alert {
  const { name, namespace, limit } = subject;
  const succeeded = `max by (namespace) (kube_job_status_completion_time{${runsOf(subject)}})`;
  const created = `max by (namespace) (kube_cronjob_created{namespace="${namespace}", cronjob="${name}"})`;
  return alert(subject, {
    kind: "Missed",
    expr: `time() - (${succeeded} or ${created}) > ${limit}
  and on (namespace) ${created}`,
    for: "5m",
    summary: `${name} has not succeeded for ${inWords(limit)}`,
  });
}

function alert(
  { name, namespace, pipeline }: Subject,
  { kind, expr, summary, ...rest }: { kind: string; expr: string; for: string; summary: string },
): Alert {
  const outputs = Object.values(pipeline.spec.outputs ?? {}).map(placeOf);
  const what =
    outputs.length > 0
      ? `${outputs.join(", ")} ${outputs.length > 1 ? "keep" : "keeps"} the rows of the run before`
      : "Nothing new is published";
  return {
    alert: `${alertName(name)}${kind}`,
    expr,
    for: rest.for,
    labels: { namespace, severity: "critical" },
    annotations: {
      summary,
      consequence: `${what}.`,
      action: `Look at the log of the newest run of ${name}. Running it again is safe at any time.`,
    },
  };
}

/** `apps-per-env` becomes `AppsPerEnv`. */
function alertName(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The longest gap between two scheduled times, the deadline of a run, and some slack; undefined without a schedule. */
function limitOf({ spec }: Naisjob): number | undefined {
  if (!spec.schedule) return undefined;
  const gap = longestGapSeconds({ cron: parseCron(spec.schedule), timeZone: spec.timeZone ?? "UTC" });
  return gap === undefined ? undefined : gap + (spec.activeDeadlineSeconds ?? 0) + slackSeconds;
}

/** `30 h 15 min`. */
function inWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [hours > 0 && `${hours} h`, minutes % 60 > 0 && `${minutes % 60} min`].filter(Boolean).join(" ");
}
