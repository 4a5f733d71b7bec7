import { fieldsAt, textAt, type Fields, type Rule } from "../rule.ts";
import { forAlerts, kinds, plain } from "./alert.ts";

export const alertNamespace: Rule = {
  name: "alert-namespace",
  severity: "error",
  kinds,
  title: "An alert without a namespace label, or with another team's",
  why: "The platform sends an alert to the team by its label `namespace`. Without one it is sent to nobody; with another namespace than the file's own (a warning), to another team.",
  cure: "Give the rule the label `namespace`, with the namespace of the file.",
  bad: plain.replace("            namespace: my-team\n", ""),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }, { metadata }) {
    const own = ownerOf(metadata);
    const label = textAt(alert, "labels", "namespace");
    const message = `\`${name}\` has no label \`namespace\``;
    if (!label) yield { path, key: "labels", message, hint: labelCure(alert, own) };
    // Prometheus may fill it in.
    else if (own !== undefined && label !== own && !label.includes("{{"))
      yield {
        path: [...path, "labels", "namespace"],
        severity: "warning",
        message: `\`${name}\` is sent to \`${label}\`, not to \`${own}\`, where this file belongs`,
        hint: `Write \`namespace: ${own}\`.`,
      };
  }),
};

/** The namespace of the file. */
function ownerOf(metadata: Fields): string | undefined {
  return textAt(metadata, "namespace") ?? textAt(metadata, "labels", "team");
}

/** The whole map of labels as it should be: a second one beside the first would be an error. */
function labelCure(alert: Fields, own = "NAMESPACE"): string {
  const labels = fieldsAt(alert, "labels");
  const text = inlineMap({ ...labels, namespace: own, severity: severityOf(alert) ?? "critical" });
  return labels ? `Write \`labels: ${text}\`.` : `Add \`labels: ${text}\` to the rule.`;
}

const severities = ["critical", "warning", "info"];

function severityOf(alert: Fields): string | undefined {
  return severities.find((severity) => severity === textAt(alert, "labels", "severity"));
}

function inlineMap(map: Fields): string {
  const pairs = Object.entries(map).map(([key, value]) => `${key}: ${inlineText(String(value))}`);
  return `{ ${pairs.join(", ")} }`;
}

const inlineText = (text: string) => (/^[a-z][\w.-]*$/i.test(text) ? text : JSON.stringify(text));

export const alertSeverity: Rule = {
  name: "alert-severity",
  severity: "warning",
  kinds,
  title: "An alert without a severity that the platform knows",
  why: "How an alert looks, and how soon it comes again, follows from its label `severity`: critical, warning or info.",
  cure: "Add `labels: { severity: critical }`, or warning, or info.",
  bad: plain.replace("severity: critical", "severity: danger"),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }, { metadata }) {
    const severity = textAt(alert, "labels", "severity");
    if (severityOf(alert)) return;
    const others = "Or warning, or info.";
    if (severity) {
      const [message, hint] = [`\`${severity}\` is not a severity`, `Write \`severity: critical\`. ${others}`];
      yield { path: [...path, "labels", "severity"], message, hint };
      return;
    }
    const hint = `${labelCure(alert, ownerOf(metadata))} ${others}`;
    yield { path, key: "labels", message: `\`${name}\` has no label \`severity\``, hint };
  }),
};

export const alertAnnotations: Rule = {
  name: "alert-annotations",
  severity: "warning",
  kinds,
  title: "An alert that does not say what to do",
  why: "Who is woken reads `summary` (what happened), `consequence` (who suffers) and `action` (what to do).",
  cure: "Add `annotations: { summary: what is wrong, consequence: what users notice, action: what to do }`.",
  bad: plain.replace(/\n {12}action: .*/, ""),
  good: plain,
  check: forAlerts(function* ({ name, alert, path }) {
    const missing = Object.keys(whatToSay).filter((key) => !textAt(alert, "annotations", key));
    const message = `\`${name}\` lacks the annotation${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
    if (missing.length > 0) yield { path, key: "annotations", message, hint: annotationCure(alert, missing) };
  }),
};

const whatToSay: Record<string, string> = {
  summary: "what is wrong",
  consequence: "what users notice",
  action: "what to do",
};

function annotationCure(alert: Fields, missing: readonly string[]): string {
  const pairs = missing.map((key) => `${key}: ${whatToSay[key]}`);
  return fieldsAt(alert, "annotations")
    ? `Add to \`annotations\`: ${pairs.map((pair) => `\`${pair}\``).join(", ")}.`
    : `Add \`annotations: { ${pairs.join(", ")} }\`.`;
}
