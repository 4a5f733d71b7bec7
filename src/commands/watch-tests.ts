/** `nais-etl test --watch`: after each change, the tests that it concerns. */
import { dirname, relative } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { watchFolders } from "../util/watch-folders.ts";
import { concerns } from "../etl/data-test/concerned.ts";
import type { TestResult } from "../etl/data-test/test-pipeline.ts";
import { choosePipelines } from "./pipelines.ts";
import { chooseTests, loadAllTests, runTests } from "./run-tests.ts";
import { hasColour, printResult, printSummary } from "./print-tests.ts";

export interface WatchTestsOptions {
  dir?: string;
  pipeline?: string;
  select?: string[];
}

/** @throws {EtlError} `interrupted`, in the end */
export async function watchTests(options: WatchTestsOptions, context: Context): Promise<never> {
  const folders = (await choosePipelines(options, context)).map(({ file }) => dirname(file));
  const changes = await watchFolders({ folders, signal: context.signal });
  try {
    let changed: Set<string> | undefined;
    for (;;) {
      const done = await runConcerned({ options, changed, context });
      const next = await changes.next();
      // What could not be run still waits for its turn.
      changed = done ? next : changed && new Set([...changed, ...next]);
    }
  } finally {
    changes.close();
  }
}

interface Cycle {
  options: WatchTestsOptions;
  /** Undefined for all tests. */
  changed: Set<string> | undefined;
  context: Context;
}

/** @returns whether the tests could be run */
async function runConcerned({ options, changed, context }: Cycle): Promise<boolean> {
  const begin = headline(changed, context);
  try {
    const pipelines = chooseTests(await loadAllTests(options, context), options.select ?? []);
    const print = printResult(pipelines, context);
    const onResult = (result: TestResult) => {
      begin();
      print(result);
    };
    const isConcerned = changed && { concerns: (...plan: Parts) => concerns(changed, ...plan) };
    const run = await runTests({ pipelines, onResult, ...isConcerned }, context);
    if (changed && run.results.length === 0) return true;
    begin();
    if (run.results.length === 0) context.log.warn("there are no tests: write them in tests/*.yaml");
    printSummary(run, context);
    waiting(context);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof EtlError)) throw error;
    begin();
    for (const problem of error.problems) context.log.problem(problem);
    waiting(context);
    return false;
  }
}

type Parts = Parameters<typeof concerns> extends [unknown, ...infer Rest] ? Rest : never;

const clearScreen = "\u001B[2J\u001B[3J\u001B[H";

/** Printed once, before anything else: a change that concerns no test leaves the screen as it is. */
function headline(changed: Set<string> | undefined, context: Context): () => void {
  let begun = false;
  const files = [...(changed ?? [])].map((path) => relative(context.cwd, path)).toSorted();
  const text = changed ? `changed: ${files.join(", ")}\n` : "";
  return () => {
    if (!begun && (context.isTerminal || text !== ""))
      context.print(`${context.isTerminal ? clearScreen : ""}${text}`.trimEnd());
    begun = true;
  };
}

function waiting(context: Context): void {
  const dim = (text: string) => (hasColour(context) ? `\u001B[2m${text}\u001B[22m` : text);
  context.print(dim("\nwaiting for changes; Ctrl-C ends"));
}
