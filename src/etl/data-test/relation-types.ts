/** The columns that a source or model has in a run, as far as that can be known without one. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Columns } from "../../spec/column.ts";
import type { Source } from "../../spec/source.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import type { Graph } from "../transform/graph.ts";
import type { BindModels } from "./bind-models.ts";
import { cutGraph } from "./cut.ts";

/** Undefined where neither declarations nor a sample tell. */
export type ColumnsOf = (name: string) => Promise<TypedColumn[] | undefined>;

export interface RelationTypes {
  pipeline: LoadedPipeline;
  graph: Graph;
  bindModels: BindModels;
  bind: (sql: string) => string;
  /** Columns of a source that declares none, from its sample. */
  readColumns: (name: string, source: Source) => Promise<TypedColumn[] | undefined>;
}

export function createColumnsOf(options: RelationTypes): ColumnsOf {
  const known = new Map<string, Promise<TypedColumn[] | undefined>>();
  const columnsOf: ColumnsOf = (name) => {
    const columns = known.get(name) ?? findColumns(name, options, columnsOf);
    known.set(name, columns);
    return columns;
  };
  return columnsOf;
}

async function findColumns(
  name: string,
  options: RelationTypes,
  columnsOf: ColumnsOf,
): Promise<TypedColumn[] | undefined> {
  const { spec } = options.pipeline;
  const source = spec.sources?.[name];
  if (source)
    return source.columns ? [...typed(source.columns), ...provenance(source)] : options.readColumns(name, source);
  const contract = spec.models?.[name]?.columns;
  return contract ? typed(contract) : bindOnSources(name, options, columnsOf);
}

/** A model without a contract has the columns that its query makes of the sources. */
async function bindOnSources(model: string, { graph, bindModels, bind }: RelationTypes, columnsOf: ColumnsOf) {
  const { models, missing } = cutGraph({ graph, model, given: new Set() });
  const given = new Map<string, TypedColumn[]>();
  for (const { name } of missing) {
    const columns = await columnsOf(name);
    if (!columns) return undefined;
    given.set(name, columns);
  }
  const bound = await bindModels({ models, given, bind });
  return bound.columns?.get(model);
}

function typed(columns: Columns): TypedColumn[] {
  return Object.entries(columns).map(([name, { type }]) => ({ name, type, cast: "exact" }));
}

function provenance(source: Source): TypedColumn[] {
  if (!("provenance" in source) || !source.provenance) return [];
  return [
    { name: "_file", type: { kind: "STRING" }, cast: "exact" },
    { name: "_row", type: { kind: "INT64" }, cast: "exact" },
  ];
}
