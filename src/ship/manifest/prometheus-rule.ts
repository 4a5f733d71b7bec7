/** The PrometheusRule (`monitoring.coreos.com/v1`) of the Prometheus operator: alerts. */
import { z } from "zod";
import { metadata } from "./schema/metadata.ts";

/** `1h30m`, each unit once, from the largest to the smallest. */
const durationPattern = /^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$/;
const duration = z.string().regex(durationPattern, "is not a duration in Prometheus: write 5m or 1h30m");
const texts = z.record(z.string(), z.string());

const rule = z.strictObject({
  alert: z.string().optional().describe("Name of the alert"),
  record: z.string().optional().describe("Name of the series that the expression makes"),
  expr: z.union([z.string(), z.int()]).describe("PromQL; every series that it returns is an alert"),
  for: duration.optional().describe("How long it must hold before the alert fires"),
  keep_firing_for: duration.min(1).optional().describe("How long the alert goes on after it no longer holds"),
  labels: texts.optional().describe("Labels: namespace, severity"),
  annotations: texts.optional().describe("Words for people: summary, consequence, action"),
});

const group = z.strictObject({
  name: z.string().min(1).describe("Name of the group"),
  interval: duration.optional().describe("How often the rules are looked at"),
  rules: z.array(rule).optional().describe("The rules"),
  labels: texts.optional().describe("Labels added to every rule"),
  limit: z.int().optional().describe("Most alerts of one rule"),
  query_offset: duration.optional().describe("How far back the data of a look lies"),
  partial_response_strategy: z
    .string()
    .regex(/^(abort|warn)?$/i, "is neither abort nor warn")
    .optional()
    .describe("What Thanos does with half an answer"),
});

/** The operator's definition tells groups apart by their names. */
function twiceNamed(groups: readonly { name: string }[], context: z.RefinementCtx): void {
  for (const [i, { name }] of groups.entries()) {
    if (groups.findIndex((other) => other.name === name) === i) continue;
    const params = { hint: "Give each group a name of its own." };
    context.addIssue({
      code: "custom",
      path: [i, "name"],
      message: `\`${name}\` is the name of another group`,
      params,
    });
  }
}

export const prometheusRuleSchema = z
  .strictObject({
    apiVersion: z.literal("monitoring.coreos.com/v1"),
    kind: z.literal("PrometheusRule"),
    metadata: metadata.describe("Name, namespace and labels"),
    spec: z
      .strictObject({ groups: z.array(group).superRefine(twiceNamed).optional().describe("Groups of rules") })
      .describe("The rules"),
    status: z.unknown().optional().describe("Filled in by the operator"),
  })
  .describe("Alerts");
