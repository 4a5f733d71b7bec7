import { expect, test } from "vitest";
import { runs } from "../../../src/action/parts/runs.ts";
import type { RunOutcome } from "../../../src/action/report.ts";

const failed: RunOutcome = {
  job: "apps",
  run: "apps-manual-20260120063000",
  state: "failed",
  reason: "exit code 3: a check failed",
  attempts: 1,
  started: undefined,
  ended: undefined,
  seconds: 12.4,
  exitCode: 3,
  troubles: [],
  record: { run_id: "2026-01-19", status: "failed", exit_code: 3 },
  lastLines: ["Failed after 12.40 s."],
  logCommand: "nais-etl logs --run apps-manual-20260120063000 --target prod-gcp",
  whyCommand: "nais-etl why apps-manual-20260120063000 --target prod-gcp",
};

const summaryOf = (run: RunOutcome) =>
  runs({
    steps: [],
    leftOut: [],
    warnings: [],
    results: [{ step: "wait", passed: false, sentence: "", seconds: 1, problems: [], runs: [run] }],
  });

test("the summary of a run that failed names the command that says why, with the run and its target", () => {
  expect(summaryOf(failed)).toBe(
    [
      "<h3>Run apps-manual-20260120063000</h3>",
      "<p><b>❌ failed</b>, 1 attempt, 12 s, exit code 3: a check failed</p>",
      "<p>What happened, and the command that mends it: <code>nais-etl why apps-manual-20260120063000 --target prod-gcp</code></p>",
      "<p>Run id <code>2026-01-19</code></p>",
      "<details><summary>The end of its log</summary>",
      "```text\nFailed after 12.40 s.\n```",
      "</details>\n\n",
    ].join("\n\n"),
  );
});

test("of a run that succeeded, and of one in which nais-etl never ran, it names none", () => {
  const { whyCommand: _, ...without } = failed;
  expect(summaryOf({ ...without, state: "succeeded" })).not.toContain("nais-etl why");
  expect(summaryOf(without)).not.toContain("nais-etl why");
});
