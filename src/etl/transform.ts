/** From sources to checked tables: models in the order of their needs, each table's checks as soon as it is there. */
import { EtlError, messageOf, type Problem } from "../util/error.ts";
import type { CheckResult } from "./check/check.ts";
import { checkTable } from "./check/check-table.ts";
import type { Database } from "./engine/duckdb/duckdb.ts";
import type { ExtractedSource } from "./extract/extracted.ts";
import { logChecks, logModel } from "./record/console.ts";
import type { RunState } from "./run-state.ts";
import { secondsInto, type ModelRecord } from "./record/run-record.ts";
import { openResume, type Resume } from "./resume/resume.ts";
import { runSteps, type StepOutcome } from "./steps.ts";
import type { Table } from "./table.ts";
import type { Graph, ModelNode } from "./transform/graph.ts";
import { withAttempts, type Attempt } from "./transform/attempts.ts";
import { materialization, runModel, type ModelResult } from "./transform/run-models.ts";

export type Transformed =
  | { ok: true; tables: Map<string, Table> }
  | { ok: false; exitCode: number; problems: Problem[] };

/** Models at the same time. More would share the same threads and memory, and gain nothing. */
const slots = 4;

interface Asked {
  state: RunState;
  graph: Graph;
  sources: ExtractedSource[];
  bind: (sql: string) => string;
}

interface Transform extends Asked {
  resume: Resume;
  /** What checks found of tables that have others, which are not run yet. */
  held: Map<string, CheckResult[]>;
  explainSource: (error: unknown) => Promise<EtlError | undefined>;
}

export async function transform(asked: Asked): Promise<Transformed> {
  const { state, graph, sources } = asked;
  const tables = new Map<string, Table>(sources.map((source) => [source.name, source]));
  state.tables = tables;
  const options = {
    ...asked,
    held: new Map(),
    resume: openResume({ ...asked, tables }),
    explainSource: (error: unknown) => explainAny(sources, error),
  };
  const { db } = state.work;
  const connections = await Promise.all(
    Array.from({ length: Math.min(slots, Math.max(1, graph.models.length)) }, () => db.another()),
  );
  try {
    const sourceProblems = await checkSources(options, tables);
    if (sourceProblems.length > 0) return { ok: false, exitCode: 3, problems: sourceProblems };
    const outcomes = await runSteps({
      slots: connections.length,
      steps: graph.models.map((node) => ({
        name: node.name,
        needs: [...new Set([...node.reads, ...node.awaits])].filter((name) =>
          graph.models.some((model) => model.name === name),
        ),
        run: (slot) => makeTable(options, node, connections[slot]!, tables),
      })),
      onOutcome: (outcome) => recordOutcome(outcome, state),
    });
    state.context.signal.throwIfAborted();
    return judge(outcomes, await runLateChecks(options, outcomes, tables), tables);
  } finally {
    for (const [table, results] of options.held) logChecks(state.context.log, table, results);
    for (const connection of connections) connection.close();
  }
}

/** What a failed check throws, so that models that read the table are skipped. */
class CheckFailure extends EtlError {}

async function makeTable(options: Transform, node: ModelNode, db: Database, tables: Map<string, Table>): Promise<void> {
  const { state, graph } = options;
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
  const attempt = (to: Attempt) => (made++, runAttempt({ ...options, tables }, node, to));
  const result: ModelResult = await withAttempts({ node, pipeline, context, db }, attempt).catch((error: unknown) => {
    if (!context.signal.aborted) note({ status: "failed", rows: undefined, bytes: undefined }, made);
    throw error;
  });
  const { columns, rows, bytes, file, keptAt } = result;
  note({ status: "done", rows, bytes, ...(keptAt !== undefined && { kept_at: keptAt }) }, made);
  const seconds = (performance.now() - started) / 1000;
  if (keptAt === undefined) await options.resume.keep(node, { file, rows, bytes, seconds });
  const table = { name: node.name, columns, declared: pipeline.spec.models?.[node.name]?.columns, rows, file };
  tables.set(node.name, table);
  const problems = await checkTable(options, { table, late: false }, db);
  if (problems.length > 0)
    throw new CheckFailure({ code: "check", message: `checks of ${node.name} failed`, problems });
}

async function runAttempt(
  options: Transform & { tables: Map<string, Table> },
  node: ModelNode,
  { context, db }: Attempt,
): Promise<ModelResult> {
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

async function explainAny(sources: ExtractedSource[], error: unknown): Promise<EtlError | undefined> {
  for (const source of sources) {
    const explained = await source.explain(error);
    if (explained) return explained;
  }
  return undefined;
}

async function checkSources(options: Transform, tables: Map<string, Table>): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { name } of options.sources)
    problems.push(...(await checkTable(options, { table: tables.get(name)!, late: false }, options.state.work.db)));
  return problems;
}

/** Checks that look at other tables wait for all. */
async function runLateChecks(
  options: Transform,
  outcomes: StepOutcome<void>[],
  tables: Map<string, Table>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (outcomes.some((outcome) => outcome.status !== "done")) return problems;
  for (const table of tables.values())
    problems.push(...(await checkTable(options, { table, late: true }, options.state.work.db)));
  return problems;
}

function recordOutcome(outcome: StepOutcome<void>, { record, context }: RunState): void {
  if (outcome.status === "done") return;
  if (record.models.some((model) => model.name === outcome.name)) return;
  const base = { name: outcome.name, kind: undefined, rows: undefined, bytes: undefined, seconds: 0 };
  const model =
    outcome.status === "failed"
      ? { ...base, status: "failed" as const }
      : { ...base, status: "skipped" as const, because: outcome.because };
  record.models.push(model);
  logModel(context.log, model);
}

/** The worst that happened decides: a failure of a model before a failed check. */
function judge(outcomes: StepOutcome<void>[], late: Problem[], tables: Map<string, Table>): Transformed {
  const failures = outcomes.flatMap((outcome) => (outcome.status === "failed" ? [outcome.error] : []));
  const problems = [...failures.flatMap(problemsOf), ...late];
  if (problems.length === 0) return { ok: true, tables };
  const codes = failures.map((error) => (error instanceof EtlError ? error.exitCode : 1));
  return { ok: false, exitCode: codes.length === 0 ? 3 : Math.min(...codes), problems };
}

function problemsOf(error: unknown): Problem[] {
  return error instanceof EtlError ? error.problems : [{ severity: "error", message: messageOf(error) }];
}
