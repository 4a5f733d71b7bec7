/** Runs a pipeline as far as one model, and gives its first rows. Nothing is published, recorded or locked. */
import type { Context } from "../util/context.ts";
import { EtlError, throwProblems } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Database } from "./engine/duckdb/duckdb.ts";
import { isBeforeRows } from "./engine/duckdb/engine-message.ts";
import type { ComputedColumn, Row } from "./engine/engine.ts";
import { extractSources } from "./extract.ts";
import { explainBySource, type ExtractedSource } from "./extract/extracted.ts";
import { selectModels } from "./prepare.ts";
import { readSecrets } from "./read-secrets.ts";
import type { RunState } from "./run-state.ts";
import { explainModelError } from "./transform/explain.ts";
import { buildGraph, type Graph, type ModelNode } from "./transform/graph.ts";
import { findMissing } from "./transform/program/ready.ts";
import { explainFailure, materialization, runModel } from "./transform/run-models.ts";
import { trialState } from "./trial.ts";
import { bindValues } from "./values.ts";
import { openWork } from "./work.ts";

export interface FirstRowsOptions {
  pipeline: LoadedPipeline;
  /** A model's name, or a source's. */
  name: string;
  limit: number;
  /** Only rows for which this condition holds: SQL, as in a check's `where`. */
  where: string | undefined;
  interval: string | undefined;
  params: Record<string, string>;
}

export interface FirstRows {
  columns: ComputedColumn[];
  rows: Row[];
  /** Whether there are more than these. */
  more: boolean;
}

/** @throws {EtlError} as a run does, for what this model needs; checks are not run */
export async function firstRows(options: FirstRowsOptions, context: Context): Promise<FirstRows> {
  const work = await openWork(context);
  try {
    const graph = await buildGraph(options.pipeline, work.db, { sessions: work.sessions, context });
    throwProblems(graph.problems, "cannot run");
    const state = trialState({ ...options, work, models: graph.models }, context);
    const models = modelsFor(options, graph);
    throwProblems(await findMissing(models), "cannot run");
    const sources = await readSources(options, state, { ...graph, models });
    return await computeRows(options, { state, models, sources }).finally(() => sources.forEach(({ stop }) => stop()));
  } finally {
    await work.close();
  }
}

/** The model and all that it reads, in order; none for a source. */
function modelsFor({ pipeline, name }: FirstRowsOptions, graph: Graph): ModelNode[] {
  const sources = Object.keys(pipeline.spec.sources ?? {});
  if (sources.includes(name)) return [];
  const names = graph.models.map((model) => model.name);
  if (names.includes(name)) return selectModels(graph.models, [name]);
  throw new EtlError({
    code: "usage",
    message: `there is no model \`${name}\``,
    hint: didYouMean(name, [...names, ...sources]),
  });
}

async function readSources(
  { pipeline, name }: FirstRowsOptions,
  state: RunState,
  graph: Graph,
): Promise<ExtractedSource[]> {
  const read = new Set([name, ...graph.models.flatMap((model) => model.reads)]);
  const needed = Object.keys(pipeline.spec.sources ?? {}).filter((source) => read.has(source));
  await readSecrets(state, { sources: needed });
  return extractSources({ ...state, graph, needed, published: [] });
}

interface ReadRows {
  state: RunState;
  models: ModelNode[];
  sources: ExtractedSource[];
}

/** What is made of a large file counts only when all of it was verified, as in a run. */
async function computeRows(options: FirstRowsOptions, parts: ReadRows): Promise<FirstRows> {
  const { state, models, sources } = parts;
  await state.work.db.lockDown({ files: sources.flatMap(({ files }) => files), folder: state.work.folder });
  await runModels(state, models, sources);
  const rows = await readRows(options, parts);
  await Promise.all(sources.map(({ verified }) => verified));
  return rows;
}

/** One after the other: each is there when those that read it are run. */
async function runModels(state: RunState, models: ModelNode[], sources: ExtractedSource[]): Promise<void> {
  const { work, pipeline, context } = state;
  const values = { ...state.values, now: undefined };
  const explainSource = explainBySource(sources);
  const bind = bindValues(values, work.db.dialect);
  const last = models.at(-1);
  for (const node of models) {
    // Of the last only the first rows are computed.
    const kind = node === last ? "view" : materialization(node, pipeline, models);
    await runModel({ node, kind, work, db: work.db, pipeline, bind, values, context, explainSource });
  }
}

async function readRows(
  { name, limit, where, pipeline }: FirstRowsOptions,
  { state, models, sources }: ReadRows,
): Promise<FirstRows> {
  const { db } = state.work;
  const explainSource = explainBySource(sources);
  try {
    const only = where === undefined ? "" : ` WHERE ${where}`;
    const { columns, rows } = await db.read(`FROM ${db.dialect.quoteIdentifier(name)}${only} LIMIT ${limit + 1}`);
    return { columns, rows: rows.slice(0, limit), more: rows.length > limit };
  } catch (error) {
    if (where !== undefined && isBeforeRows(error)) await refuseCondition(where, name, db);
    const node = models.at(-1);
    if (node) throw await explainFailure(error, { node, pipeline, context: state.context, explainSource });
    throw (await explainSource(error)) ?? error;
  }
}

/** @throws {EtlError} `usage` where the condition is what is wrong, in the engine's words about it alone */
async function refuseCondition(where: string, name: string, db: Database): Promise<void> {
  try {
    await db.describe(`FROM ${db.dialect.quoteIdentifier(name)} WHERE ${where}`);
  } catch (cause) {
    const { message, hint } = explainModelError({
      model: name,
      file: "",
      error: cause,
      showValues: true,
      linesBefore: 0,
    });
    throw new EtlError({
      code: "usage",
      part: "--where",
      message: message.replace(/^\[.*?\] /, ""),
      hint: hint?.replace("Models are", "--where is"),
      cause,
    });
  }
}
