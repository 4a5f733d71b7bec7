/** `nais-etl test`: every test of every model. */
import * as core from "@actions/core";
import { count, formatWhere } from "../../util/error.ts";
import { readResult, reasonOf } from "../call.ts";
import { formatDiff, type JsonDiff } from "../diff.ts";
import { inRepository, type Places } from "../places.ts";
import type { TestResult } from "../report.ts";
import type { StepOutcome, Work } from "../step.ts";

/** What `nais-etl test --json` prints. */
interface TestAnswer {
  tests: {
    name: string;
    model: string;
    file: string;
    line: number;
    status: string;
    message?: string;
    diff?: JsonDiff;
  }[];
}

export async function test({ inputs, places, call }: Work): Promise<StepOutcome> {
  const answer = await call("test", inputs.pipeline === undefined ? [] : ["--pipeline", inputs.pipeline]);
  const result = readResult<TestAnswer>(answer, { command: "test", list: "tests" });
  const { problems } = answer;
  const passed = answer.exitCode === 0;
  if (!result) return { passed, problems, sentence: reasonOf(answer, problems) };
  const tests = result.tests.map((one) => readTest(one, places));
  for (const one of tests) core.info(lineOf(one));
  const failed = tests.filter((one) => !one.passed);
  const sentence = failed[0] ? told(failed, tests) : passed ? allPassed(tests) : reasonOf(answer, problems);
  return { passed, problems, sentence, tests };
}

function readTest({ diff, status, message = "", ...test }: TestAnswer["tests"][number], places: Places): TestResult {
  const { name, model, line } = test;
  const { where } = inRepository({ where: { file: test.file, line } }, places);
  return {
    name,
    model,
    line,
    file: where.file,
    passed: status === "passed",
    message,
    diff: diff ? formatDiff(diff) : [],
  };
}

function lineOf({ passed, name, message, diff }: TestResult): string {
  return passed ? `passed: ${name}` : [`FAILED: ${name}`, ...message.split("\n"), ...diff].join("\n    ");
}

function allPassed(tests: TestResult[]): string {
  return tests.length === 0 ? "there are no tests" : `${count(tests.length, "test")} passed`;
}

function told(failed: TestResult[], tests: TestResult[]): string {
  const { name, file, line } = failed[0]!;
  const others = failed.length > 1 ? " and others" : "";
  return `${failed.length} of ${count(tests.length, "test")} failed: "${name}"${others} (${formatWhere({ file, line })})`;
}
