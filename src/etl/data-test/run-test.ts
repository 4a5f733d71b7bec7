/** Runs one test, on a connection of its own. */
import type { Context } from "../../util/context.ts";
import { count, EtlError, formatWhere, messageOf, type Problem } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { toCell } from "../cell.ts";
import type { Row } from "../engine/engine.ts";
import { engineMessage } from "../engine/duckdb/engine-message.ts";
import { selectTyped } from "../engine/duckdb/materialize.ts";
import { sensitiveColumns, shownValues } from "../privacy.ts";
import type { ContractColumn } from "../transform/contract.ts";
import type { ModelNode } from "../transform/graph.ts";
import { runProgram } from "../transform/program/run-program.ts";
import { explainFailure } from "../transform/run-models.ts";
import type { Work } from "../work.ts";
import { compareRows, type Diff } from "./diff.ts";
import type { GivenRelation } from "./given.ts";
import { hideCells } from "./hide-cells.ts";
import { judgeChecks } from "./judge-checks.ts";
import { summariseDiff } from "./format-diff.ts";
import type { Outcome, PlannedTest } from "./planned-test.ts";
import type { Sandbox } from "./sandbox.ts";

export interface RunTest {
  plan: PlannedTest;
  sandbox: Sandbox;
  work: Work;
  pipeline: LoadedPipeline;
  context: Context;
}

/** @throws only what interrupts the program */
export async function runTest(options: RunTest): Promise<Outcome> {
  const { plan, context } = options;
  try {
    return await judge(options);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof EtlError)) throw error;
    return judgeError(error, plan);
  }
}

async function judge(options: RunTest): Promise<Outcome> {
  const { plan, sandbox, pipeline, context } = options;
  const { expectation } = plan;
  await prepare(options);
  switch (expectation.kind) {
    case "rows": {
      const { columns, rows: expected, ordered } = expectation;
      const rows = await compute(options);
      const actual = rows.map((row) => columns.map(({ name, type }) => toCell(row[name], type)));
      const diff = compareRows({ columns, expected, actual, ordered });
      return diff ? { message: summariseDiff(diff), diff: withoutHidden(diff, options) } : {};
    }
    case "count": {
      const { length } = await compute(options);
      return length === expectation.count
        ? {}
        : { message: `${count(length, "row")}, expected ${expectation.count.toLocaleString("en")}` };
    }
    case "fails":
      await keep(options);
      return judgeChecks(
        {
          ...expectation,
          model: plan.test.model,
          bind: plan.bind,
          reference: plan.reference,
          db: sandbox.db,
          shown: shownValues(pipeline),
        },
        context,
      );
    case "error": {
      await compute(options);
      return { message: `an error with "${expectation.text}" was expected, and there was none` };
    }
  }
}

/** Rows of tests are mostly made up; those of a file may be somebody's. */
function withoutHidden(diff: Diff, { pipeline, context }: RunTest): Diff {
  return hideCells(diff, { hidden: sensitiveColumns(pipeline), scrub: context.log.scrub });
}

/** Everything that the tested model reads: given relations, and models between. */
async function prepare(options: RunTest): Promise<void> {
  const { plan, sandbox } = options;
  const { given, models, bound, frozen } = plan;
  if (bound.error) throw bound.error;
  await sandbox.keepOnly(new Set([...given, ...models].map(({ name }) => name)));
  await sandbox.setClock(frozen);
  for (const relation of given) await give(relation, options);
  for (const node of models.slice(0, -1)) await define(node, options);
}

async function give({ name, sql }: GivenRelation, { sandbox, pipeline }: RunTest): Promise<void> {
  try {
    await sandbox.define({ name, kind: "view", sql });
  } catch (cause) {
    throw new EtlError({
      code: "failed",
      message: `the rows given for ${name}: ${engineMessage(cause, shownValues(pipeline))}`,
      cause,
    });
  }
}

/** The rows of the tested model. */
async function compute(options: RunTest): Promise<Row[]> {
  const node = options.plan.models.at(-1)!;
  const { sandbox } = options;
  const read = async (sql: string) => (await sandbox.db.read(sql)).rows;
  return explained(node, options, () => withRows(node, options, read));
}

/** The tested model as a relation that checks can look at. */
async function keep(options: RunTest): Promise<void> {
  await define(options.plan.models.at(-1)!, options);
}

/** Rows that are looked at more than once are computed once, as in a run: `random()` must not differ between the two. */
async function define(node: ModelNode, options: RunTest): Promise<void> {
  const { models, expectation } = options.plan;
  const readers = models.filter((model) => model.reads.includes(node.name));
  const isProgram = [node, ...readers].some((model) => model.kind === "program");
  const kind = readers.length > 1 || expectation.kind === "fails" || isProgram ? "table" : "view";
  await explained(node, options, () =>
    withRows(node, options, (sql) => options.sandbox.define({ name: node.name, kind, sql })),
  );
}

/** Does something with the query of a model's rows: a program has made them by then, and they are gone afterwards. */
async function withRows<T>(node: ModelNode, options: RunTest, act: (sql: string) => Promise<T>): Promise<T> {
  const { plan, sandbox, work, pipeline, context } = options;
  const columns = plan.bound.columns!.get(node.name) as ContractColumn[];
  if (node.kind === "query") return act(selectTyped(plan.bind(node.sql), columns));
  const programs = { sessions: work.sessions, context };
  const request = { node, values: plan.values, db: sandbox.db, isShared: false, work, pipeline, programs };
  const rows = await runProgram(request);
  try {
    return await act(selectTyped(rows.sql, columns));
  } finally {
    await rows.release();
  }
}

async function explained<T>(node: ModelNode, { pipeline, context }: RunTest, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw await explainFailure(error, { node, pipeline, context, explainSource: async () => undefined });
  }
}

function judgeError(error: EtlError, { expectation }: PlannedTest): Outcome {
  const said = error.problems.map(problemText).join("\n");
  if (expectation.kind !== "error") return { message: said };
  const texts = [
    said,
    ...error.problems.map(({ hint = "" }) => hint),
    error.cause === undefined ? "" : messageOf(error.cause),
  ];
  if (texts.some((text) => text.includes(expectation.text))) return {};
  return { message: `an error with "${expectation.text}" was expected; it was another one:\n${said}` };
}

function problemText({ message, hint, where }: Problem): string {
  return [`${where ? `${formatWhere(where)} ` : ""}${message}`, ...(hint ? [`    ${hint}`] : [])].join("\n");
}
