/** `nais-etl test`: tests the transformations of one pipeline, or of all. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { formatMutation } from "../etl/data-test/mutation/format-mutation.ts";
import type { MutationResult } from "../etl/data-test/mutation/mutate-pipeline.ts";
import { mutationToJson, scoreOf } from "../etl/data-test/mutation/score.ts";
import { resultToJson } from "../etl/data-test/format-result.ts";
import { toJunit } from "../etl/data-test/junit.ts";
import { hasColour, printResult, printSummary } from "./print-tests.ts";
import { chooseTests, loadAllTests, runTests, type LoadedPipelineTests, type TestRun } from "./run-tests.ts";

export interface TestCommandOptions {
  dir?: string;
  pipeline?: string;
  /** Models' names, or parts of tests' names. */
  select?: string[];
  json?: boolean;
  /** Whether to go on, and run after each change the tests that it concerns. */
  watch?: boolean;
  /** A model that gets a first test, and the parameters that it is written with. */
  new?: string;
  param?: Record<string, string>;
  /** A file that JUnit XML is written to. */
  junit?: string;
  /** Whether queries are changed, to see whether a test fails. */
  mutate?: boolean;
  /** The least mutation score, in per cent. */
  minScore?: number;
}

/**
 * @returns 0, or 3 when a test failed, or the mutation score is too low
 * @throws {EtlError} `invalid` when a pipeline, a model or a test cannot be read: then no test is run
 */
export async function test(options: TestCommandOptions, context: Context): Promise<number> {
  checkOptions(options);
  if (options.new !== undefined)
    return (await import("./new-test.ts")).newTest({ ...options, model: options.new }, context);
  if (options.watch) return (await import("./watch-tests.ts")).watchTests(options, context);
  const pipelines = chooseTests(await loadAllTests(options, context), options.select ?? []);
  const onResult = options.json ? () => undefined : printResult(pipelines, context);
  const mutate = options.mutate === true || options.minScore !== undefined;
  const onMutate = ({ spec }: LoadedPipeline) => printWaiting(spec.name, options, context);
  const run = await runTests({ pipelines, onResult, mutate, onMutate, select: options.select ?? [] }, context);
  if (options.junit !== undefined) await writeJunit(options.junit, run, context);
  return report({ run, pipelines, options }, context);
}

/** @throws {EtlError} `usage` */
function checkOptions({ minScore, ...options }: TestCommandOptions): void {
  if (options.param && options.new === undefined) {
    const hint = "Write params: in the test.";
    throw new EtlError({ code: "usage", message: "--param goes with --new", hint });
  }
  const alone = options.watch && (["json", "junit", "mutate"] as const).find((name) => options[name] !== undefined);
  if (alone || (options.watch && minScore !== undefined))
    throw new EtlError({ code: "usage", message: `--watch does not go with --${alone || "min-score"}` });
  if (minScore === undefined || minScore <= 100) return;
  throw new EtlError({ code: "usage", message: `--min-score ${minScore}: a score is at most 100 per cent` });
}

function printWaiting(name: string, { json }: TestCommandOptions, context: Context): void {
  if (context.isTerminal && !json) context.print(`\nchanging each query of ${name}, one place at a time …`);
}

async function writeJunit(file: string, { results, seconds, started }: TestRun, context: Context): Promise<void> {
  const text = context.log.scrub(toJunit({ results, seconds, started }));
  await context
    .effect("test.junit", () => writeFile(resolve(context.cwd, file), text))
    .catch((cause: unknown) => {
      throw new EtlError({ code: "failed", message: `${file} cannot be written`, hint: messageOf(cause), cause });
    });
}

interface Report {
  run: TestRun;
  pipelines: LoadedPipelineTests[];
  options: TestCommandOptions;
}

function report({ run, pipelines, options }: Report, context: Context): number {
  const { results, mutations } = run;
  const failed = results.filter(({ status }) => status === "failed").length;
  if (results.length === 0) context.log.warn("there are no tests: write them in tests/*.yaml");
  if (options.json) context.print(JSON.stringify(toJson(run), undefined, 2));
  else {
    printSummary(run, context);
    printMutations(mutations, pipelines, context);
  }
  if (run.unmutated) context.log.warn("queries are changed only where all tests pass");
  return failed > 0 || isTooLow(mutations, options, context) ? 3 : 0;
}

function toJson({ results, mutations }: TestRun): object {
  const failed = results.filter(({ status }) => status === "failed").length;
  return {
    passed: results.length - failed,
    failed,
    tests: results.map(resultToJson),
    ...(mutations.length > 0 && { mutation: mutationToJson(joined(mutations)) }),
  };
}

function joined(mutations: MutationResult[]): MutationResult {
  return {
    models: mutations.flatMap(({ models }) => models),
    programs: mutations.flatMap(({ programs }) => programs),
    idle: mutations.flatMap(({ idle }) => idle),
  };
}

function printMutations(results: MutationResult[], pipelines: LoadedPipelineTests[], context: Context): void {
  if (results.length === 0) return;
  const texts = new Map(pipelines.flatMap(({ texts: files }) => [...files]));
  const lineOf = (file: string, line: number) => texts.get(file)?.split("\n")[line - 1];
  const lines = formatMutation({ results, lineOf, colour: hasColour(context) });
  if (lines.length > 0) context.print(`\n${lines.join("\n")}`);
}

function isTooLow(mutations: MutationResult[], { minScore }: TestCommandOptions, context: Context): boolean {
  const { score } = scoreOf(mutations.flatMap(({ models }) => models));
  if (minScore === undefined || score === undefined || score >= minScore) return false;
  context.log.error(`the mutation score is ${score} %, and --min-score asks for ${minScore} %`);
  return true;
}
