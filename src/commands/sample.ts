/** `nais-etl sample`: writes samples of sources from the real thing, for local runs. */
import type { Context } from "../util/context.ts";
import { count } from "../util/error.ts";
import { shellWord } from "../util/shell-word.ts";
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
  const lines = [...intervalLines(sampled, pipeline), ...againLines(sampled, options)];
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

function textOf({ source, file, rows, key, replaced, before, declared }: Sampled): string[] {
  if (file === undefined) return [`${source}: its columns ${whereTo(declared, "stand")}`, ...asideLines(declared)];
  const notes = [
    ...(key === undefined ? [] : [`rows that join by ${key}`]),
    ...(replaced.length === 0 ? [] : [`pseudonyms in ${replaced.join(", ")}`]),
  ];
  const what = `${source}: ${count(rows!, "row")} in ${file}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
  const lines = [what, ...beforeLines(before)];
  return declared ? [...lines, `  \`sample:\` ${whereTo(declared, "stands")}`, ...asideLines(declared)] : lines;
}

function beforeLines(before: Sampled["before"]): string[] {
  if (before === undefined) return [];
  const { file, kept, tests } = before;
  const readers = tests.length === 0 ? "" : `, and ${tests.join(", ")} give${tests.length === 1 ? "s" : ""} its rows`;
  return [`  other rows stood there${readers}. To have them back: cp ${shellWord(kept)} ${shellWord(file)}`];
}

function whereTo(declared: Sampled["declared"], stands: "stand" | "stands"): string {
  if (declared!.isWritten) return `${stands} in pipeline.yaml now`;
  return `${stands === "stand" ? "are" : "is"} to be added to pipeline.yaml by you:`;
}

function asideLines(declared: Sampled["declared"]): string[] {
  return declared && !declared.isWritten ? declared.lines.map((line) => `    ${line}`) : [];
}

/** Which columns hold personal data, only their author can say: no row is written before. */
function againLines(sampled: Sampled[], options: SampleCommandOptions): string[] {
  if (sampled.every(({ file }) => file !== undefined)) return [];
  return [
    "No row is written yet: mark personal data in these columns first, and it gets pseudonyms: name: { type: STRING, sensitive: true }.",
    `Then, for the rows: ${again(options)}`,
  ];
}

function again({
  sources,
  dir,
  pipeline,
  target,
  rows,
  key,
  interval,
  param = {},
  force,
}: SampleCommandOptions): string {
  const given = { dir, pipeline, target, rows, key, interval };
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${shellWord(String(value))}`],
  );
  const params = Object.entries(param).map(([name, value]) => `--param ${shellWord(`${name}=${value}`)}`);
  return ["nais-etl sample", ...sources, ...options, ...params, ...(force ? ["--force"] : [])].join(" ");
}
