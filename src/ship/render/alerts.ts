/** The alerts on a pipeline, as one PrometheusRule. */
import type { LoadedPipeline } from "../../spec/load.ts";
import { madeByUs } from "../manifest/made-by-us.ts";
import type { Naisjob } from "../manifest/naisjob.ts";
import type { Comments } from "../manifest/yaml.ts";
import type { Alert, Subject } from "./alert.ts";
import { metricAlerts } from "./metric-alerts.ts";
import { runAlerts } from "./run-alerts.ts";

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

/** @param manifest the pipeline's Naisjob */
export function renderAlerts(pipeline: LoadedPipeline, manifest: Naisjob): RenderedAlerts {
  const { name } = manifest.metadata;
  const namespace = manifest.metadata.namespace ?? "";
  const subject: Subject = { name, namespace, pipeline, spec: manifest.spec };
  return {
    manifest: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name, namespace, labels: { team: namespace, ...madeByUs } },
      spec: {
        groups: [
          { name: `${name} runs`, rules: runAlerts(subject) },
          { name: `${name} metrics`, rules: metricAlerts(subject) },
        ],
      },
    },
    comments: {
      "spec.groups":
        "A run is this job's by its owner, or by its whole name: a sibling's is not, one started by hand is. Pushed series never end: they count while the job exists.",
    },
  };
}
