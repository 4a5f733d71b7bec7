/** From sources to checked tables: models in the order of their needs, each table's checks as soon as it is there. */
import type { Problem } from "../util/error.ts";
import { checkTable } from "./check/check-table.ts";
import { explainBySource, type ExtractedSource } from "./extract/extracted.ts";
import { logChecks, logModel } from "./record/console.ts";
import { failureOf } from "./record/failure.ts";
import type { RunState } from "./run-state.ts";
import { makeTable, type MakeTable } from "./make-table.ts";
import { openResume } from "./resume/resume.ts";
import { runSteps, type StepOutcome } from "./steps.ts";
import type { Table } from "./table.ts";
import type { Graph } from "./transform/graph.ts";

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

export async function transform(asked: Asked): Promise<Transformed> {
  const { state, graph, sources } = asked;
  const tables = new Map<string, Table>(sources.map((source) => [source.name, source]));
  state.tables = tables;
  const options: MakeTable = {
    ...asked,
    tables,
    held: new Map(),
    resume: openResume({ ...asked, tables }),
    explainSource: explainBySource(sources),
  };
  const { db } = state.work;
  const connections = await Promise.all(
    Array.from({ length: Math.min(slots, Math.max(1, graph.models.length)) }, () => db.another()),
  );
  try {
    const sourceProblems = await checkSources(options, sources);
    if (sourceProblems.length > 0) return { ok: false, exitCode: 3, problems: sourceProblems };
    const outcomes = await runSteps({
      slots: connections.length,
      steps: graph.models.map((node) => ({
        name: node.name,
        needs: [...new Set([...node.reads, ...node.awaits])].filter((name) =>
          graph.models.some((model) => model.name === name),
        ),
        run: (slot) => makeTable(options, node, connections[slot]!),
      })),
      onOutcome: (outcome) => recordOutcome(outcome, state),
    });
    state.context.signal.throwIfAborted();
    return judge(outcomes, await runLateChecks(options, outcomes), options);
  } finally {
    for (const [table, results] of options.held) logChecks(state.context.log, table, results);
    for (const connection of connections) connection.close();
    await db.empty();
  }
}

async function checkSources(options: MakeTable, sources: ExtractedSource[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { name } of sources) {
    const table = options.tables.get(name)!;
    problems.push(...(await checkTable(options, { table, late: false }, options.state.work.db)));
  }
  return problems;
}

/** Checks that look at other models wait for all. */
async function runLateChecks(options: MakeTable, outcomes: StepOutcome<void>[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (outcomes.some((outcome) => outcome.status !== "done")) return problems;
  for (const table of options.tables.values())
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
function judge(
  outcomes: StepOutcome<void>[],
  late: Problem[],
  { tables, state }: Pick<MakeTable, "tables" | "state">,
): Transformed {
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "failed" ? [failureOf(outcome.error, state)] : [],
  );
  const problems = [...failures.flatMap((error) => error.problems), ...late];
  if (problems.length === 0) return { ok: true, tables };
  const codes = failures.map((error) => error.exitCode);
  return { ok: false, exitCode: codes.length === 0 ? 3 : Math.min(...codes), problems };
}
