/** Problems and failed tests, on the lines of the change. */
import * as core from "@actions/core";
import { formatAnnotation } from "../util/annotation.ts";
import type { Problem } from "../util/error.ts";
import { scrub } from "./log.ts";
import { problemsIn } from "./problems-in.ts";
import type { Report, TestResult } from "./report.ts";

/**
 * GitHub shows ten errors and ten warnings of a step, and the step's own failure is one of the errors.
 *
 * @see https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
 */
const shown = { error: 9, warning: 10 };

export function annotate(report: Report): void {
  const failed = report.results.flatMap((result) => result.tests ?? []).filter(({ passed }) => !passed);
  const problems = [...problemsIn(report), ...failed.map(asProblem)];
  for (const severity of ["error", "warning"] as const) {
    const some = problems.filter((problem) => problem.severity === severity).slice(0, shown[severity]);
    for (const problem of some) core.info(scrub(formatAnnotation(problem)));
  }
}

function asProblem({ name, message, diff, file, line }: TestResult): Problem {
  const hint = diff.join("\n");
  return {
    severity: "error",
    rule: "test failed",
    message: `${name}: ${message}`,
    ...(hint && { hint }),
    where: { file, line },
  };
}
