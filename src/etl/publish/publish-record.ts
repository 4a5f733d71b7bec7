/** What the publish transaction notes besides the rows: the same in every store. */
import { restoreMode } from "./past-publish.ts";
import type { PublishParts } from "./store.ts";

interface Part {
  output: string;
  mode: string;
  rows: number;
}

function partsOf({ tables, files, restores = [] }: Pick<PublishParts, "tables" | "files" | "restores">): Part[] {
  return [
    ...tables.map(({ output, plan, rows }) => ({ output, mode: plan.mode, rows })),
    ...restores.map(({ output, rows }) => ({ output, mode: restoreMode, rows })),
    ...files,
  ];
}

/** Rows of `_nais_etl_publishes`. */
export function publishRows(pipeline: string, parts: PublishParts) {
  const { id, at, corrections = [] } = parts;
  const own = partsOf(parts).map((part) => ({ ...part, runId: id.runId, generation: id.generation }));
  return [...own, ...corrections].map(({ output, runId, generation, mode, rows }) => {
    const of = { pipeline, output, run_id: runId, execution: id.execution, generation };
    return { ...of, write_mode: mode, rows, published_at: at };
  });
}

/** Rows of `_nais_etl_cursors`. */
export function markRows(pipeline: string, { id, at, marks }: PublishParts) {
  const { runId, execution } = id;
  return Object.entries(marks).map(([source, mark]) => {
    return { pipeline, source, mark, run_id: runId, execution, marked_at: at };
  });
}

/** Those that must be published once per run id and generation. */
export function appendedOutputs(parts: PublishParts): string[] {
  return partsOf(parts)
    .filter(({ mode }) => mode === "append")
    .map(({ output }) => output);
}
