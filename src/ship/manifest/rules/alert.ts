/** Of the rules for alerts: their examples, and how they go from one alert to the next. */
import { itemsAt, textAt, type Fields, type Finding, type Manifest, type Rule } from "../rule.ts";

export const kinds = ["PrometheusRule"] as const;

const template = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: orders
  namespace: my-team
  labels:
    team: my-team
spec:
  groups:
    - name: orders
      rules:
        - alert: OrdersFailed
          expr: EXPR
          for: 2m
          labels:
            namespace: my-team
            severity: critical
          annotations:
            summary: A run failed
            consequence: Yesterday's orders are missing
            action: Look at the log`;
/** The newest run that failed is newer than the newest success. */
export const failedSince = (runs: string) =>
  `max(kube_job_status_start_time{${runs}} * on(job_name) group_left() (kube_job_failed{condition="true"} > 0)) > (max(kube_job_status_completion_time{${runs}}) or vector(0))`;
export const failed = failedSince('job_name=~"orders-[0-9]+"');
export const withExpr = (expr: string) => template.replace("EXPR", () => folded(expr));
export const plain = withExpr(failed);

/** A long expression in several lines, which YAML makes one of: whoever reads the page sees it whole. */
function folded(expr: string): string {
  const lines = expr.split(/ (?=\* on\(|> \(|or )/);
  return lines.length === 1 ? expr : [">-", ...lines].join(`\n${" ".repeat(12)}`);
}

interface Alert {
  name: string;
  alert: Fields;
  path: (string | number)[];
}

function alertsIn(spec: Fields): Alert[] {
  return itemsAt(spec, "groups").flatMap(({ item: group, i }) =>
    itemsAt(group, "rules").flatMap(({ item: alert, i: j }) => {
      const name = textAt(alert, "alert");
      return name === undefined ? [] : [{ name, alert, path: ["spec", "groups", i, "rules", j] }];
    }),
  );
}

/** A rule that looks at one alert after the other. */
export function forAlerts(check: (alert: Alert, manifest: Manifest) => Iterable<Finding>): Rule["check"] {
  return function* (manifest) {
    for (const alert of alertsIn(manifest.spec)) yield* check(alert, manifest);
  };
}
