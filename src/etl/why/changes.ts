/** What was different in a run, compared with the last good one before it. */
import { formatBytes } from "../../util/bytes.ts";
import { formatNumber } from "../../util/error.ts";
import { formatMemory } from "../../spec/resources.ts";
import type { RunRecord } from "../record/run-record.ts";

export interface Change {
  /** `rows of source apps`, `image`. */
  what: string;
  before: string;
  after: string;
  kind: "rows" | "bytes" | "schema" | "code" | "image" | "version" | "params" | "memory" | "time";
}

/** Amounts that differ by less are what they always are. */
const leastShare = 0.1;

export function changesBetween(good: RunRecord, run: RunRecord): Change[] {
  return [
    ...outputChanges(good, run),
    ...sourceChanges(good, run),
    ...textChange("code", "revision", short(good.revision), short(run.revision)),
    ...(good.revision === run.revision || !run.revision
      ? textChange("code", "pipeline.yaml and models (their hash)", short(good.source_digest), short(run.source_digest))
      : []),
    ...textChange("image", "image", good.image, run.image),
    ...textChange("version", "nais-etl", good.nais_etl, run.nais_etl),
    ...textChange("params", "parameters", paramsOf(good), paramsOf(run)),
    ...peakChange(good.peak_memory_bytes, run.peak_memory_bytes),
    ...amountChange("memory", "memory limit", [good.memory_limit_bytes, run.memory_limit_bytes], formatMemory),
  ];
}

/** Of a run that failed nothing is known of them. */
function outputChanges(good: RunRecord, run: RunRecord): Change[] {
  return run.outputs.flatMap(({ name, status, rows }) => {
    const was = good.outputs.find((output) => output.name === name);
    if (status !== "published" || was?.status !== "published") return [];
    return amountChange("rows", `rows of output ${name}`, [was.rows, rows], formatNumber);
  });
}

function sourceChanges(good: RunRecord, run: RunRecord): Change[] {
  return run.sources.flatMap((source) => {
    const was = good.sources.find(({ name }) => name === source.name);
    if (!was || source.status === "failed") return [];
    const name = `of source ${source.name}`;
    const rows = amountChange("rows", `rows ${name}`, [was.rows, source.rows], formatNumber);
    const bytes = amountChange("bytes", `bytes ${name}`, [was.bytes, source.bytes], formatBytes);
    return [
      // More rows are more bytes.
      ...(rows.length > 0 ? rows : bytes),
      ...(was.schema_digest === undefined
        ? []
        : textChange("schema", `columns ${name}`, was.schema_digest, source.schema_digest)),
    ];
  });
}

function textChange(
  kind: Change["kind"],
  what: string,
  before: string | undefined,
  after: string | undefined,
): Change[] {
  return before === after ? [] : [{ kind, what, before: before || "none", after: after || "none" }];
}

/** Of a run that was killed nothing was measured: 0 is no amount. */
function amountChange(
  kind: Change["kind"],
  what: string,
  [before, after]: [number | undefined, number | undefined],
  format: (amount: number) => string,
): Change[] {
  if (before === undefined || after === undefined || (kind === "memory" && (before === 0 || after === 0))) return [];
  if (Math.abs(after - before) <= leastShare * Math.max(before, after)) return [];
  return [{ kind, what, before: format(before), after: format(after) }];
}

/** Who fails early, has needed less. */
function peakChange(before: number | undefined, after: number | undefined): Change[] {
  return (after ?? 0) > (before ?? 0) ? amountChange("memory", "most memory", [before, after], formatMemory) : [];
}

/** A hash is compared, not read. */
function short(hash: string | undefined): string | undefined {
  return hash?.slice(0, 12);
}

function paramsOf({ params }: RunRecord): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** How many times as many rows of its sources a run has read; the greatest growth counts. */
export function growthOf(
  good: RunRecord,
  run: RunRecord,
): { source: string; before: number; after: number } | undefined {
  const grown = run.sources.flatMap(({ name, rows }) => {
    const before = good.sources.find((source) => source.name === name)?.rows;
    return rows && before ? [{ source: name, before, after: rows }] : [];
  });
  return grown.toSorted((a, b) => b.after / b.before - a.after / a.before)[0];
}
