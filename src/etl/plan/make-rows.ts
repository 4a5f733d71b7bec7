/** The rows of every model of a pipeline, made of its samples: kept in files of the work folder, and published nowhere. */
import type { Context } from "../../util/context.ts";
import { throwProblems } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { freezeClock } from "../engine/duckdb/clock.ts";
import { checkTable, type Checking } from "../check/check-table.ts";
import { extractSources } from "../extract.ts";
import { explainBySource, type ExtractedSource } from "../extract/extracted.ts";
import { readSecrets } from "../read-secrets.ts";
import { clockNames, isVolatile, volatileNames } from "../resume/volatile.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import { buildGraph, type Graph, type ModelNode } from "../transform/graph.ts";
import { runModel } from "../transform/run-models.ts";
import { trialState } from "../trial.ts";
import { bindValues } from "../values.ts";
import type { Work } from "../work.ts";

export interface MakeRows {
  pipeline: LoadedPipeline;
  interval: string | undefined;
  params: Record<string, string>;
  /** What models see as now: the same for all that are compared. */
  now: Date;
  work: Work;
}

export interface MadeRows {
  /** Models, and sources that are published as they are: those whose rows are kept in a file. */
  tables: Map<string, Table>;
  /** Models that may give other rows each time they are run. */
  unsteady: ReadonlySet<string>;
}

/** @throws {EtlError} as a run does where a model fails; checks fail nothing here */
export async function makeRows({ work, now, ...asked }: MakeRows, context: Context): Promise<MadeRows> {
  const { pipeline } = asked;
  const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
  throwProblems(graph.problems, "cannot run");
  const unsteady = await unsteadyModels(graph, work);
  const state = trialState({ ...asked, work, models: graph.models }, context);
  const published = Object.entries(pipeline.spec.outputs ?? {}).map(([name, { model }]) => model ?? name);
  const sources = await readAll(state, graph, published);
  try {
    await work.db.lockDown({ files: sources.flatMap(({ files }) => files), folder: work.folder });
    await freezeClock(work.db, now);
    const tables = await runAll(state, graph, sources, now);
    await Promise.all(sources.map(({ verified }) => verified));
    const compared = new Set([...graph.models.map(({ name }) => name), ...published]);
    return { tables: new Map([...tables].filter(([name]) => compared.has(name))), unsteady };
  } finally {
    for (const source of sources) source.stop();
  }
}

async function readAll(state: RunState, graph: Graph, published: string[]): Promise<ExtractedSource[]> {
  const { spec } = state.pipeline;
  const read = new Set([...graph.models.flatMap(({ reads, related }) => [...reads, ...related]), ...published]);
  const needed = Object.keys(spec.sources ?? {}).filter((name) => read.has(name));
  await readSecrets(state, { sources: needed });
  return extractSources({ ...state, graph, needed, published: Object.keys(spec.outputs ?? {}) });
}

/** One after the other: each is there when those that read it are run. */
async function runAll(
  state: RunState,
  graph: Graph,
  sources: ExtractedSource[],
  now: Date,
): Promise<Map<string, Table>> {
  const { work, pipeline, context } = state;
  const bind = bindValues(state.values, work.db.dialect);
  const tables = new Map<string, Table>(sources.map((source) => [source.name, source]));
  const checking: Checking = { state, bind, held: new Map(), explainSource: explainBySource(sources) };
  for (const source of sources) await takeOut(checking, source);
  for (const node of graph.models) {
    const made = await runModel({
      node,
      kind: "table",
      work,
      db: work.db,
      pipeline,
      bind,
      context,
      values: { ...state.values, now },
      explainSource: checking.explainSource,
      fileOf: (name) => tables.get(name)?.file,
    });
    const table = { ...made, declared: pipeline.spec.models?.[node.name]?.columns };
    tables.set(node.name, table);
    await takeOut(checking, table);
  }
  return tables;
}

/** Checks that take rows out of a table change what is made of it: the others only look. */
async function takeOut(checking: Checking, table: Table): Promise<void> {
  const { pipeline, work } = checking.state;
  const declared = pipeline.spec.sources?.[table.name] ?? pipeline.spec.models?.[table.name];
  const checks = [
    ...(declared?.checks ?? []),
    ...Object.values(declared?.columns ?? {}).flatMap((column) => column.checks ?? []),
  ];
  if (checks.some(({ on_fail: then }) => then === "quarantine"))
    await checkTable(checking, { table, late: false }, work.db);
}

async function unsteadyModels({ models }: Graph, { db }: Work): Promise<ReadonlySet<string>> {
  const names = new Set([...(await volatileNames(db))].filter((name) => !clockNames.has(name)));
  const found = new Set<string>();
  const isUnsteady = (node: ModelNode) =>
    (node.kind === "query" ? isVolatile(node.sql, names) : mayVary(node.file)) ||
    node.reads.some((name) => found.has(name));
  for (const node of models) if (isUnsteady(node)) found.add(node.name);
  return found;
}

const chance = /random|uuid|shuffle|\bsample\(|token_hex/i;
const clock = /\b(?:now|today|utcnow|time_ns|time\.time)\(/;

/** By its words: what it calls is not known. The clock stands still for TypeScript alone. */
function mayVary({ language, text }: ModelNode["file"]): boolean {
  return chance.test(text) || (language !== "typescript" && clock.test(text));
}
