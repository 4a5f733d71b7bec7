/** `nais-etl test`: tests the transformations of one pipeline, or of all. */
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { loadTests, type LoadedTests } from "../spec/load-tests.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { formatResult, formatSummary, resultToJson } from "../etl/data-test/format-result.ts";
import { selectTests, testPipeline, type TestResult } from "../etl/data-test/test-pipeline.ts";
import { choosePipelines } from "./pipelines.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface TestCommandOptions {
  dir?: string;
  pipeline?: string;
  /** Models' names, or parts of tests' names. */
  select?: string[];
  json?: boolean;
}

interface Loaded {
  pipeline: LoadedPipeline;
  loaded: LoadedTests;
}

/**
 * @returns 0, or 3 when a test failed
 * @throws {EtlError} `invalid` when a pipeline, a model or a test cannot be read: then no test is run
 */
export async function test(options: TestCommandOptions, context: Context): Promise<number> {
  const started = performance.now();
  const pipelines = await Promise.all((await choosePipelines(options, context)).map(({ file }) => load(file, context)));
  const chosen = chooseTests(pipelines, options.select ?? []);
  const results: TestResult[] = [];
  const modelWidth = Math.max(0, ...chosen.flatMap(({ loaded }) => loaded.tests.map(({ model }) => model.length)));
  const colour = context.isTerminal && !context.env["NO_COLOR"];
  const onResult = (result: TestResult) => {
    results.push(result);
    if (!options.json) context.print(formatResult({ result, modelWidth, colour }));
  };
  for (const { pipeline, loaded } of chosen) {
    if (loaded.tests.length === 0 && loaded.problems.length === 0) continue;
    await testPipeline({ pipeline, ...loaded, onResult }, context);
  }
  return report({ results, seconds: (performance.now() - started) / 1000, json: options.json ?? false }, context);
}

async function load(file: string, context: Context): Promise<Loaded> {
  const pipeline = await loadPipeline({ file }, context);
  return { pipeline, loaded: await loadTests(pipeline) };
}

/** @throws {EtlError} `usage` when what is selected is nowhere */
function chooseTests(pipelines: Loaded[], select: string[]): Loaded[] {
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
  return pipelines.map(({ pipeline, loaded }) => ({
    pipeline,
    loaded: { ...loaded, tests: selectTests(loaded.tests, select) },
  }));
}

function report(
  { results, seconds, json }: { results: TestResult[]; seconds: number; json: boolean },
  context: Context,
): number {
  const failed = results.filter(({ status }) => status === "failed").length;
  const passed = results.length - failed;
  if (results.length === 0) context.log.warn("there are no tests: write them in tests/*.yaml");
  if (json) context.print(JSON.stringify({ passed, failed, tests: results.map(resultToJson) }, undefined, 2));
  else if (results.length > 0)
    context.print(`${results.at(-1)!.status === "failed" ? "" : "\n"}${formatSummary({ passed, failed, seconds })}`);
  return failed > 0 ? 3 : 0;
}
