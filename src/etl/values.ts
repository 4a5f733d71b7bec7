/** The values of a run: parameters from command line and environment, references, and what `$name` is bound to. */
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { didYouMean } from "../util/suggest.ts";
import type { Path } from "../spec/document.ts";
import type { Interval } from "../spec/interval.ts";
import { boundValue } from "../spec/interval-bound.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { parseParam, type ParamType, type ParamValue } from "../spec/param.ts";
import { findReferences, replaceReferences } from "../spec/reference.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Source } from "../spec/source.ts";
import { localTarget } from "../spec/target.ts";
import type { Dialect } from "./engine/dialect.ts";
import { replaceParameters } from "./transform/sql-text.ts";

export interface RunValues {
  params: Record<string, { type: ParamType; value: ParamValue }>;
  interval: Interval | undefined;
  /** Undefined where nothing is read but samples. */
  secrets?: Secrets;
}

/**
 * Parameters, checked before any work: command line, then PARAM_NAME, then the default.
 * @throws {EtlError} `usage` with every problem: unknown names, values outside their range, missing ones.
 */
export function resolveParams({
  pipeline,
  given,
  context,
}: {
  pipeline: LoadedPipeline;
  given: Record<string, string>;
  context: Context;
}): RunValues["params"] {
  const specs = pipeline.spec.params ?? {};
  const problems: Problem[] = [];
  const add = (message: string, hint?: string) => problems.push({ severity: "error", message, ...(hint && { hint }) });
  for (const name of Object.keys(given))
    if (!Object.hasOwn(specs, name)) add(`there is no parameter \`${name}\``, didYouMean(name, Object.keys(specs)));
  const params: RunValues["params"] = {};
  for (const [name, spec] of Object.entries(specs)) {
    const variable = `PARAM_${name.toUpperCase()}`;
    const text =
      given[name] ?? context.env[variable] ?? (spec.default === undefined ? undefined : String(spec.default));
    if (text === undefined) {
      add(
        `the parameter \`${name}\` is not given, and has no default`,
        `Add --param ${name}=VALUE, or set ${variable}.`,
      );
      continue;
    }
    if (holdsSecret(text, context.log)) {
      add(`the value of the parameter \`${name}\` is or holds a secret`, paramHint);
      continue;
    }
    const parsed = parseParam(text, spec, context.now());
    if ("problem" in parsed)
      add(
        `parameter \`${name}\`: ${parsed.problem}`,
        `From ${given[name] !== undefined ? "--param" : context.env[variable] !== undefined ? variable : "its default"}.`,
      );
    else params[name] = { type: spec.type, value: parsed.value };
  }
  if (problems.length > 0) throw new EtlError({ code: "usage", message: "parameters are not valid", problems });
  return params;
}

/** A short secret may stand in a longer text by chance. */
const noChance = 8;

function holdsSecret(text: string, { scrub }: Logger): boolean {
  const rest = scrub(text).replaceAll("***", "");
  const hidden = text.replaceAll("***", "").length - rest.length;
  return hidden > 0 && (rest === "" || hidden >= noChance);
}

const paramHint =
  "Parameters stand in queries and in the run's record. Where a source or an output needs it, write ${secret:NAME}.";

/** A function that puts typed literals in place of `$name`, in one dialect. */
export function bindValues({ params, interval }: RunValues, dialect: Dialect): (sql: string) => string {
  const literals = new Map(
    Object.entries(params).map(([name, { type, value }]) => [name, dialect.literal(String(value), { kind: type })]),
  );
  if (interval) {
    literals.set("interval_start", dialect.literal(interval.startValue, { kind: interval.type }));
    literals.set("interval_end", dialect.literal(interval.endValue, { kind: interval.type }));
  }
  return (sql) => replaceParameters(sql, (name) => literals.get(name));
}

/** Whether a run may read tables of BigQuery. */
export function readsBigQuery(pipeline: LoadedPipeline): boolean {
  return Object.keys(pipeline.spec.sources ?? {}).some((name) => isReadFromBigQuery(name, pipeline));
}

export function isReadFromBigQuery(name: string, pipeline: LoadedPipeline): boolean {
  const source = pipeline.spec.sources![name]!;
  return source.type === "bigquery" && !readsSample(source, pipeline);
}

/** What a run reads of a source. The local target reads the sample instead, and needs nothing that leads to the source itself. */
export function partToRead(source: Source, pipeline: LoadedPipeline): Source {
  if (!readsSample(source, pipeline)) return source;
  if (source.type === "file") return { ...source, path: "" };
  if (source.type === "http") return { ...source, url: "", query: undefined, headers: undefined, raw: undefined };
  const { type, columns, sample } = source;
  return { type, columns, sample } as Source;
}

/** The interval that samples stand for, where a local run of another one reads them all the same. */
export function samplesInterval(pipeline: LoadedPipeline, asked: string | undefined): string | undefined {
  const { interval, sources = {} } = pipeline.spec;
  if (interval?.sample === undefined || asked === undefined || asked === interval.sample) return undefined;
  return Object.values(sources).some((source) => readsSample(source, pipeline)) ? interval.sample : undefined;
}

/** Whether a run reads the source's sample in its place. */
function readsSample({ sample }: Source, { target }: LoadedPipeline): boolean {
  return target === localTarget && sample !== undefined;
}

/** What a run reads and publishes, by name. */
export interface Needed {
  sources?: string[];
  outputs?: string[];
}

/** The parts of the file that it uses for that. */
export function neededParts(
  pipeline: LoadedPipeline,
  { sources = [], outputs = [] }: Needed,
): { part: unknown; path: string[] }[] {
  const { spec } = pipeline;
  return [
    ...sources.map((name) => ({ part: partToRead(spec.sources![name]!, pipeline), path: ["sources", name] })),
    ...outputs.map((name) => ({ part: spec.outputs![name]!, path: ["outputs", name] })),
  ];
}

/**
 * A part of the pipeline with its references replaced.
 * @throws {EtlError} `usage`, listing every environment variable that is not set
 */
export function resolveReferences<T>(
  part: T,
  { values, pipeline, context, path }: { values: RunValues; pipeline: LoadedPipeline; context: Context; path: Path },
): T {
  const { references } = findReferences(part, (inner) => pipeline.where([...path, ...inner]));
  const missing = references.filter(({ kind, name }) => kind === "env" && context.env[name] === undefined);
  const problems = missing.map(({ name, path: inner }): Problem => ({
    severity: "error",
    message: `the environment variable ${name} is not set`,
    hint: "Set it before the run.",
    where: pipeline.where([...path, ...inner]),
  }));
  if (problems.length > 0) throw new EtlError({ code: "usage", message: "references cannot be resolved", problems });
  return replaceReferences(part, (kind, name) => {
    if (kind === "env") return context.env[name];
    if (kind === "secret") return secretOf(name, values);
    if (kind === "param") return String(values.params[name]?.value);
    return values.interval && boundValue(name, values.interval);
  });
}

function secretOf(name: string, { secrets }: RunValues): string {
  const value = secrets?.get(name);
  // A run reads the secrets of its parts before it uses them.
  if (value === undefined) throw new Error(`the secret ${name} was not read`);
  return value;
}
