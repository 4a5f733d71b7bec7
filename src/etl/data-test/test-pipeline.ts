/** Tests a pipeline's transformations: one engine for all tests, nothing written, no network and no files while models run. */
import type { Context } from "../../util/context.ts";
import { throwProblems, type Problem } from "../../util/error.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import { sensitiveColumns } from "../privacy.ts";
import { buildGraph, type Graph } from "../transform/graph.ts";
import { openWork, type Work } from "../work.ts";
import { createBinder } from "./bind-models.ts";
import type { Diff } from "./diff.ts";
import { createFixtureReader } from "./fixture-file.ts";
import { planTest, type Planner } from "./plan-test.ts";
import type { PlannedTest } from "./planned-test.ts";
import { createColumnsOf } from "./relation-types.ts";
import { runTest } from "./run-test.ts";
import { columnsOfSample } from "./read-file.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";
import { bindNothing } from "./test-values.ts";

export interface TestResult {
  name: string;
  model: string;
  /** The test's file, as the user would write it, and the line where the test begins. */
  file: string;
  line: number;
  status: "passed" | "failed";
  seconds: number;
  message?: string;
  diff?: Diff;
}

export interface TestOptions {
  pipeline: LoadedPipeline;
  tests: DeclaredTest[];
  /** What is wrong with the files of the tests: told with what is found here. */
  problems: Problem[];
  /** Called for each test, in their order, as soon as it is known. */
  onResult: (result: TestResult) => void;
}

/** More connections than cores would only share them. */
const mostConnections = 4;

/** The tests that are asked for, by a model's name or a part of their own; all where nothing is. */
export function selectTests(tests: DeclaredTest[], select: string[]): DeclaredTest[] {
  if (select.length === 0) return tests;
  const wanted = select.map((text) => text.toLowerCase());
  return tests.filter(({ name, model }) =>
    wanted.some((text) => model.toLowerCase() === text || name.toLowerCase().includes(text)),
  );
}

/** @throws {EtlError} `invalid`, with every problem of models and tests, before any test is run */
export async function testPipeline(options: TestOptions, context: Context): Promise<void> {
  const { pipeline, tests, problems, onResult } = options;
  const work = await openWork(context);
  const sandboxes: Sandbox[] = [];
  try {
    const graph = await buildGraph(pipeline, work.db);
    sandboxes.push(createSandbox(await work.db.another()));
    const planned = await planTests(tests, { pipeline, graph, work, sandbox: sandboxes[0]!, context });
    throwProblems([...problems, ...planned.problems], "cannot be tested");
    const more = Math.min(work.limits.threads, mostConnections, tests.length) - 1;
    for (let i = 0; i < more; i++) sandboxes.push(createSandbox(await work.db.another()));
    await work.db.lockDown({ files: [], folder: work.folder });
    await runTests({ plans: planned.plans, sandboxes, pipeline, onResult }, context);
  } finally {
    for (const { db } of sandboxes) db.close();
    await work.close();
  }
}

interface PlanTests {
  pipeline: LoadedPipeline;
  graph: Graph;
  work: Work;
  sandbox: Sandbox;
  context: Context;
}

async function planTests(
  tests: DeclaredTest[],
  options: PlanTests,
): Promise<{ plans: PlannedTest[]; problems: Problem[] }> {
  const wrong = options.graph.problems.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) return { plans: [], problems: wrong };
  const planner = createPlanner(options);
  const plans: PlannedTest[] = [];
  const problems: Problem[] = [];
  for (const test of tests) {
    const planning = await planTest(test, planner);
    if (planning.plan) plans.push(planning.plan);
    problems.push(...planning.problems.toSorted(byPlace));
  }
  return { plans, problems };
}

function byPlace({ where: a }: Problem, { where: b }: Problem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function createPlanner({ pipeline, graph, work, sandbox, context }: PlanTests): Planner {
  const { dialect } = work.db;
  const bindModels = createBinder({ sandbox, pipeline, context });
  const reader = { pipeline, work, context };
  const readFixture = createFixtureReader(reader);
  const readColumns = (name: string, source: Source) => columnsOfSample(name, source, reader);
  const columnsOf = createColumnsOf({ pipeline, graph, bindModels, bind: bindNothing(pipeline, dialect), readColumns });
  const hidden = sensitiveColumns(pipeline);
  return { pipeline, graph, bindModels, columnsOf, readFixture, dialect, hidden, context };
}

interface RunTests {
  plans: PlannedTest[];
  sandboxes: Sandbox[];
  pipeline: LoadedPipeline;
  onResult: TestOptions["onResult"];
}

/** Each connection takes the next test that is left; results are told in the tests' order. */
async function runTests({ plans, sandboxes, pipeline, onResult }: RunTests, context: Context): Promise<void> {
  const results: TestResult[] = [];
  let [next, told] = [0, 0];
  const outcomes = await Promise.allSettled(
    sandboxes.map(async (sandbox) => {
      while (next < plans.length) {
        const i = next++;
        results[i] = await timed(plans[i]!, { sandbox, pipeline, context });
        while (results[told]) onResult(results[told++]!);
      }
    }),
  );
  // Only now is no connection at work, so that all can be closed.
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function timed(
  plan: PlannedTest,
  others: { sandbox: Sandbox; pipeline: LoadedPipeline; context: Context },
): Promise<TestResult> {
  const started = performance.now();
  const outcome = await runTest({ plan, ...others });
  const { name, model, file, where } = plan.test;
  const status = outcome.message === undefined ? "passed" : "failed";
  return {
    name,
    model,
    file,
    line: where([]).line!,
    status,
    seconds: (performance.now() - started) / 1000,
    ...outcome,
  };
}
