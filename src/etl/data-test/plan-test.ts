/** From a declared test to one that is ready to run, or to what is wrong with it. */
import type { Context } from "../../util/context.ts";
import type { Problem } from "../../util/error.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Dialect } from "../engine/dialect.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import type { Graph, ModelNode } from "../transform/graph.ts";
import { bindValues } from "../values.ts";
import type { BindModels, Bound } from "./bind-models.ts";
import { cutGraph, type Cut } from "./cut.ts";
import { readExpected } from "./expected.ts";
import type { ReadFixture } from "./fixture-file.ts";
import { readGiven, type GivenRelation } from "./given.ts";
import type { Expectation, PlannedTest } from "./planned-test.ts";
import type { ColumnsOf } from "./relation-types.ts";
import { givenProblems, missingParameters, unknownModel } from "./plan-problems.ts";
import { valuesOfTest } from "./test-values.ts";
import { findWantedChecks } from "./wanted-checks.ts";

export interface Planner {
  pipeline: LoadedPipeline;
  graph: Graph;
  bindModels: BindModels;
  columnsOf: ColumnsOf;
  readFixture: ReadFixture;
  dialect: Dialect;
  /** Columns whose values are not shown. */
  hidden: ReadonlySet<string>;
  context: Context;
}

export type Planning = { plan: PlannedTest; problems: Problem[] } | { plan?: undefined; problems: Problem[] };

export async function planTest(test: DeclaredTest, planner: Planner): Promise<Planning> {
  const { pipeline, graph, bindModels, dialect, context } = planner;
  if (!graph.models.some(({ name }) => name === test.model)) return { problems: [unknownModel({ test, ...planner })] };
  const cut = cutGraph({ graph, model: test.model, given: new Set(Object.keys(test.given ?? {})) });
  const values = valuesOfTest(test, pipeline, context);
  const read = await readGiven({ test, names: givenNames(test, cut, planner), ...planner });
  const problems = [
    ...givenProblems({ test, missing: cut.missing, ...planner }),
    ...values.problems,
    ...missingParameters({ test, models: cut.models, values, pipeline }),
    ...read.problems,
  ];
  if (problems.length > 0) return { problems };
  const given = new Map(read.relations.map(({ name, columns }) => [name, columns]));
  const bind = bindValues(values, dialect);
  const bound = await bindModels({ models: cut.models, given, bind });
  const expected = await readExpectation({ test, bound, given: read.relations, models: cut.models, planner });
  if (expected.problems.length > 0) return { problems: expected.problems };
  const { frozen, reference } = values;
  const plan = {
    test,
    models: cut.models,
    given: read.relations,
    bound,
    bind,
    values: { params: values.params, interval: values.interval, now: frozen },
    frozen,
    reference,
    expectation: expected.expectation,
  };
  return { plan, problems: [] };
}

/** Given relations that the test needs. A check of kind sql may look at any. */
function givenNames(test: DeclaredTest, { inputs }: Cut, { graph, pipeline }: Planner): string[] {
  if (!test.expect.fails) return inputs;
  const known = new Set([...Object.keys(pipeline.spec.sources ?? {}), ...graph.models.map(({ name }) => name)]);
  return Object.keys(test.given ?? {}).filter((name) => known.has(name) && name !== test.model);
}

interface Expecting {
  test: DeclaredTest;
  bound: Bound;
  given: GivenRelation[];
  models: ModelNode[];
  planner: Planner;
}

async function readExpectation({
  test,
  bound,
  given,
  models,
  planner,
}: Expecting): Promise<{ expectation: Expectation; problems: Problem[] }> {
  const { rows, ordered = false, fails, error, count } = test.expect;
  if (error !== undefined) return { expectation: { kind: "error", text: error }, problems: [] };
  if (count !== undefined) return { expectation: { kind: "count", count }, problems: [] };
  if (rows !== undefined) {
    // A model that cannot run fails the test for that reason; its contract still says what rows it should have.
    const columns = bound.columns?.get(test.model) ?? (await planner.columnsOf(test.model));
    if (!columns) return { expectation: { kind: "rows", ordered, columns: [], rows: [] }, problems: [] };
    const { problems, ...expected } = await readExpected({ test, columns, ...planner });
    return { expectation: { kind: "rows", ordered, ...expected }, problems };
  }
  if (fails && bound.columns) {
    const computed = models.map(({ name }) => ({
      name,
      columns: bound.columns.get(name) as TypedColumn[],
      given: false,
    }));
    const tables = [...given.map((relation) => ({ ...relation, given: true })), ...computed];
    const { problems, ...checks } = findWantedChecks({ test, tables, ...planner });
    return { expectation: { kind: "fails", ...checks }, problems };
  }
  return { expectation: { kind: "fails", watched: [], wanted: [] }, problems: [] };
}
