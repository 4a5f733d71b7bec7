/** What `nais-etl test` prints of results. */
import type { Context } from "../util/context.ts";
import { formatResult, formatSummary } from "../etl/data-test/format-result.ts";
import type { TestResult } from "../etl/data-test/test-pipeline.ts";
import type { LoadedPipelineTests, TestRun } from "./run-tests.ts";

export const hasColour = (context: Context): boolean => context.isTerminal && !context.env["NO_COLOR"];

/** A line for each, the tests' names below each other. */
export function printResult(pipelines: LoadedPipelineTests[], context: Context): (result: TestResult) => void {
  const models = pipelines.flatMap(({ loaded }) => loaded.tests.map(({ model }) => model.length));
  const modelWidth = Math.max(0, ...models);
  const colour = hasColour(context);
  return (result) => context.print(formatResult({ result, modelWidth, colour }));
}

export function printSummary({ results, seconds }: TestRun, context: Context): void {
  if (results.length === 0) return;
  const failed = results.filter(({ status }) => status === "failed").length;
  const gap = results.at(-1)!.status === "failed" ? "" : "\n";
  context.print(`${gap}${formatSummary({ passed: results.length - failed, failed, seconds })}`);
}
