/** `nais-etl sample`: writes samples of sources from the real thing, for local runs. */
import type { Context } from "../util/context.ts";
import { count } from "../util/error.ts";
import { findPipeline } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget } from "../spec/target.ts";
import type { Sampled } from "../etl/sample/finish-sample.ts";
import { sampleSources } from "../etl/sample/sample.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface SampleCommandOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  sources: string[];
  rows?: number;
  key?: string;
  interval?: string;
  param?: Record<string, string>;
  force?: boolean;
  json?: boolean;
}

const usualRows = 100;

export async function sample(options: SampleCommandOptions, context: Context): Promise<void> {
  const { sources, rows = usualRows, key, interval, param: params = {}, force = false, json } = options;
  const target = options.target ?? baseTarget;
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), target }, context);
  const sampled = await sampleSources({ pipeline, sources, rows, key, interval, params, force }, context);
  if (json) return context.print(JSON.stringify(sampled, undefined, 2));
  for (const one of sampled) context.print(textOf(one).join("\n"));
  const lines = intervalLines(sampled, pipeline);
  if (lines.length > 0) context.print(lines.join("\n"));
}

/** A local run is for the interval that pipeline.yaml names: on rows of another one, its models find nothing. */
function intervalLines(sampled: Sampled[], { spec }: LoadedPipeline): string[] {
  const label = sampled.find((one) => one.interval !== undefined)?.interval;
  if (!spec.interval || label === undefined || label === spec.interval.sample) return [];
  const says = spec.interval.sample === undefined ? "does not say so" : `says ${spec.interval.sample}`;
  return [
    `These are rows of ${label}, and pipeline.yaml ${says}. For local runs on them, write there:`,
    `    interval: { every: ${spec.interval.every}, sample: ${label} }`,
  ];
}

function textOf({ source, file, rows, key, replaced, declared }: Sampled): string[] {
  if (file === undefined)
    return [`${source}: its columns ${whereTo(declared)}`, ...asideLines(declared), ...declareHint(source)];
  const notes = [
    ...(key === undefined ? [] : [`rows that join by ${key}`]),
    ...(replaced.length === 0 ? [] : [`pseudonyms in ${replaced.join(", ")}`]),
  ];
  const lines = [`${source}: ${count(rows!, "row")} in ${file}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`];
  return declared ? [...lines, `  \`sample:\` ${whereTo(declared)}`, ...asideLines(declared)] : lines;
}

function whereTo(declared: Sampled["declared"]): string {
  return declared!.isWritten ? "stands in pipeline.yaml now" : "is to be added to pipeline.yaml by you:";
}

function asideLines(declared: Sampled["declared"]): string[] {
  return declared && !declared.isWritten ? declared.lines.map((line) => `    ${line}`) : [];
}

function declareHint(source: string): string[] {
  return [
    "  Mark personal data there: name: { type: STRING, sensitive: true }. It then gets pseudonyms.",
    `  After that, write the sample: nais-etl sample ${source}`,
  ];
}
