import { expect, test } from "vitest";
import { formatAnnotation } from "../../src/util/annotation.ts";

test("a problem becomes a workflow command with its place, its rule and its cure", () => {
  const where = { file: "pipeline.yaml", line: 3, column: 7 };
  expect(formatAnnotation({ severity: "error", message: "what", hint: "cure", rule: "unknown-key", where })).toBe(
    "::error file=pipeline.yaml,line=3,col=7,title=unknown-key::what%0Acure",
  );
});

test("signs that the runner would read as its own are escaped", () => {
  expect(formatAnnotation({ severity: "warning", message: "100%\r\nof: it", where: { file: "a,b:c%.yaml" } })).toBe(
    "::warning file=a%2Cb%3Ac%25.yaml::100%25%0D%0Aof: it",
  );
});

test("a problem without a place is shown without one", () => {
  expect(formatAnnotation({ severity: "error", message: "what" })).toBe("::error::what");
});
