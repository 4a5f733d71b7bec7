/** What publishing would change in the columns of destinations: new tables, new columns, and what has to be asked for. */
import type { LoadedPipeline } from "../../spec/load.ts";
import { placeOf } from "../../spec/consistency.ts";
import { formatType, type Type } from "../../spec/type.ts";
import { compareColumns, type ColumnChanges } from "./compare-columns.ts";
import type { TableColumns } from "./data-diff.ts";

export interface SchemaChange extends ColumnChanges {
  output: string;
  /** Where it is published, as pipeline.yaml says it. */
  destination: string;
  /** `unknown`: nothing is known to compare with, or of its own columns. `gone`: it is published no more. */
  change: "new" | "changed" | "none" | "unknown" | "gone";
  /** Where it was published at the other commit, if that was elsewhere. */
  moved_from: string | undefined;
  /** What it was compared with: the destination itself, or what the models of the other commit make. */
  compared_with: "destination" | "commit" | undefined;
  /** That the last run published; undefined where none is known. */
  rows: number | undefined;
  /** Columns would be lost or retyped: a run refuses that, unless it is asked for. */
  needs_allow_schema_change: boolean;
  /** BigQuery cannot change them so, with that leave or without: `problems` says which, and what to do. */
  impossible: boolean;
}

type Column = { name: string; type: Type };

export interface Compared {
  output: string;
  destination: string;
  /** Undefined where they are not known; `new` where there is no table yet. */
  before: Column[] | "new" | undefined;
  after: Column[] | undefined;
  rows: number | undefined;
  moved_from: string | undefined;
  with: SchemaChange["compared_with"];
  impossible: boolean;
}

const none: ColumnChanges = { added: [], removed: [], retyped: [] };

export function schemaChange({ before, after, with: other, ...told }: Compared): SchemaChange {
  const { impossible } = told;
  const base = { ...told, ...none, compared_with: other, needs_allow_schema_change: false };
  if (!after || !before) return { ...base, change: "unknown", compared_with: undefined };
  if (before === "new")
    return { ...base, change: "new", added: after.map(({ name, type }) => ({ name, type: formatType(type) })) };
  const { changes } = compareColumns(before, after);
  const { added, removed, retyped } = changes;
  const lost = removed.length + retyped.length > 0;
  return {
    ...base,
    ...changes,
    change: lost || added.length > 0 ? "changed" : "none",
    needs_allow_schema_change: lost && !impossible,
  };
}

/** An output that the other commit had: what it has published stays there as it is. */
export function goneOutput(gone: { output: string; destination: string }): SchemaChange {
  const told = { rows: undefined, moved_from: undefined, needs_allow_schema_change: false, impossible: false };
  return { ...gone, ...none, ...told, change: "gone", compared_with: "commit" };
}

export interface OutputColumns {
  output: string;
  /** What it publishes: a model, or a source. */
  model: string;
  destination: string;
  /** What the models make on the samples; else what the file declares; undefined where neither is known. */
  columns: Column[] | undefined;
}

/** The columns that each output will have. */
export function outputColumns({ spec }: LoadedPipeline, made: TableColumns): OutputColumns[] {
  return Object.entries(spec.outputs ?? {}).map(([output, one]) => {
    const name = one.model ?? output;
    const declared = (spec.models?.[name] ?? spec.sources?.[name])?.columns;
    const columns = declared && Object.entries(declared).map(([column, { type }]) => ({ name: column, type }));
    return { output, model: name, destination: placeOf(one), columns: made.get(name) ?? columns };
  });
}
