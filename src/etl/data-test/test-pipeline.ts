/** Tests a pipeline's transformations. */
import type { Context } from "../../util/context.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { Diff } from "./diff.ts";
import type { PlannedTest } from "./planned-test.ts";
import { runTest } from "./run-test.ts";
import type { Sandbox } from "./sandbox.ts";
import { withSession, type Session, type SessionOptions } from "./test-session.ts";

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

export interface TestOptions extends SessionOptions {
  /** Called for each test, in their order, as soon as it is known. */
  onResult: (result: TestResult) => void;
}

/** The tests that are asked for, by a model's name or a part of their own; all where nothing is. */
export function selectTests(tests: DeclaredTest[], select: string[]): DeclaredTest[] {
  if (select.length === 0) return tests;
  const wanted = select.map((text) => text.toLowerCase());
  return tests.filter(({ name, model }) =>
    wanted.some((text) => model.toLowerCase() === text || name.toLowerCase().includes(text)),
  );
}

/** @throws {EtlError} `invalid`, with every problem of models and tests, before any test is run */
export function testPipeline({ onResult, ...options }: TestOptions, context: Context): Promise<void> {
  return withSession(options, context, (session) => runTests({ session, plans: session.plans, onResult }));
}

interface RunTests {
  session: Session;
  plans: PlannedTest[];
  onResult: TestOptions["onResult"];
}

/** Results are told in the tests' order. */
export async function runTests({ session, plans, onResult }: RunTests): Promise<void> {
  const results: TestResult[] = [];
  let told = 0;
  await shareOut(session.sandboxes, plans, async (plan, sandbox, i) => {
    results[i] = await timed(plan, sandbox, session);
    while (results[told]) onResult(results[told++]!);
  });
}

/** Each worker takes the next item that is left. @throws when none is at work any more */
export async function shareOut<W, T>(
  workers: W[],
  items: T[],
  act: (item: T, worker: W, i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const outcomes = await Promise.allSettled(
    workers.map(async (worker) => {
      while (next < items.length) {
        const i = next++;
        await act(items[i]!, worker, i);
      }
    }),
  );
  // Only now is no connection at work, so that all can be closed.
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function timed(plan: PlannedTest, sandbox: Sandbox, { work, pipeline, context }: Session): Promise<TestResult> {
  const started = performance.now();
  const outcome = await runTest({ plan, sandbox, work, pipeline, context });
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
