/** What pipeline.yaml may say, but cannot be run yet: refused before any work, never ignored. */
import type { Problem } from "../util/error.ts";
import type { Path } from "../spec/document.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import type { DeclaredCheck } from "../spec/check.ts";

/** By target: what `local` reads besides samples, and what the others do. */
const builtSources = { local: new Set(["file"]), others: new Set(["file", "bigquery", "http"]) };
const builtOutputs = new Set(["file", "bigquery"]);

/** Every part of the pipeline that a run on this target would need and that is not built. */
export function unsupported(pipeline: LoadedPipeline): Problem[] {
  const missing = pipeline.target === localTarget ? missingSamples(pipeline) : [];
  const parts = [...unsupportedParts(pipeline)].map(({ path, what, hint }): Problem => ({
    severity: "error",
    rule: "not-supported-yet",
    message: `${what} is not supported yet`,
    hint: hint ?? "Remove it for now.",
    where: pipeline.where(path),
  }));
  return [...missing, ...parts];
}

/** What other targets read, the local one reads from a sample. */
function missingSamples({ spec, where }: LoadedPipeline): Problem[] {
  const sources = Object.entries(spec.sources ?? {});
  const lacking = sources.filter(([, { type, sample }]) => sample === undefined && isRemote(type));
  return lacking.map(([name, { type }]) => ({
    severity: "error",
    rule: "no-sample",
    message: `the source \`${name}\` has no \`sample\`: target local reads that, and asks no ${type === "http" ? "server" : "BigQuery"}`,
    hint: `Let one be written from the real thing: nais-etl sample ${name}. Or write it: sample: data/${name}.csv.`,
    where: where(["sources", name, "type"]),
  }));
}

function isRemote(type: string): boolean {
  return builtSources.others.has(type) && !builtSources.local.has(type);
}

interface Part {
  path: Path;
  what: string;
  hint?: string;
}

function* unsupportedParts(pipeline: LoadedPipeline): Generator<Part> {
  const { spec, target } = pipeline;
  const local = target === localTarget;
  if (spec.engine === "bigquery") yield { path: ["engine"], what: "`engine: bigquery`" };
  for (const [name, source] of Object.entries(spec.sources ?? {})) {
    const path = ["sources", name];
    if (!builtSources.others.has(source.type) && !(local && source.sample !== undefined)) {
      yield {
        path: [...path, "type"],
        what: `reading from a source of type \`${source.type}\``,
        hint: local
          ? "Add `sample: data/FILE.csv`: the local target reads that instead."
          : "It runs on target local, from its sample.",
      };
    }
    if (source.cursor && source.type !== "bigquery") yield { path: [...path, "cursor"], what: "`cursor`" };
    if (!local && source.type !== "bigquery") yield* waitParts(source.checks, [...path, "checks"]);
  }
  for (const [name, model] of Object.entries(spec.models ?? {})) {
    const path = ["models", name];
    if (model.dbt) yield { path: [...path, "dbt"], what: "`dbt` of a model" };
  }
  for (const [name, output] of Object.entries(spec.outputs ?? {})) {
    const path = ["outputs", name];
    const built = builtOutputs.has(output.type);
    if (!built)
      yield {
        path: [...path, "type"],
        what: `writing to an output of type \`${output.type}\`${local ? "" : ` on target ${target}`}`,
      };
    if (output.keep && output.type !== "bigquery")
      yield { path: [...path, "keep"], what: `\`keep\` of an output of type \`${output.type}\`` };
  }
  if (!local && spec.notify) yield { path: ["notify"], what: "`notify`" };
}

/** A sample gets no newer by waiting; what a target reads may. */
function* waitParts(checks: readonly DeclaredCheck[] | undefined, path: Path): Generator<Part> {
  for (const [i, { freshness }] of (checks ?? []).entries())
    if (freshness?.wait) yield { path: [...path, i, "freshness", "wait"], what: "`wait` of a freshness check" };
}
