/**
 * Alerts on a job's runs, from what kube-state-metrics says of Jobs and CronJobs.
 *
 * A run that failed is told until one succeeds, and not until its Job is deleted; a job that has not succeeded for too
 * long is told also where there is no run at all; runs of jobs whose names begin alike are never taken for this one's.
 * Source: https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics/workload
 */
import { parseCron } from "../../spec/cron.ts";
import { longestGapSeconds } from "../../spec/longest-gap.ts";
import { makeAlert, type Alert, type Subject } from "./alert.ts";

/** Beyond the gap and the deadline: for the pod to start, and for Prometheus to look. */
const slackSeconds = 15 * 60;

export function runAlerts(subject: Subject): Alert[] {
  const limit = limitOf(subject);
  return [failed(subject), ...(limit === undefined ? [] : [missed(subject, limit)])];
}

/** When the job was made; no series where it is deleted. */
export function createdAt({ name, namespace }: Subject): string {
  return `max(kube_cronjob_created{namespace="${namespace}", cronjob="${name}"})`;
}

/** To follow series of Jobs: runs by their owner, whatever they are called; those at a deploy, which no CronJob owns, by their name. */
export function isRunOf({ name, namespace }: Subject): string {
  const owned = `kube_job_owner{namespace="${namespace}", owner_kind="CronJob", owner_name="${name}"}`;
  const named = `kube_job_status_start_time{namespace="${namespace}", job_name=~"${name}-[0-9]+"}`;
  return `and on (namespace, job_name) (${owned} or ${named})`;
}

function failed(subject: Subject): Alert {
  const { name, namespace } = subject;
  const started = `kube_job_status_start_time{namespace="${namespace}"}`;
  const failure = `kube_job_failed{namespace="${namespace}", condition="true"} == 1`;
  const succeeded = `kube_job_status_completion_time{namespace="${namespace}"}`;
  return makeAlert(subject, {
    kind: "Failed",
    expr: lines(
      "max(",
      `  ${started}`,
      `    and on (namespace, job_name) ${failure}`,
      `    ${isRunOf(subject)}`,
      ") > (",
      "  max(",
      `    ${succeeded}`,
      `      ${isRunOf(subject)}`,
      "  ) or vector(0)",
      ")",
    ),
    for: "1m",
    severity: "critical",
    summary: `The newest run of ${name} failed`,
  });
}

function missed(subject: Subject, limit: number): Alert {
  const { name, namespace } = subject;
  const succeeded = `kube_job_status_completion_time{namespace="${namespace}"}`;
  return makeAlert(subject, {
    kind: "Missed",
    expr: lines(
      "time() - (",
      "  max(",
      `    ${succeeded}`,
      `      ${isRunOf(subject)}`,
      `  ) or ${createdAt(subject)}`,
      `) > ${limit}`,
      `  and ${createdAt(subject)}`,
    ),
    for: "5m",
    severity: "critical",
    summary: `${name} has not succeeded for ${inWords(limit)}`,
  });
}

export function lines(...texts: string[]): string {
  return texts.join("\n");
}

/** The longest gap between two scheduled times, the deadline of a run, and some slack; undefined without a schedule. */
function limitOf({ spec }: Subject): number | undefined {
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
