/** Tests made ready: one engine for all of them, planned, and connections that run them; nothing written, no network and no files while models run. */
import type { Context } from "../../util/context.ts";
import { throwProblems, type Problem } from "../../util/error.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { sensitiveColumns } from "../privacy.ts";
import { buildGraph, type Graph } from "../transform/graph.ts";
import { findMissing } from "../transform/program/ready.ts";
import { createSessions } from "../transform/program/sessions.ts";
import { startEarly } from "../transform/program/start-early.ts";
import { refreshTypes } from "../transform/typescript/types-file.ts";
import { openWork, type Work } from "../work.ts";
import { findColumns } from "./find-columns.ts";
import { createFixtureReader } from "./fixture-file.ts";
import { planTest, type Planner } from "./plan-test.ts";
import type { PlannedTest } from "./planned-test.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

export interface SessionOptions {
  pipeline: LoadedPipeline;
  tests: DeclaredTest[];
  /** What is wrong with the files of the tests: told with what is found here. */
  problems: Problem[];
}

export interface Session {
  pipeline: LoadedPipeline;
  graph: Graph;
  work: Work;
  plans: PlannedTest[];
  /** Connections of their own, on which tests run at the same time. */
  sandboxes: Sandbox[];
  context: Context;
}

/** More connections than cores would only share them. */
const mostConnections = 4;

/**
 * Plans all tests, does something with them, and ends the engine.
 * @throws {EtlError} `invalid`, with every problem of models and tests, before any test is run
 */
export async function withSession<T>(
  { pipeline, tests, problems }: SessionOptions,
  context: Context,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const sessions = createSessions();
  if (tests.length > 0) await startEarly(pipeline, { sessions, context });
  const work = await openWork(context, { sessions });
  const sandboxes: Sandbox[] = [];
  try {
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    sandboxes.push(createSandbox(await work.db.another()));
    const planned = await planTests(tests, {
      pipeline,
      graph,
      work,
      sandbox: sandboxes[0]!,
      context,
      keepsTypes: true,
    });
    throwProblems([...problems, ...planned.problems], "cannot be tested");
    const wanted = new Set(planned.plans.flatMap(({ models }) => models.map(({ name }) => name)));
    throwProblems(await findMissing(graph.models.filter(({ name }) => wanted.has(name))), "cannot be tested");
    const more = Math.min(work.limits.threads, mostConnections, tests.length) - 1;
    for (let i = 0; i < more; i++) sandboxes.push(createSandbox(await work.db.another()));
    await work.db.lockDown({ files: [], folder: work.folder });
    return await act({ pipeline, graph, work, plans: planned.plans, sandboxes, context });
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
  /** Whether the file of types, which editors read, is kept up to date by the way. */
  keepsTypes?: boolean;
}

/** From declared tests to planned ones, and everything that is wrong with them. */
export async function planTests(
  tests: DeclaredTest[],
  options: PlanTests,
): Promise<{ plans: PlannedTest[]; problems: Problem[] }> {
  const wrong = options.graph.problems.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) return { plans: [], problems: wrong };
  const planner = createPlanner(options);
  if (options.keepsTypes) await refreshTypes({ ...options, columnsOf: planner.columnsOf }, options.context);
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
  const { bindModels, columnsOf } = findColumns({ pipeline, graph, work, sandbox, context });
  const readFixture = createFixtureReader({ pipeline, work, context });
  const hidden = sensitiveColumns(pipeline);
  return { pipeline, graph, bindModels, columnsOf, readFixture, dialect, hidden, context };
}
