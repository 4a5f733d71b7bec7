/** A pipeline's tests one by one, for a test runner of the team's own. */
import { resolve } from "node:path";
import type { Context } from "../util/context.ts";
import { throwProblems } from "../util/error.ts";
import { formatDiff } from "../etl/data-test/format-diff.ts";
import { testPipeline, type TestResult } from "../etl/data-test/test-pipeline.ts";
import { chooseTests, loadAllTests, type LoadedPipelineTests } from "./run-tests.ts";

export interface PipelineTestsOptions {
  /** The pipeline's folder, or one above it; by default the folder that the program was started in. */
  dir?: string;
  /** Which pipeline, where there are several; by default all. */
  pipeline?: string;
  /** Models' names, or parts of tests' names; by default all. */
  select?: string[];
}

export interface PipelineTest {
  name: string;
  model: string;
  /** The test's file, absolute, and the line on which it begins. */
  file: string;
  line: number;
  /**
   * Resolves where the test passes. The first call runs all tests of the pipeline, on one engine: the others wait for theirs.
   * @throws {Error} what was wrong, with the rows that differ
   */
  run: () => Promise<void>;
}

/** @throws {EtlError} `invalid` where a pipeline or a file of tests cannot be read, `usage` where there is no such pipeline or test */
export async function pipelineTests(options: PipelineTestsOptions, context: Context): Promise<PipelineTest[]> {
  const pipelines = chooseTests(await loadAllTests(options, context), options.select ?? []);
  throwProblems(
    pipelines.flatMap(({ loaded }) => loaded.problems),
    "cannot be tested",
  );
  return pipelines.flatMap((each) => testsOf(each, context));
}

function testsOf({ pipeline, loaded }: LoadedPipelineTests, context: Context): PipelineTest[] {
  const { tests } = loaded;
  let running: Promise<TestResult[]> | undefined;
  const runAll = async () => {
    const results: TestResult[] = [];
    await testPipeline({ pipeline, ...loaded, onResult: (result) => results.push(result) }, context);
    return results;
  };
  return tests.map(({ name, model, path, where }, i) => {
    const line = where([]).line!;
    return {
      name,
      model,
      file: path,
      line,
      async run() {
        const result = (await (running ??= runAll()))[i]!;
        if (result.status === "failed") throw failure(result, { file: resolve(path), line });
      },
    };
  });
}

/** Its stack is the test's place, which is what a runner shows. */
function failure({ name, message = "", diff }: TestResult, { file, line }: { file: string; line: number }): Error {
  const rows = diff ? formatDiff({ diff, colour: false }) : [];
  const error = new Error([message, ...rows].join("\n"));
  error.name = "TestFailure";
  error.stack = `${error.name}: ${error.message}\n    at ${JSON.stringify(name)} (${file}:${line}:1)`;
  return error;
}
