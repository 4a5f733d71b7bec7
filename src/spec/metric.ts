/**
 * The series that a run leaves at the Pushgateway: written in the pod, read by the alerts and the dashboard.
 *
 * Whose they are stands in the labels `team` and `pipeline`. No other part of a cluster gives its series labels of these
 * names, as Prometheus does with `namespace`, `job` and `instance`.
 */
import type { Pipeline } from "./pipeline.ts";

export interface Metric {
  name: string;
  /** In words, for who looks at the Pushgateway. */
  help: string;
  /** Labels besides `team` and `pipeline`. */
  labels: readonly string[];
}

const metric = (name: string, help: string, ...labels: string[]): Metric => ({
  name: `nais_etl_${name}`,
  help,
  labels,
});

export const metrics = {
  lastRun: metric("last_run_timestamp_seconds", "When the newest run ended."),
  lastSuccess: metric("last_success_timestamp_seconds", "When the newest run that did its work ended."),
  isSuccess: metric("last_run_success", "Whether the newest run did its work: 1 or 0."),
  duration: metric("run_duration_seconds", "How long the newest successful run took."),
  peakMemory: metric("run_peak_memory_bytes", "Most memory that the newest run's process held."),
  rowsRead: metric("rows_read", "Rows that the newest successful run read.", "source"),
  bytesRead: metric("bytes_read", "Bytes that the newest successful run read.", "source"),
  rowsWritten: metric("rows_written", "Rows that the newest successful run published.", "output"),
  checksFailed: metric("checks_failed", "Checks that stopped the newest run."),
  checksWarned: metric("checks_warned", "Checks of severity warn that the newest run did not pass."),
  dataAge: metric("data_age_seconds", "How old the newest row was when the run was due.", "table", "check"),
} as const;

export type MetricName = keyof typeof metrics;

/** What sets the series of one pipeline apart from those of all others in the cluster. */
export function metricOwner({ name, team }: Pick<Pipeline, "name" | "team">): Record<string, string> {
  return { pipeline: name, ...(team !== undefined && { team }) };
}

/** The Pushgateway of a nais cluster, as a workload: https://docs.nais.io */
export const pushgateway = { application: "prometheus-pushgateway", namespace: "nais-system", port: 9091 } as const;

/** Names another Pushgateway, as `host:port` or a URL; empty, metrics are not pushed. */
export const pushgatewayVariable = "PUSH_GATEWAY_ADDRESS";
