import { describe, expect, test } from "vitest";
import {
  count,
  EtlError,
  exitCodes,
  formatProblem,
  formatWhere,
  messageOf,
  throwProblems,
  type Problem,
} from "../../src/util/error.ts";

describe("a problem on a terminal", () => {
  test("has its place, what is wrong and its rule on the first line, and the cure below", () => {
    const problem: Problem = {
      severity: "error",
      message: "unknown key `scedule`",
      hint: "Did you mean `schedule`?\nKnown here: name, schedule.",
      where: { file: "pipeline.yaml", line: 3, column: 1 },
      rule: "unknown-key",
    };
    expect(formatProblem(problem)).toBe(
      [
        "pipeline.yaml:3:1 error: unknown key `scedule` (unknown-key)",
        "    Did you mean `schedule`?",
        "    Known here: name, schedule.",
      ].join("\n"),
    );
  });

  test("does without what is not known", () => {
    expect(formatProblem({ severity: "warning", message: "slow" })).toBe("warning: slow");
    expect(formatWhere({ file: "a.csv" })).toBe("a.csv");
    expect(formatWhere({ file: "a.csv", line: 4 })).toBe("a.csv:4");
    expect(formatWhere({ file: "a.csv", column: 4 })).toBe("a.csv");
  });
});

describe("an error", () => {
  test("without problems is one itself, with its part in front", () => {
    const error = new EtlError({ code: "failed", part: "bigquery", message: "quota exceeded", hint: "Wait." });
    expect(error.message).toBe("[bigquery] quota exceeded");
    expect(error.problems).toEqual([{ severity: "error", message: "[bigquery] quota exceeded", hint: "Wait." }]);
  });

  test("keeps the first error as its cause, and has none where none was given", () => {
    const cause = new Error("socket closed");
    expect(new EtlError({ code: "failed", message: "no answer", cause }).cause).toBe(cause);
    expect(new EtlError({ code: "failed", message: "no answer" })).not.toHaveProperty("cause");
  });

  test("has the exit code that users are told of", () => {
    const codes = {
      failed: 1,
      usage: 2,
      invalid: 2,
      check: 3,
      deploy: 4,
      locked: 5,
      interrupted: 130,
      terminated: 143,
    };
    expect(exitCodes).toEqual(codes);
    expect(new EtlError({ code: "check", message: "1 check failed" }).exitCode).toBe(3);
  });
});

describe("throwing problems", () => {
  const warning: Problem = { severity: "warning", message: "unused" };
  const wrong: Problem = { severity: "error", message: "unknown key", where: { file: "pipeline.yaml", line: 1 } };

  test("carries all of them, and counts the errors", () => {
    const thrown = catchError(() => throwProblems([warning, wrong, { ...wrong, message: "wrong type" }]));
    expect(thrown).toMatchObject({ code: "invalid", message: "pipeline.yaml is not valid: 2 problems" });
    expect(thrown.problems).toHaveLength(3);
  });

  test("does nothing where there are warnings only", () => {
    expect(() => throwProblems([warning])).not.toThrow();
  });
});

test("anything that is thrown has a message", () => {
  expect(messageOf(new Error("broken"))).toBe("broken");
  expect(messageOf("broken")).toBe("broken");
});

test("counting nouns", () => {
  expect(count(1, "row")).toBe("1 row");
  expect(count(0, "row")).toBe("0 rows");
  expect(count(1234, "query", "queries")).toBe("1,234 queries");
});

function catchError(act: () => void): EtlError {
  try {
    act();
  } catch (error) {
    return error as EtlError;
  }
  throw new Error("nothing was thrown");
}
