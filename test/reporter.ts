import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends a test run with what was skipped and why, and with the line `N passed, N failed, N skipped`.
 * The same three numbers are appended to the file named in NAIS_ETL_TEST_COUNTS, from which `.ci/run` adds up its runs.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that does not load, a hook that throws and a stray rejection fail the run without a failed test.
    const parts = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const failed = count("failed") + parts.filter((part) => part.errors().length > 0).length + unhandled.length;
    const counts = [count("passed"), failed, count("skipped")] as const;

    if (tests.length === 0 && failed === 0) console.log("There are no tests here.");
    for (const test of tests) {
      const result = test.result();
      if (result.state !== "skipped") continue;
      console.log(`skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${result.note ?? "no reason given"}`);
    }
    const file = process.env.NAIS_ETL_TEST_COUNTS;
    if (file) appendFileSync(file, `${counts.join(" ")}\n`);
    console.log(`${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped`);
  }
}
