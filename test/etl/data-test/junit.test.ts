import { expect, test } from "vitest";
import { toJunit } from "../../../src/etl/data-test/junit.ts";
import type { TestResult } from "../../../src/etl/data-test/test-pipeline.ts";
import { parseXml } from "../../support/xml.ts";

const passed: TestResult = {
  name: "a nonprod cluster is dev",
  model: "per_env",
  file: "tests/apps.yaml",
  line: 3,
  status: "passed",
  seconds: 0.0025,
};
const started = new Date("2026-11-05T10:00:00Z");
const read = (results: TestResult[]) => parseXml(toJunit({ results, seconds: 1.5, started }));

test("a suite for each file, a case for each test, with its place and time", () => {
  const root = read([passed, { ...passed, file: "tests/b.yaml", line: 1 }]);
  expect(root.attributes).toEqual({
    name: "nais-etl test",
    tests: "2",
    failures: "0",
    errors: "0",
    skipped: "0",
    time: "1.500000",
  });
  expect(root.children.map(({ name, attributes }) => [name, attributes["name"], attributes["timestamp"]])).toEqual([
    ["testsuite", "tests/apps.yaml", "2026-11-05T10:00:00.000Z"],
    ["testsuite", "tests/b.yaml", "2026-11-05T10:00:00.000Z"],
  ]);
  expect(root.children[0]!.children).toEqual([
    {
      name: "testcase",
      attributes: {
        name: "a nonprod cluster is dev",
        classname: "per_env",
        file: "tests/apps.yaml",
        line: "3",
        time: "0.002500",
      },
      children: [],
      text: "",
    },
  ]);
});

test("a failed test says what was wrong, with its place and the rows", () => {
  const diff = {
    columns: [{ name: "n", type: { kind: "INT64" as const } }],
    changed: [],
    missing: [["7"]],
    unexpected: [],
  };
  const root = read([passed, { ...passed, status: "failed", message: "1 row is missing\nand more", diff }]);
  const [failure] = root.children[0]!.children[1]!.children;
  expect(root.attributes["failures"]).toBe("1");
  expect(failure).toMatchObject({ name: "failure", attributes: { message: "1 row is missing", type: "failed" } });
  expect(failure!.text).toBe("tests/apps.yaml:3\n1 row is missing\nand more\n   n\n-  7");
});

test("whatever stands in names and messages, the file can be read", () => {
  const name = `<b> & "quoted" 'too' ]]> æøå 🦉\ttab\nline`;
  const message = "bell \u0007, escape \u001B[31m, half \uD83E, none \uFFFF, &amp; <![CDATA[";
  const root = read([{ ...passed, name, status: "failed", message }]);
  const [testCase] = root.children[0]!.children;
  expect(testCase!.attributes["name"]).toBe(name);
  const shown = String.raw`bell \u0007, escape \u001b[31m, half \ud83e, none \uffff, &amp; <![CDATA[`;
  expect(testCase!.children[0]!.attributes["message"]).toBe(shown);
  expect(testCase!.children[0]!.text).toBe(`tests/apps.yaml:3\n${shown}`);
});

test("no tests are an empty report", () => {
  expect(read([])).toMatchObject({ name: "testsuites", attributes: { tests: "0" }, children: [] });
});

test("the reader of these tests refuses what is no XML", () => {
  const start = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const wrong = [
    "<a>",
    "<a></b>",
    "<a b='c'/>",
    "<a>&nbsp;</a>",
    "<a>&</a>",
    '<a b="<"/>',
    "<a>\u0007</a>",
    "<a/><b/>",
  ];
  const message = /not a character|cannot be read|ends|no such entity|not one element/;
  for (const text of wrong) expect(() => parseXml(start + text)).toThrow(message);
});
