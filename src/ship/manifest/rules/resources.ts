import { amountOf, effectiveResource } from "../../../spec/resources.ts";
import { numberAt, textAt, type Rule } from "../rule.ts";

export const resources: Rule = {
  name: "resources",
  severity: "error",
  kinds: ["Naisjob", "Application"],
  title: "More is asked for than is allowed",
  why: "A container may not ask for more than its limit. What the manifest leaves out counts too: the platform fills in requests of 200m and 256Mi, and a memory limit of 512Mi. The cluster refuses it after the deploy has succeeded.",
  cure: "Raise the limit, or lower the request.",
  bad: "resources:\n  requests:\n    memory: 1Gi",
  good: "resources:\n  requests:\n    memory: 1Gi\n  limits:\n    memory: 1Gi",
  *check({ spec }) {
    for (const key of ["cpu", "memory"] as const) {
      const [request, limit] = (["requests", "limits"] as const).map((part) => effectiveResource(spec, part, key));
      const [asked, allowed] = [amountOf(request, key), amountOf(limit, key)];
      if (asked === undefined || allowed === undefined || asked <= allowed) continue;
      const isDefault = (part: string) =>
        textAt(spec, "resources", part, key) === undefined ? " (the platform's default)" : "";
      const message = `\`requests.${key}\` is ${request}${isDefault("requests")}, \`limits.${key}\` only ${limit}${isDefault("limits")}`;
      yield { path: ["spec", "resources"], message };
    }
  },
};

const counts = [
  "activeDeadlineSeconds",
  "backoffLimit",
  "completions",
  "failedJobsHistoryLimit",
  "parallelism",
  "successfulJobsHistoryLimit",
  "ttlSecondsAfterFinished",
] as const;

export const negative: Rule = {
  name: "negative",
  severity: "error",
  kinds: ["Naisjob"],
  title: "A number below zero",
  why: "The platform takes any whole number here. The cluster refuses those below zero, after the deploy has succeeded.",
  cure: "Write 0 or more.",
  bad: "backoffLimit: -1",
  good: "backoffLimit: 0",
  *check({ spec }) {
    for (const key of counts) {
      const value = numberAt(spec, key);
      if (value !== undefined && value < 0) yield { path: ["spec", key], message: `\`${key}\` is ${value}` };
    }
  },
};

const historyDefaults = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 } as const;

export const historyZero: Rule = {
  name: "history-zero",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "A history of 0 runs is not kept at 0",
  why: "The platform takes 0 for nothing said, and fills in its default: 3 successful runs, 1 failed.",
  cure: "Remove it, or write the number of runs to keep.",
  bad: "successfulJobsHistoryLimit: 0",
  good: "successfulJobsHistoryLimit: 1",
  *check({ spec }) {
    for (const [key, value] of Object.entries(historyDefaults)) {
      if (numberAt(spec, key) === 0) yield { path: ["spec", key], message: `\`${key}: 0\` becomes ${value}` };
    }
  },
};

export const indexed: Rule = {
  name: "indexed",
  severity: "error",
  kinds: ["Naisjob"],
  title: "Indexed without the number of completions",
  why: "Each pod of an indexed run gets a number below `completions`. The cluster refuses it without one, after the deploy has succeeded.",
  cure: "Add `completions:`, or remove `completionMode`.",
  bad: "completionMode: Indexed",
  good: "completionMode: Indexed\ncompletions: 4",
  *check({ spec }) {
    if (textAt(spec, "completionMode") !== "Indexed" || numberAt(spec, "completions") !== undefined) return;
    yield { path: ["spec", "completionMode"], message: "`completionMode: Indexed` needs `completions`" };
  },
};
