import { itemsAt, textAt, type Fields, type Finding, type Rule } from "../rule.ts";

const kinds = ["PrometheusRule"] as const;

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
const failedSince = (runs: string) =>
  `max(kube_job_status_start_time{${runs}} * on(job_name) group_left() (kube_job_failed{condition="true"} > 0)) > (max(kube_job_status_completion_time{${runs}}) or vector(0))`;
const failed = failedSince('job_name=~"orders-[0-9]+"');
const withExpr = (expr: string) => template.replace("EXPR", expr);
const plain = withExpr(failed);

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
function forAlerts(check: (alert: Alert) => Iterable<Finding>): Rule["check"] {
  return function* ({ spec }) {
    for (const alert of alertsIn(spec)) yield* check(alert);
  };
}

export const alertNamespace: Rule = {
  name: "alert-namespace",
  severity: "error",
  kinds,
  title: "An alert without a namespace label",
  why: "The platform sends an alert to the team by its label `namespace`. Without one it is sent to nobody.",
  cure: "Add `labels: { namespace: your-team }` to the rule.",
  bad: plain.replace("            namespace: my-team\n", ""),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }) {
    if (!textAt(alert, "labels", "namespace"))
      yield { path, key: "labels", message: `\`${name}\` has no label \`namespace\`` };
  }),
};

export const alertSeverity: Rule = {
  name: "alert-severity",
  severity: "warning",
  kinds,
  title: "An alert without a severity that the platform knows",
  why: "How an alert looks, and how soon it comes again, follows from its label `severity`: critical, warning or info.",
  cure: "Add `labels: { severity: critical }`, or warning, or info.",
  bad: plain.replace("severity: critical", "severity: danger"),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }) {
    const severity = textAt(alert, "labels", "severity");
    if (severity && ["critical", "warning", "info"].includes(severity)) return;
    const message = severity ? `\`${severity}\` is not a severity` : `\`${name}\` has no label \`severity\``;
    yield { path: severity ? [...path, "labels", "severity"] : path, key: "labels", message };
  }),
};

export const alertAnnotations: Rule = {
  name: "alert-annotations",
  severity: "warning",
  kinds,
  title: "An alert that does not say what to do",
  why: "Who is woken reads `summary` (what happened), `consequence` (who suffers) and `action` (what to do).",
  cure: "Add the annotations that are missing.",
  bad: plain.replace(/\n {12}action: .*/, ""),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }) {
    const missing = ["summary", "consequence", "action"].filter((key) => !textAt(alert, "annotations", key));
    if (missing.length > 0)
      yield {
        path,
        key: "annotations",
        message: `\`${name}\` lacks the annotation${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`,
      };
  }),
};

export const alertSibling: Rule = {
  name: "alert-sibling",
  severity: "warning",
  kinds,
  title: "An alert that matches other jobs too",
  why: "`orders.*` matches the runs of `orders-archive` as well: their failures are taken for this job's.",
  cure: 'Anchor it on what follows the name: `job_name=~"orders-([0-9]+|manual-.+)"`.',
  bad: withExpr(failed.replaceAll("[0-9]+", ".*")),
  good: plain,
  check: forAlerts(function* ({ alert, path }) {
    const patterns = [...(textAt(alert, "expr") ?? "").matchAll(/\bjob_name\s*=~\s*["'`](.*?)["'`]/g)];
    const open = patterns
      .map(([, pattern = ""]) => pattern)
      .find((pattern) => /^\^?[a-z0-9-]+\.[*+]\$?$/.test(pattern));
    if (open === undefined) return;
    const name = open.replace(/^\^/, "").replace(/-?\.[*+]\$?$/, "");
    const hint = `Anchor it on what follows the name: \`job_name=~"${name}-([0-9]+|manual-.+)"\`.`;
    yield { path: [...path, "expr"], message: `\`${open}\` matches sibling jobs too`, hint };
  }),
};

export const alertSilent: Rule = {
  name: "alert-silent",
  severity: "warning",
  kinds,
  title: "An alert on age that is silent when there is nothing",
  why: "Without a single finished run there is no series, and an expression over no series fires never: the job that has never run is the one that nobody hears of.",
  cure: "Add `or absent(…)` over the same series, or compare with the job's own age as `nais-etl render` does.",
  bad: withExpr('time() - max(kube_job_status_completion_time{job_name=~"orders-[0-9]+"}) > 90000'),
  good: withExpr(
    'time() - max(kube_job_status_completion_time{job_name=~"orders-[0-9]+"}) > 90000 or absent(kube_job_status_completion_time{job_name=~"orders-[0-9]+"})',
  ),
  check: forAlerts(function* ({ alert, path }) {
    const expr = textAt(alert, "expr") ?? "";
    const isAge = /\btime\(\)\s*-/.test(expr) && /kube_(cron)?job_\w+_time\b/.test(expr);
    if (isAge && !/\babsent(_over_time)?\s*\(|\bor\b/.test(expr))
      yield { path: [...path, "expr"], message: "where there is no series, this is silent" };
  }),
};

export const alertLasting: Rule = {
  name: "alert-lasting",
  severity: "warning",
  kinds,
  title: "An alert on a failed job goes on after the next run has succeeded",
  why: "`kube_job_failed` stays until the failed Job itself is deleted, which with the default history is when the next one fails. A run that succeeds in between does not end the alert.",
  cure: "Compare the newest failed run with the newest success: see the example. Or, where the job has `ttlSecondsAfterFinished`, write `# nais-etl-ignore alert-lasting: why` on the line.",
  bad: withExpr('kube_job_failed{job_name=~"orders-[0-9]+"} > 0'),
  good: plain,
  check: forAlerts(function* ({ alert, path }) {
    const expr = (textAt(alert, "expr") ?? "").trim();
    if (
      /^(sum|max|count)?\s*(by\s*\(.*?\))?\s*\(?\s*kube_job_(status_)?failed\s*(\{[^}]*\})?\s*\)?\s*(>\s*0|>=\s*1|==\s*1)?$/.test(
        expr,
      )
    ) {
      const runs = /\bjob_name\s*=~?\s*("[^"]*"|'[^']*')/.exec(expr)?.[0] ?? 'job_name=~"NAME-[0-9]+"';
      yield {
        path: [...path, "expr"],
        message: "this fires until the failed Job is deleted, whatever happens after it",
        hint: `Compare the newest failed run with the newest success:\n${failedSince(runs)}`,
      };
    }
  }),
};
