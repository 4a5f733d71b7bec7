/** The step of one model: its rows, from an attempt that did not fail or from an earlier run, and then their checks. */
import { EtlError } from "../util/error.ts";
import { checkTable, type Checking } from "./check/check-table.ts";
import type { Database } from "./engine/duckdb/duckdb.ts";
import { logModel } from "./record/console.ts";
import { secondsInto, type ModelRecord } from "./record/run-record.ts";
import type { Resume } from "./resume/resume.ts";
import type { RunState } from "./run-state.ts";
import type { Table } from "./table.ts";
import { withAttempts, type Attempt } from "./transform/attempts.ts";
import type { Graph, ModelNode } from "./transform/graph.ts";
import { materialization, runModel, type ModelResult } from "./transform/run-models.ts";

export interface MakeTable extends Checking {
  graph: Graph;
  /** Those that are there: this adds one. */
  tables: Map<string, Table>;
  resume: Resume;
}

/** What a failed check throws, so that models that read the table are skipped. */
class CheckFailure extends EtlError {}

/** Notes the rows, their seconds, and what the checks found. @throws where the model fails, or a check of it */
export async function makeTable(options: MakeTable, node: ModelNode, db: Database): Promise<void> {
  const { state, graph, tables } = options;
  const { pipeline, context, record } = state;
  context.signal.throwIfAborted();
  const started = performance.now();
  const begins = secondsInto(record, context);
  const kind = materialization(node, pipeline, graph.models);
  const note = (model: Pick<ModelRecord, "status" | "rows" | "bytes" | "kept_at">, attempts: number) => {
    const seconds = (performance.now() - started) / 1000;
    const noted = { name: node.name, kind, ...model, begins, seconds, ...(attempts > 1 && { attempts }) };
    record.models.push(noted);
    logModel(context.log, noted);
  };
  let made = 0;
  const attempt = (to: Attempt) => (made++, runAttempt(options, node, to));
  const result: ModelResult = await withAttempts({ node, pipeline, context, db }, attempt).catch((error: unknown) => {
    if (!context.signal.aborted) note({ status: "failed", rows: undefined, bytes: undefined }, made);
    throw error;
  });
  const { columns, rows, bytes, file, keptAt } = result;
  note({ status: "done", rows, bytes, ...(keptAt !== undefined && { kept_at: keptAt }) }, made);
  const seconds = (performance.now() - started) / 1000;
  if (keptAt === undefined) await options.resume.keep(node, { file, rows, bytes, seconds });
  const declared = pipeline.spec.models?.[node.name]?.columns;
  const table = { name: node.name, columns, declared, rows, file, language: node.file.language };
  tables.set(node.name, table);
  const problems = await checkTable(options, { table, late: false }, db);
  if (problems.length > 0)
    throw new CheckFailure({ code: "check", message: `checks of ${node.name} failed`, problems });
}

async function runAttempt(options: MakeTable, node: ModelNode, { context, db }: Attempt): Promise<ModelResult> {
  const { state, graph, bind, explainSource, resume, tables } = options;
  const { work, pipeline } = state;
  const values = { ...state.values, now: undefined };
  const run = (model: ModelNode, kind: "table" | "view") =>
    runModel({
      node: model,
      kind,
      work,
      db,
      pipeline,
      bind,
      values,
      context,
      explainSource,
      fileOf: (name) => tables.get(name)?.file,
      adopt: (file) => resume.adopt(model, file),
    });
  try {
    return await run(node, materialization(node, pipeline, graph.models));
  } catch (error) {
    if (!(error instanceof EtlError) || error.code !== "failed" || context.signal.aborted) throw error;
    // A view's rows are computed by who reads it, and fail there: run alone, it fails under its own name.
    for (const view of viewsBelow(node, graph, pipeline)) await run(view, "table");
    throw error;
  }
}

/** The views that a model reads, directly or through others, those first that others read. */
function viewsBelow(node: ModelNode, graph: Graph, pipeline: RunState["pipeline"]): ModelNode[] {
  const read = graph.models.filter((model) => node.reads.includes(model.name));
  const views = read.filter((model) => materialization(model, pipeline, graph.models) === "view");
  return [...new Set(views.flatMap((view) => [...viewsBelow(view, graph, pipeline), view]))];
}
