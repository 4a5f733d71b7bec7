import { textAt, type Rule } from "../rule.ts";
import { failed, failedSince, forAlerts, kinds, plain, withExpr } from "./alert.ts";

const isOpen = (pattern: string) => /^\^?[a-z0-9-]+\.[*+]\$?$/.test(pattern);

/** `orders-([0-9]+|manual-.+)` for `orders.*`. */
function anchored(open: string): string {
  return `${open.replace(/^\^/, "").replace(/-?\.[*+]\$?$/, "")}-([0-9]+|manual-.+)`;
}

export const alertSibling: Rule = {
  name: "alert-sibling",
  severity: "warning",
  kinds,
  title: "An alert that matches other jobs too",
  why: "`orders.*` matches the runs of `orders-archive` as well: their failures are taken for this job's.",
  cure: 'Anchor it on what follows the name: `job_name=~"orders-([0-9]+|manual-.+)"`.',
  bad: withExpr(failed.replaceAll("[0-9]+", ".*")),
  good: withExpr(failed.replaceAll("[0-9]+", "([0-9]+|manual-.+)")),
  check: forAlerts(function* ({ alert, path }) {
    const patterns = [...(textAt(alert, "expr") ?? "").matchAll(/\bjob_name\s*=~\s*["'`](.*?)["'`]/g)];
    const open = patterns.map(([, pattern = ""]) => pattern).find(isOpen);
    if (open === undefined) return;
    const everywhere = patterns.length > 1 ? ", in each place" : "";
    const hint = `Anchor it on what follows the name: \`job_name=~"${anchored(open)}"\`${everywhere}.`;
    yield { path: [...path, "expr"], message: `\`${open}\` matches sibling jobs too`, hint };
  }),
};

export const alertSilent: Rule = {
  name: "alert-silent",
  severity: "warning",
  kinds,
  title: "An alert on age that is silent when there is nothing",
  why: "Without a single finished run there is no series, and an expression over no series never fires: the job that has never run is the one that nobody hears of.",
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
      const runs = runsIn(expr);
      yield {
        path: [...path, "expr"],
        message: "this fires until the failed Job is deleted, whatever happens after it",
        hint: `The first half is the newest run that failed, the second the newest that succeeded; a success after it ends the alert:\n${failedSince(runs)}`,
      };
    }
  }),
};

/** The matcher of an expression's runs, without siblings. */
function runsIn(expr: string): string {
  const [matcher = 'job_name=~"NAME-[0-9]+"', pattern = ""] = /\bjob_name\s*=~?\s*["'](.*?)["']/.exec(expr) ?? [];
  return isOpen(pattern) ? matcher.replace(pattern, () => anchored(pattern)) : matcher;
}
