/** The tests of one pipeline, or of all: loaded, chosen, run. */
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { loadTests, type LoadedTests } from "../spec/load-tests.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { mutatePipeline, type MutationResult } from "../etl/data-test/mutation/mutate-pipeline.ts";
import { runTests as runPlanned, selectTests, type TestResult } from "../etl/data-test/test-pipeline.ts";
import { withSession, type Session } from "../etl/data-test/test-session.ts";
import type { PlannedTest } from "../etl/data-test/planned-test.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { choosePipelines } from "./pipelines.ts";

export interface LoadedPipelineTests {
  pipeline: LoadedPipeline;
  loaded: LoadedTests;
  /** Texts of the models' files, by their names as they are shown: known when the tests are run. */
  texts: Map<string, string>;
}

export async function loadAllTests(
  options: { dir?: string; pipeline?: string },
  context: Context,
): Promise<LoadedPipelineTests[]> {
  const chosen = await choosePipelines(options, context);
  return Promise.all(
    chosen.map(async ({ file }) => {
      const pipeline = await loadPipeline({ file }, context);
      return { pipeline, loaded: await loadTests(pipeline), texts: new Map() };
    }),
  );
}

/** @throws {EtlError} `usage` when what is selected is nowhere */
export function chooseTests(pipelines: LoadedPipelineTests[], select: string[]): LoadedPipelineTests[] {
  const all = pipelines.flatMap(({ loaded }) => loaded.tests);
  const unknown = select.find((text) => selectTests(all, [text]).length === 0);
  const broken = pipelines.some(({ loaded }) => loaded.problems.length > 0);
  if (unknown !== undefined && !broken) {
    const hint = didYouMean(unknown, [...new Set(all.map(({ model }) => model))]);
    throw new EtlError({
      code: "usage",
      message: `there is no test of \`${unknown}\`, and none with it in its name`,
      hint,
    });
  }
  return pipelines.map(({ loaded, ...rest }) => ({
    ...rest,
    loaded: { ...loaded, tests: selectTests(loaded.tests, select) },
  }));
}

export interface RunTests {
  pipelines: LoadedPipelineTests[];
  onResult: (result: TestResult) => void;
  /** Which of the planned tests are run; all by default. */
  concerns?: (plan: PlannedTest, pipeline: LoadedPipeline) => boolean;
  /** Whether queries are changed after the tests have passed. */
  mutate?: boolean;
  /** Called when that begins: it may take a while. */
  onMutate?: (pipeline: LoadedPipeline) => void;
  /** What was selected: only queries of the selected tests' models are changed. */
  select?: string[];
}

export interface TestRun {
  results: TestResult[];
  mutations: MutationResult[];
  /** Whether there was nothing to learn from mutants, since a test failed. */
  unmutated: boolean;
  started: Date;
  /** How long the tests took, without the mutants. */
  seconds: number;
}

/** @throws {EtlError} `invalid` when a pipeline, a model or a test is wrong: then no test of its pipeline is run */
export async function runTests(options: RunTests, context: Context): Promise<TestRun> {
  const started = context.now();
  let seconds = 0;
  const results: TestResult[] = [];
  const mutations: MutationResult[] = [];
  for (const each of options.pipelines) {
    const since = performance.now();
    const { pipeline, loaded } = each;
    if (loaded.tests.length === 0 && loaded.problems.length === 0) continue;
    await withSession({ pipeline, ...loaded }, context, async (session) => {
      const own = await runSession(session, options);
      results.push(...own);
      seconds += (performance.now() - since) / 1000;
      for (const { file } of session.graph.models) each.texts.set(file.shown, file.text);
      if (!options.mutate || own.some(({ status }) => status === "failed")) return;
      options.onMutate?.(pipeline);
      mutations.push(await mutatePipeline(session, selectedModels(session, options.select)));
    });
  }
  const unmutated = options.mutate === true && results.some(({ status }) => status === "failed");
  return { results, mutations, unmutated, started, seconds };
}

async function runSession(session: Session, { onResult, concerns }: RunTests): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const plans = concerns ? session.plans.filter((plan) => concerns(plan, session.pipeline)) : session.plans;
  const told = (result: TestResult) => {
    results.push(result);
    onResult(result);
  };
  await runPlanned({ session, plans, onResult: told });
  return results;
}

function selectedModels({ plans }: Session, select: string[] = []): Set<string> | undefined {
  return select.length > 0 ? new Set(plans.map(({ test }) => test.model)) : undefined;
}
