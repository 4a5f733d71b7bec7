import { applicationSchema } from "./application.ts";
import { naisjobSchema } from "./naisjob.ts";
import { prometheusRuleSchema } from "./prometheus-rule.ts";

/** The kinds of resources that are known here, each with its schema. */
export const schemas = { Naisjob: naisjobSchema, Application: applicationSchema, PrometheusRule: prometheusRuleSchema };
export type Kind = keyof typeof schemas;

export function isKnownKind(kind: unknown): kind is Kind {
  return typeof kind === "string" && Object.hasOwn(schemas, kind);
}
