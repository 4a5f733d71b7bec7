/** Runs the models: each when what it reads is there, independent ones at the same time. */
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf, throwProblems } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { explainResourceError, type Database } from "../engine/duckdb/duckdb.ts";
import {
  contractBreach,
  linesBeforeQuery,
  viewParquet,
  viewQuery,
  writeParquet,
} from "../engine/duckdb/materialize.ts";
import { isEngineError } from "../engine/duckdb/engine-message.ts";
import { shownValues } from "../privacy.ts";
import type { ComputedColumn } from "../engine/engine.ts";
import { failureOf } from "../record/failure.ts";
import type { Work } from "../work.ts";
import { applyContract, type ContractColumn } from "./contract.ts";
import { explainModelError } from "./explain.ts";
import { explainMemory } from "./explain-memory.ts";
import { hasChecks, type ModelNode } from "./graph.ts";
import type { ProgramValues } from "./program/program.ts";
import { runProgram } from "./program/run-program.ts";

export interface ModelResult {
  name: string;
  columns: ContractColumn[];
  /** `view` where its rows are computed by the model that reads it. */
  kind: "table" | "view";
  /** Rows and bytes that were kept; undefined for a view. */
  rows: number | undefined;
  bytes: number | undefined;
  file: string | undefined;
  /** When the earlier run began that made these rows; undefined where this one has. */
  keptAt?: string | undefined;
}

/**
 * `table` keeps the rows, `view` computes them where they are used. By default a model with one reader, no checks and no output
 * is a view: its rows then go straight through, and the engine filters as early as it can.
 */
export function materialization(node: ModelNode, pipeline: LoadedPipeline, models: ModelNode[]): "table" | "view" {
  const { spec } = pipeline;
  const declared = spec.models?.[node.name];
  const published = Object.entries(spec.outputs ?? {}).some(([name, output]) => (output.model ?? name) === node.name);
  const readers = models.filter((model) => model.reads.includes(node.name)).length;
  // A program may read its input more than once: rows that are kept are the same each time, and in the same order.
  const isProgram =
    node.kind === "program" || models.some(({ kind, reads }) => kind === "program" && reads.includes(node.name));
  // What may take only so long, or is tried again, is run by itself.
  const isWatched = declared?.timeout !== undefined || declared?.retries !== undefined;
  if (isWatched || published || hasChecks(declared) || node.isDynamic || isProgram) return "table";
  return declared?.materialize ?? (readers === 1 ? "view" : "table");
}

export interface RunModelOptions {
  node: ModelNode;
  kind: "table" | "view";
  work: Work;
  db: Database;
  pipeline: LoadedPipeline;
  bind: (sql: string) => string;
  /** What programs see in place of `$name`. */
  values: ProgramValues;
  /** The file that a table's rows are kept in. */
  fileOf?: (name: string) => string | undefined;
  /** Turns the engine's error into one of a source that is read while the model runs, if it is one. */
  explainSource: (error: unknown) => Promise<EtlError | undefined>;
  /** Copies the rows that an earlier run has kept into a file. */
  adopt?: (file: string) => Promise<{ rows: number; bytes: number; at: string } | undefined>;
  context: Context;
}

/** @throws {EtlError} naming the model's file and line, or the contract's */
export async function runModel(options: RunModelOptions): Promise<ModelResult> {
  const { node, bind } = options;
  if (node.kind === "query") return keepRows(bind(node.sql), options);
  const { sessions } = options.work;
  const rows = await runProgram({ ...options, node, isShared: true, programs: { sessions, context: options.context } });
  try {
    return await keepRows(rows.sql, { ...options, kind: "table" });
  } finally {
    await rows.release();
  }
}

async function keepRows(sql: string, options: RunModelOptions): Promise<ModelResult> {
  const { node, work, db, pipeline, context } = options;
  const kind = node.isDynamic ? "table" : options.kind;
  try {
    const columns = await bindModel({ node, sql, db, pipeline });
    if (kind === "view") {
      await viewQuery(db, { name: node.name, sql, columns });
      return { name: node.name, columns, kind, rows: undefined, bytes: undefined, file: undefined };
    }
    const file = work.file("models", node.name);
    const kept = await options.adopt?.(file);
    const onShort = () => warnShort(node.name, context);
    const { rows, bytes } =
      kept ?? (await context.effect("model.write", () => writeParquet(db, { sql, columns, file, onShort })));
    await viewParquet(db, { name: node.name, columns, file });
    return { name: node.name, columns, kind, rows, bytes, file, keptAt: kept?.at };
  } catch (error) {
    throw (await explainMemory(error, { node, sql, db })) ?? (await explainFailure(error, options));
  }
}

function warnShort(model: string, { log }: Context): void {
  const text = `${model}: the engine ran out of memory; once more, alone, with one thread and its joins on disk, which takes longer`;
  log.warn(text, { step: "model", model });
}

/** The columns of a model, from its query and contract, without running it. */
export async function bindModel({
  node,
  sql,
  db,
  pipeline,
}: {
  node: ModelNode;
  sql: string;
  db: Database;
  pipeline: LoadedPipeline;
}): Promise<ContractColumn[]> {
  const computed = await describeModel(sql, db);
  const declared = pipeline.spec.models?.[node.name]?.columns;
  const path = ["models", node.name, "columns"];
  const where = (column?: string) => {
    if (!declared) return { file: node.file.shown };
    return column === undefined ? pipeline.where(["models", node.name], "columns") : pipeline.where(path, column);
  };
  const { columns, problems } = applyContract({ name: node.name, declared, computed, where });
  throwProblems(problems, "does not fit its contract");
  return columns;
}

const numbered = /_\d+$/;

async function describeModel(sql: string, db: Database): Promise<ComputedColumn[]> {
  const computed = await db.describe(`SELECT * FROM (\n${sql}\n)`);
  const names = new Set(computed.map(({ name }) => name.toLowerCase()));
  // Of two columns of one name the engine calls the second `name_1`; the query itself still has both names.
  const renamed = computed.some(
    ({ name }) => numbered.test(name) && names.has(name.toLowerCase().replace(numbered, "")),
  );
  return renamed ? db.describe(sql) : computed;
}

/** What any error of a model's query means: where it is, and the cure. */
export async function explainFailure(
  error: unknown,
  { node, pipeline, explainSource, context }: Pick<RunModelOptions, "node" | "pipeline" | "explainSource" | "context">,
): Promise<EtlError> {
  if (error instanceof EtlError) return error;
  if (context.signal.aborted) return context.signal.reason as EtlError;
  const breach = contractBreach(messageOf(error));
  if (breach) {
    return new EtlError({
      code: "failed",
      part: `model ${node.name}`,
      message: `a value of \`${breach.column}\` is not of its declared type ${breach.type}`,
      hint: `Convert it in the ${node.kind}, or change the contract.`,
      where: pipeline.where(["models", node.name, "columns", breach.column]),
      cause: error,
    });
  }
  const known = explainResourceError(error) ?? (await explainSource(error));
  if (known) return known;
  if (!isEngineError(error)) return failureOf(error, { pipeline, context, part: `model ${node.name}` });
  return explainModelError({
    model: node.name,
    file: node.file.shown,
    error,
    ...shownValues(pipeline),
    linesBefore: linesBeforeQuery,
  });
}
