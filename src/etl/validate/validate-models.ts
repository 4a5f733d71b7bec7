/**
 * What can be known of the models without any data: they parse, read what is declared, fit their contracts,
 * and their checks can be run. Every model is bound to empty tables of its sources' declared columns.
 */
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf, type Problem } from "../../util/error.ts";
import { lastComplete } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed, timeZoneOf } from "../../spec/next-scheduled.ts";
import { parseParam, type ParamSpec, type ParamValue } from "../../spec/param.ts";
import { cursorProblems } from "../extract/cursor-problems.ts";
import { checkTextProblems } from "../check/check-text.ts";
import { compileChecks } from "../check/compile.ts";
import { explainCheck } from "../check/explain-check.ts";
import { openDuckdb, type Database } from "../engine/duckdb/duckdb.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import { linesBeforeQuery, viewQuery } from "../engine/duckdb/materialize.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";
import { explainModelError } from "../transform/explain.ts";
import { buildGraph, type ModelNode } from "../transform/graph.ts";
import { declaredColumns } from "../transform/program/run-program.ts";
import { createSessions } from "../transform/program/sessions.ts";
import { bindModel } from "../transform/run-models.ts";
import type { ContractColumn } from "../transform/contract.ts";
import { givenSql } from "../data-test/given-sql.ts";
import { bindValues, type RunValues } from "../values.ts";

/** Enough to bind queries to empty tables. */
const limits = { memory: 256 * 1024 ** 2, threads: 1, temporary: 0 };

/** @returns every problem of the models and their checks; none is thrown */
export async function validateModels(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const db = await openDuckdb({ limits, temporaryFolder: context.tmpdir });
  const sessions = createSessions();
  try {
    // As in a run, a model's SQL reaches no file: a query that reads one must not pass here.
    await db.lockDown({ files: [], folder: join(context.tmpdir, "nais-etl-none") });
    const graph = await buildGraph(pipeline, db, { sessions, context });
    const texts = [...graph.problems, ...checkTextProblems(pipeline), ...cursorProblems(pipeline, graph)];
    if (texts.some((problem) => problem.severity === "error")) return texts;
    const bind = bindValues(sampleValues(pipeline, context), db.dialect);
    const bound = await makeSources(pipeline, db);
    const problems = [...texts];
    for (const node of graph.models) problems.push(...(await checkModel({ node, pipeline, db, bind, bound })));
    for (const [name, columns] of bound)
      problems.push(...(await checkChecks({ name, columns, pipeline, db, bind, bound })));
    return problems;
  } finally {
    await sessions.close();
    db.close();
  }
}

type Bound = Map<string, ContractColumn[]>;

/** Sources whose columns are not declared cannot be bound, and neither can what reads them: that is seen at run time. */
async function makeSources({ spec }: LoadedPipeline, db: Database): Promise<Bound> {
  const bound: Bound = new Map();
  for (const [name, source] of Object.entries(spec.sources ?? {})) {
    if (!source.columns || ("provenance" in source && source.provenance)) continue;
    const columns = Object.entries(source.columns).map(([column, { type }]): ContractColumn => ({
      name: column,
      type,
      cast: "exact",
    }));
    const definitions = columns.map((column) => `${quoteIdentifier(column.name)} ${duckdbType(column.type)}`);
    await db.run(`CREATE TABLE ${quoteIdentifier(name)} (${definitions.join(", ")})`);
    bound.set(name, columns);
  }
  return bound;
}

interface CheckModel {
  node: ModelNode;
  pipeline: LoadedPipeline;
  db: Database;
  bind: (sql: string) => string;
  bound: Bound;
}

async function checkModel({ node, pipeline, db, bind, bound }: CheckModel): Promise<Problem[]> {
  if (node.isDynamic || node.reads.some((name) => !bound.has(name))) return [];
  if (node.kind === "program") {
    const columns = declaredColumns(node, pipeline)!;
    await viewQuery(db, { name: node.name, sql: givenSql(columns, [], db.dialect), columns: undefined });
    bound.set(node.name, columns);
    return [];
  }
  const sql = bind(node.sql);
  try {
    const columns = await bindModel({ node, sql, db, pipeline });
    await viewQuery(db, { name: node.name, sql, columns });
    bound.set(node.name, columns);
    return [];
  } catch (error) {
    if (error instanceof EtlError) return error.problems;
    return explainModelError({
      model: node.name,
      file: node.file.shown,
      error,
      showValues: true,
      linesBefore: linesBeforeQuery,
    }).problems;
  }
}

interface CheckChecks {
  name: string;
  columns: ContractColumn[];
  pipeline: LoadedPipeline;
  db: Database;
  bind: (sql: string) => string;
  bound: Bound;
}

/** Whether a query reads what {@link makeSources} could not make: then nothing can be said of it. */
function isUnbound(error: unknown, { spec }: LoadedPipeline, bound: Bound): boolean {
  const name = /Table with name (\S+) does not exist/.exec(messageOf(error))?.[1] ?? "";
  return !bound.has(name) && (spec.sources?.[name] ?? spec.models?.[name]) !== undefined;
}

/** Each check's query is bound too: a misspelt column in a check is found before the night. */
async function checkChecks({ name, columns, pipeline, db, bind, bound }: CheckChecks): Promise<Problem[]> {
  const group = pipeline.spec.sources?.[name] ? "sources" : "models";
  const declared = pipeline.spec[group]?.[name];
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const problems: Problem[] = [];
  try {
    for (const check of compileChecks(
      {
        group,
        name,
        types,
        columns: declared?.columns,
        checks: declared?.checks,
        locate: (path) => pipeline.where(path),
      },
      db.dialect,
    )) {
      await db.describe(bind(check.query)).catch((error: unknown) => {
        if (isUnbound(error, pipeline, bound)) return;
        const explained = explainCheck(check, error, { showValues: true });
        problems.push({ severity: "error", rule: "check", ...explained, where: pipeline.where(check.path) });
      });
    }
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    problems.push(...error.problems);
  }
  return problems;
}

/** Some value of the right type for each parameter: binding needs types, not values. */
export function sampleValues({ spec }: LoadedPipeline, context: Context): RunValues {
  const params = Object.entries(spec.params ?? {}).map(
    ([name, param]) => [name, { type: param.type, value: sampleParam(param, context.now()) }] as const,
  );
  const { every, sample } = spec.interval ?? {};
  const sampled = sample === undefined ? undefined : intervalNamed(sample, spec);
  const interval = sampled ?? (every && lastComplete(context.now(), every, timeZoneOf(spec)));
  return { params: Object.fromEntries(params), interval };
}

const someValue = {
  STRING: "",
  INT64: 0n,
  FLOAT64: 0,
  BOOL: true,
  DATE: "2022-01-20",
  TIMESTAMP: "2022-01-20T00:00:00Z",
};

function sampleParam(param: ParamSpec, now: Date): ParamValue {
  const parsed = param.default === undefined ? undefined : parseParam(String(param.default), param, now);
  return parsed && "value" in parsed ? parsed.value : someValue[param.type];
}
