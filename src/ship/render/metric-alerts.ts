/**
 * Alerts on what runs have pushed to the Pushgateway.
 *
 * Pushed series never expire: each alert asks besides that the job is still there, and was there when they were pushed.
 */
import type { DeclaredCheck } from "../../spec/check.ts";
import { freshnessName } from "../../spec/check.ts";
import { placeOf } from "../../spec/consistency.ts";
import { durationSeconds } from "../../spec/duration.ts";
import { metricOwner, metrics, type MetricName } from "../../spec/metric.ts";
import type { Output } from "../../spec/output.ts";
import type { Pipeline } from "../../spec/pipeline.ts";
import { bytesOf, effectiveResource } from "../../spec/resources.ts";
import { makeAlert, type Alert, type Subject } from "./alert.ts";
import { createdAt, lines } from "./run-alerts.ts";

/** What is usual is what held for most of this time; and nothing is, before a job has run for half of it. */
const usualTime = "14d";
const youth = "7d";

export function metricAlerts(subject: Subject): Alert[] {
  return [slow(subject), ...memory(subject), ...rows(subject), ...stale(subject)];
}

/** A series of the pipeline's: `nais_etl_rows_written{pipeline="orders",team="my-team",output="a"}`. */
export function series(subject: Subject, name: MetricName, labels: Record<string, string> = {}): string {
  const owner = metricOwner({ name: subject.pipeline.spec.name, team: subject.namespace });
  const pairs = Object.entries({ ...owner, ...labels }).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${metrics[name].name}{${pairs.join(", ")}}`;
}

/** A job of seconds may take twice as long on a busy node: hence the minute. */
function slow(subject: Subject): Alert {
  const { name } = subject;
  const duration = series(subject, "duration");
  return makeAlert(subject, {
    kind: "Slow",
    expr: lines(
      `max(${duration}) > 2 * ${usual(duration)} + 60`,
      `  and max(${duration} offset ${youth})`,
      `  and ${isOfThisJob(subject)}`,
    ),
    for: "1m",
    severity: "warning",
    summary: `The newest run of ${name} took more than twice as long as usual`,
    consequence: "Readers get their data later; a run that goes on getting slower is ended at its deadline.",
    action: "The log has a line with rows and seconds for each step: did one read more than usual, or wait?",
  });
}

/** What a process is killed above. The engine leaves a tenth of it free, and goes to disk instead. */
function memory(subject: Subject): Alert[] {
  const { name, spec } = subject;
  const limit = effectiveResource(spec, "limits", "memory");
  const bytes = bytesOf(limit);
  if (bytes === undefined) return [];
  return [
    makeAlert(subject, {
      kind: "Memory",
      expr: lines(`max(${series(subject, "peakMemory")}) > 0.95 * ${bytes}`, `  and ${isOfThisJob(subject)}`),
      for: "1m",
      severity: "warning",
      summary: `The newest run of ${name} came near its memory limit of ${limit}`,
      consequence: "With a little more data it is killed, and nothing new is published.",
      action: `Raise \`nais: { resources: { limits: { memory: … } } }\` in pipeline.yaml, or reduce in \`query:\`.`,
    }),
  ];
}

function rows(subject: Subject): Alert[] {
  const { spec } = subject.pipeline;
  const outputs = Object.entries(spec.outputs ?? {});
  return outputs.flatMap(([name, output]) => {
    const bounds = boundsOf(spec, output.model ?? name);
    if (bounds.length > 0) return bounds.map((one) => rowsOutside({ subject, name, output, bounds: one }));
    // Where each run adds rows, how many differs by the day of the week.
    return (output.write ?? "replace") === "replace" ? [rowsUnusual({ subject, name, output })] : [];
  });
}

type Bounds = NonNullable<DeclaredCheck["row_count"]>;

/** How many rows a table may have as a whole. */
function boundsOf(spec: Pipeline, table: string): Bounds[] {
  const checks = spec.models?.[table]?.checks ?? spec.sources?.[table]?.checks ?? [];
  return checks.flatMap(({ row_count: bounds, where }) => (bounds && where === undefined ? [bounds] : []));
}

interface Rows {
  subject: Subject;
  /** The output's. */
  name: string;
  output: Output;
}

function rowsOutside({ subject, name, output, bounds: { min, max } }: Rows & { bounds: Bounds }): Alert {
  const written = `max(${series(subject, "rowsWritten", { output: name })})`;
  const outside = [
    { is: "<", bound: min, words: "at least" },
    { is: ">", bound: max, words: "at most" },
  ].filter(({ bound }) => bound !== undefined);
  return rowsAlert({
    subject,
    name,
    output,
    exprs: outside.map(({ is, bound }) => `${written} ${is} ${bound}`),
    summary: `did not publish ${outside.map(({ words, bound }) => `${words} ${bound}`).join(" and ")} rows to \`${name}\``,
  });
}

/** Of a table of very few rows, twice as many say nothing. */
const leastRows = 5;

function rowsUnusual({ subject, name, output }: Rows): Alert {
  const selector = series(subject, "rowsWritten", { output: name });
  return rowsAlert({
    subject,
    name,
    output,
    exprs: [`max(${selector}) < 0.5 * ${usual(selector)}`, `max(${selector}) > 2 * ${usual(selector)}`],
    onlyIf: [
      `abs(max(${selector}) - ${usual(selector)}) >= ${leastRows}`,
      // Of a job that is old enough.
      `max(${selector} offset ${youth})`,
    ],
    summary: `published less than half, or more than twice, as many rows to \`${name}\` as usual`,
  });
}

function rowsAlert({ subject, output, exprs, onlyIf = [], summary }: Rows & RowsText): Alert {
  const conditions = [...onlyIf, isOfThisJob(subject)];
  return makeAlert(subject, {
    kind: "Rows",
    expr: lines("(", `  ${exprs.join("\n  or ")}`, ")", ...conditions.map((condition) => `  and ${condition}`)),
    for: "1m",
    severity: "warning",
    summary: `The newest run of ${subject.name} ${summary}`,
    consequence: `Who reads ${placeOf(output)} may miss rows, or get too many.`,
    action: "The log has the rows of each source and model: where does the number change?",
  });
}

interface RowsText {
  exprs: string[];
  onlyIf?: string[];
  summary: string;
}

/** As old as the check allows, when the run was due. It fires also for a check of severity warn. */
function stale(subject: Subject): Alert[] {
  const { sources, models } = subject.pipeline.spec;
  return Object.entries({ ...sources, ...models }).flatMap(([table, { checks }]) =>
    (checks ?? []).flatMap(({ name, freshness }) =>
      freshness ? [staleTable({ subject, table, check: name ?? freshnessName(freshness.column), ...freshness })] : [],
    ),
  );
}

interface Stale {
  subject: Subject;
  table: string;
  check: string;
  within: string;
}

function staleTable({ subject, table, check, within }: Stale): Alert {
  const age = `max(${series(subject, "dataAge", { table, check })})`;
  return makeAlert(subject, {
    kind: "Stale",
    expr: lines(`${age} > ${durationSeconds(within)}`, `  and ${isOfThisJob(subject)}`),
    for: "1m",
    severity: "warning",
    summary: `The newest row of \`${table}\` was older than ${within} when ${subject.name} was due`,
    consequence: `What ${subject.name} publishes is made of old rows.`,
    action: `Ask the owner of the data that \`${table}\` is made of; then run ${subject.name} again.`,
  });
}

/** A run that takes another time than the others changes the middle of them little. */
export function usual(selector: string): string {
  return `max(quantile_over_time(0.5, ${selector}[${usualTime}]))`;
}

/** Pushed since the job was made: nothing of a job that is deleted, or of one of the same name before it. */
function isOfThisJob(subject: Subject): string {
  return `max(${series(subject, "lastRun")}) > ${createdAt(subject)}`;
}
