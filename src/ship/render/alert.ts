/** What every alert on a pipeline has: its name, whom it is for, and words for who is woken. */
import { placeOf } from "../../spec/consistency.ts";
import { foundAt } from "../../spec/find.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { NaisjobSpec } from "../manifest/naisjob.ts";

export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: { summary: string; consequence: string; action: string };
}

/** The job that is watched. */
export interface Subject {
  name: string;
  namespace: string;
  pipeline: LoadedPipeline;
  spec: NaisjobSpec;
}

interface AlertText {
  /** The second half of its name. */
  kind: string;
  expr: string;
  for: string;
  severity: "critical" | "warning";
  summary: string;
  /** By default, that nothing new is published. */
  consequence?: string;
  /** Behind the command that says what happened; by default, that running it again is safe. */
  action?: string;
}

export function makeAlert(subject: Subject, { kind, expr, severity, summary, ...text }: AlertText): Alert {
  const { name, namespace } = subject;
  const { consequence = nothingNew(subject), action: own = "Running it again is safe at any time." } = text;
  const action = `${askWhy(subject)} ${own}`;
  return {
    alert: `${alertName(name)}${kind}`,
    expr,
    for: text.for,
    labels: { namespace, severity },
    annotations: { summary, consequence, action },
  };
}

/** What knows of the run more than the alert does. Without a target of its own, the file does not say which cluster it is for. */
function askWhy({ pipeline: { file, target } }: Subject): string {
  const { selected } = foundAt(file);
  const which = selected === undefined ? "" : ` --pipeline ${selected}`;
  return `What happened, and the command that mends it: nais-etl why${which} --target ${target || "CLUSTER"}.`;
}

function nothingNew({ pipeline }: Subject): string {
  const outputs = Object.values(pipeline.spec.outputs ?? {}).map(placeOf);
  if (outputs.length === 0) return "Nothing new is published.";
  return `${outputs.join(", ")} ${outputs.length > 1 ? "keep" : "keeps"} the rows of the run before.`;
}

/** `apps-per-env` becomes `AppsPerEnv`. */
function alertName(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
