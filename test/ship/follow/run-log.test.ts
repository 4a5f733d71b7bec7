import { expect, test } from "vitest";
import { createRunLog } from "../../../src/ship/follow/run-log.ts";
import { recordLine } from "./cluster.ts";

const line = (text: string, pod = "a") => ({ time: undefined, pod, text });

test("lines of nais-etl are shown as people read them, others as they are", () => {
  const log = createRunLog({ env: {} });
  const problem = {
    level: "error",
    message: "no such file",
    hint: "Make it.",
    where: { file: "pipeline.yaml", line: 3 },
  };
  expect(log.read(line(JSON.stringify({ level: "info", message: "  ✓ model" })))).toBe("  ✓ model");
  expect(log.read(line(JSON.stringify(problem)))).toBe("pipeline.yaml:3 error: no such file\n    Make it.");
  for (const text of ["plain", "{ no json", '{"level":1,"message":"a"}', "[]", ""])
    expect(log.read(line(text))).toBe(text);
});

test("the record of the last attempt that told its end counts", () => {
  const log = createRunLog({ env: {} });
  log.read(line(recordLine("failed", 1), "a"));
  expect([log.hasEnded("a"), log.hasEnded("b")]).toEqual([true, false]);
  log.read(line(recordLine("succeeded", 0), "b"));
  expect(log.record()).toMatchObject({ status: "succeeded", exit_code: 0 });
  log.read(line(JSON.stringify({ level: "info", message: "x", step: "end", run_id: 1 }), "c"));
  expect(log.hasEnded("c")).toBe(false);
});

test("in a workflow, nothing that a pod says is a command of the workflow", () => {
  const text = "::add-mask::a\n  ::set-output name=a::b\nsee a::b, ##[error]c";
  expect(createRunLog({ env: { GITHUB_ACTIONS: "true" } }).read(line(text))).toBe(
    "| ::add-mask::a\n|   ::set-output name=a::b\nsee a::b, # #[error]c",
  );
  expect(createRunLog({ env: {} }).read(line(text))).toBe(text);
});
